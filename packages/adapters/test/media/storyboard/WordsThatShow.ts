/** The 80 classes of COCO, https://cocodataset.org: what a picture is most often asked to show. */
export const cocoClasses: ReadonlyArray<string> = (
  "person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant, stop sign, " +
  "parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, backpack, umbrella, " +
  "handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove, skateboard, " +
  "surfboard, tennis racket, bottle, wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange, " +
  "broccoli, carrot, hot dog, pizza, donut, cake, chair, couch, potted plant, bed, dining table, toilet, tv, laptop, " +
  "mouse, remote, keyboard, cell phone, microwave, oven, toaster, sink, refrigerator, book, clock, vase, scissors, " +
  "teddy bear, hair drier, toothbrush"
).split(", ")

/** What a prompt adds to its plain form: the word, the prompt with it, the prompt without. */
export interface Addition {
  readonly word: string
  readonly prompt: string
  readonly plain: string
}

const additions = (words: string, prompt: (word: string) => string, plain: string): ReadonlyArray<Addition> =>
  words.split(", ").map((word) => ({ word, prompt: prompt(word), plain }))

export const places = additions(
  "bathroom, beach, bedroom, cafe, cave, city, classroom, desert, farm, forest, gallery, garage, garden, jungle, " +
    "kitchen, laboratory, lake, library, living room, mars, moon, mountains, office, park, room, sea, sky, snow field, " +
    "space, stage, street, studio, volcano, workshop",
  (place) => `a cat in the ${place}`,
  "a cat in the meadow"
)

export const surfaceMaterials = additions(
  "bamboo, brass, brick, bronze, concrete, copper, cork, glass, gold, granite, ice, iron, leather, marble, oak, " +
    "paper, pine wood, plastic, rubber, sand, silver, slate, stainless steel, stone, tile, velvet, walnut",
  (material) => `an apple on a ${material} table`,
  "an apple on a table"
)

export const thingMaterials = additions(
  "wooden, marble, glass, golden, brass, copper, leather, stone, granite, brick, silver, steel, ice, concrete",
  (material) => `a ${material} horse`,
  "a horse"
)

export const timesOfDay = additions(
  "dawn, sunrise, morning, afternoon, golden hour, sunset, dusk, twilight, blue hour, evening, night, midnight",
  (time) => `a cat in the meadow at ${time}`,
  "a cat in the meadow"
)

export const weathers = additions(
  "rain, snow, fog, storm, wind, clear sky, overcast",
  (weather) => `a cat in the meadow, ${weather}`,
  "a cat in the meadow"
)

export const seasons = additions(
  "autumn, winter, spring",
  (season) => `a cat in the park, ${season}`,
  "a cat in the park"
)

export const styleWords = additions(
  "blueprint, charcoal drawing, comic, flat design, neon, film noir, oil painting, pastel, pixel art, travel poster, " +
    "pencil sketch, vintage, watercolor",
  (style) => `a cat in the meadow, ${style}`,
  "a cat in the meadow"
)

export const colors = additions(
  "blue, green, yellow, orange, purple, pink, brown, black, white, grey, teal, navy, gold, dark green",
  (color) => `a ${color} car`,
  "a car"
)

export const sizes = additions("tiny, small, big, huge", (size) => `a ${size} cat`, "a cat")

export const surfaces = additions(
  "workbench, table, desk, counter, shelf, pedestal",
  (surface) => `a teapot on a ${surface}`,
  "a teapot"
)

/** Relations need two things; what is compared is the two standing side by side. */
export const relations: ReadonlyArray<Addition> = [
  { word: "on", prompt: "a cat on a chair", plain: "a cat next to a chair" },
  { word: "under", prompt: "a fox under a tree", plain: "a fox next to a tree" },
  { word: "over", prompt: "a dragon over a castle", plain: "a dragon next to a castle" },
  { word: "in", prompt: "a cat in a box", plain: "a cat next to a box" },
  { word: "in front of", prompt: "a knight in front of a castle", plain: "a knight next to a castle" },
  { word: "behind", prompt: "a knight behind a castle", plain: "a knight next to a castle" },
  { word: "riding", prompt: "an astronaut riding a horse", plain: "an astronaut next to a horse" },
  { word: "holding", prompt: "a robot holding a sword", plain: "a robot next to a sword" },
  { word: "reading", prompt: "a fox reading a book", plain: "a fox next to a book" },
  { word: "wearing", prompt: "a penguin wearing a top hat", plain: "a penguin next to a top hat" }
]
