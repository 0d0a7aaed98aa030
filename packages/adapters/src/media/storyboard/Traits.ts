import type { Place } from "./Scene.ts"

/**
 * What the painter has to know of a drawing beside its looks: how big the real thing is, where it belongs, how it
 * rests. Written as lists, since most drawings need one fact or none.
 */
export interface Traits {
  /** Height of the real thing in metres. */
  readonly metres: number
  readonly habitat: Habitat
  /** The place where it is most at home; null where its habitat says enough. */
  readonly home: Place | null
  /** Degrees by which the drawing is turned, since many icons lie on a diagonal. */
  readonly turn: number
  /** It shines by itself: 0..1. */
  readonly glow: number
  /** Its bright parts are windows or lamps, which are lit when it is dark. */
  readonly lit: boolean
  /** Where something that sits or stands on it rests, as a fraction of its height from the top. */
  readonly seat: number
  /** How much of its height is below the waterline when it swims. */
  readonly draught: number
  /** It has a left and a right, and may be mirrored. */
  readonly mirrors: boolean
}

/** Where a thing is at home when the prompt does not say. `air`, `water` and `space` also say that it does not stand. */
export type Habitat =
  | "table"
  | "room"
  | "street"
  | "field"
  | "nature"
  | "air"
  | "water"
  | "underwater"
  | "space"
  | "stage"

export const traitsOf = (icon: string, kind: string | undefined): Traits => ({
  metres: metres.get(icon) ?? metresOfKind[kind ?? ""] ?? 0.4,
  habitat: habitats.get(icon) ?? habitatOfKind[kind ?? ""] ?? "table",
  home: homes.get(icon) ?? null,
  turn: turns.get(icon) ?? 0,
  glow: glows.get(icon) ?? 0,
  lit: lits.has(icon),
  seat: seats.get(icon) ?? 0.04,
  draught: draughts.get(icon) ?? 0.05,
  mirrors: kind === "Animals & Nature" || mirrored.has(icon)
})

const metresOfKind: Readonly<Record<string, number>> = {
  Activities: 0.3,
  "Animals & Nature": 0.6,
  "Food & Drink": 0.14,
  Objects: 0.3,
  "People & Body": 1.7,
  "Smileys & Emotion": 0.4,
  Symbols: 0.4,
  "Travel & Places": 2.5
}

const habitatOfKind: Readonly<Record<string, Habitat>> = {
  Activities: "table",
  "Animals & Nature": "nature",
  "Food & Drink": "table",
  Objects: "table",
  "People & Body": "field",
  "Smileys & Emotion": "table",
  Symbols: "table",
  "Travel & Places": "field"
}

const lists = <A>(entries: ReadonlyArray<readonly [value: A, names: string]>): ReadonlyMap<string, A> => {
  const map = new Map<string, A>()
  for (const [value, names] of entries) for (const name of names.split(/\s+/)) if (name !== "") map.set(name, value)
  return map
}

const metres = lists<number>([
  [
    0.03,
    "ant fly honeybee lady-beetle mosquito coin ring button sewing-needle pill safety-pin paperclip linked-paperclips pushpin blueberries"
  ],
  [
    0.06,
    "beetle cockroach cricket spider snail worm bug butterfly monarch-butterfly cherries strawberry chestnut key old-key game-die eraser battery low-battery candy egg olive garlic bookmark watch stopwatch necktie-pin"
  ],
  [
    0.1,
    "mouse hamster lizard scorpion crab shrimp red-apple green-apple tangerine lemon lime peach pear tomato potato onion cookie doughnut cupcake softball baseball ping-pong pool-8-ball computer-mouse mobile-phone glasses sunglasses compass yarn chess-pawn feather teacup-without-handle mug hot-beverage dvd optical-disk light-bulb candle soap sponge rose tulip seedling shamrock four-leaf-clover puzzle-piece lipstick remote"
  ],
  [
    0.16,
    "camera field-camera camera-with-flash frog chipmunk bat bird black-bird baby-chick front-facing-baby-chick hatching-chick hedgehog banana carrot sandwich hamburger hot-dog pizza bowl bowl-with-spoon wine-glass cocktail-glass beer-mug jar alarm-clock hourglass-done hourglass-not-done crystal-ball magnet hammer wrench screwdriver scissors fork spoon knife kitchen-knife toothbrush pencil pen crayon paintbrush fountain-pen flashlight open-book closed-book green-book blue-book orange-book notebook hair-drier radio teapot"
  ],
  [
    0.25,
    "rat squirrel crown top-hat bottle vase laptop potted-plant honey-pot teddy-bear books soccer-ball basketball volleyball american-football rugby-football duck owl parrot dove rabbit lobster fish tropical-fish octopus cactus bouquet birthday-cake trophy microscope telephone typewriter toaster desk-lamp backpack-small baseball-glove banjo violin mantelpiece-clock"
  ],
  [
    0.4,
    "cat black-cat raccoon badger skunk otter beaver chicken rooster turkey goose eagle turtle monkey koala fox sloth backpack handbag briefcase television desktop-computer keyboard microwave guitar-small saxophone trumpet basket bucket toolbox treasure-chest lantern globe drone tennis-racket skateboard-small kite"
  ],
  [
    0.6,
    "dog poodle guide-dog service-dog wolf lamb goat pig swan flamingo peacock penguin baby drum accordion luggage skateboard skis snowboard-small baseball-bat fire-extinguisher chair-small stool parking-cone saw"
  ],
  [
    0.9,
    "ewe ram boar kangaroo panda sheep guitar harp-small chair toilet sink suitcase shopping-cart telescope fire-hydrant oil-drum bench easel barrel wheelbarrow oven couch couch-and-lamp armchair fireplace mailbox bed dining-table desk-table person-in-bed"
  ],
  [
    1.2,
    "deer donkey llama tiger leopard lion gorilla orangutan seal child boy girl bicycle motor-scooter kick-scooter wheelchair harp parking-meter bathtub dolphin robot dodo"
  ],
  [
    1.7,
    "horse cow ox zebra water-buffalo bear polar-bear camel two-hump-camel moose bison unicorn hippopotamus rhinoceros motorcycle man woman person refrigerator door wardrobe bookshelf grandfather-clock snowman snowman-without-snow surfboard astronaut knight wizard canoe sled scarecrow automobile racing-car taxi speedboat"
  ],
  [
    2.4,
    "elephant mammoth giraffe crocodile shark minibus auto-rickshaw pickup-truck sport-utility-vehicle police-car stop-sign traffic-light vertical-traffic-light bus-stop street-lamp tent tractor motor-boat"
  ],
  [
    3.6,
    "t-rex sauropod dragon orca squid bus delivery-truck ambulance fire-engine articulated-lorry small-airplane helicopter flying-saucer sailboat locomotive tram fountain windmill-small phoenix hut satellite"
  ],
  [
    6,
    "whale spouting-whale airplane rocket deciduous-tree evergreen-tree palm-tree leafless-tree christmas-tree house house-with-garden houses cabin train hot-air-balloon submarine circus-tent carousel-horse statue-of-liberty-small shinto-shrine playground-slide billboard barn derelict-house yacht"
  ],
  [
    12,
    "pirate-ship ship ferry passenger-ship castle japanese-castle church mosque school bank hotel hospital factory classical-building lighthouse windmill bridge water-tower roller-coaster ferris-wheel building-construction stadium office-building department-store post-office love-hotel synagogue hindu-temple kaaba pyramid"
  ],
  [30, "skyscraper tokyo-tower statue-of-liberty mount-fuji mountain snow-capped-mountain volcano space-station"]
])

const habitats = lists<Habitat>([
  [
    "air",
    "airplane airplane-arrival airplane-departure balloon bat bird-flying butterfly cloud cloud-with-lightning cloud-with-lightning-and-rain cloud-with-rain cloud-with-snow dove eagle flying-saucer helicopter honeybee hot-air-balloon kite monarch-butterfly mosquito parachute phoenix rainbow small-airplane sun sun-with-face tornado fireworks drone aerial-tramway mountain-cableway lightning fly flying-disc"
  ],
  [
    "space",
    "comet crescent-moon full-moon full-moon-face glowing-star new-moon ringed-planet rocket satellite space-station star meteor waning-crescent-moon waxing-crescent-moon first-quarter-moon last-quarter-moon globe-showing-americas globe-showing-europe-africa globe-showing-asia-australia astronaut alien-monster"
  ],
  [
    "water",
    "water-wave canoe duck ferry motor-boat passenger-ship pirate-ship person-rowing-boat person-surfing person-swimming ring-buoy sailboat ship speedboat swan whale spouting-whale lotus yacht desert-island"
  ],
  [
    "underwater",
    "blowfish coral crab dolphin fish jellyfish lobster mermaid merman merperson octopus orca oyster shark shrimp squid submarine tropical-fish turtle-swimming seal"
  ],
  [
    "street",
    "ambulance articulated-lorry automobile auto-rickshaw bicycle bus bus-stop delivery-truck fire-engine fire-hydrant kick-scooter minibus motor-scooter motorcycle oncoming-automobile oncoming-bus oncoming-police-car oncoming-taxi parking-meter pickup-truck police-car postbox skateboard sport-utility-vehicle stop-sign street-lamp taxi traffic-light tram tram-car trolleybus vertical-traffic-light bench person-biking barber-pole fuel-pump mailbox closed-mailbox-with-raised-flag oncoming-bus racing-car person-walking person-running"
  ],
  [
    "field",
    "barrel bridge campfire elf fairy guard knight mage moai ninja prince princess pyramid robot scarecrow snowman-without-snow traffic-cone troll vampire zombie ogre unicorn dragon barn bison cabin camping carousel-horse castle church circus-tent cow derelict-house donkey ewe ferris-wheel goat horse house house-with-garden houses hut lighthouse pig ram rooster scarecrow sheaf-of-rice soccer-ball tent tractor windmill goal-net flag-in-hole kangaroo bridge wheelbarrow"
  ],
  [
    "room",
    "easel piano counter-table desk-table armchair bathtub bed bookshelf chair couch couch-and-lamp desktop-computer dining-table door dresser fireplace floor-lamp grandfather-clock oven person-in-bed refrigerator sink stool television toilet wardrobe washing-machine ladder seat accordion guitar drum harp rocking-chair"
  ],
  [
    "stage",
    "ballet-dancer singer microphone studio-microphone person-juggling performing-arts violin saxophone trumpet trombone long-drum mirror-ball"
  ]
])

const homes = lists<Place>([
  [
    "bathroom",
    "bathtub hair-drier lotion-bottle mirror plunger razor roll-of-paper shower sink soap sponge toilet toothbrush"
  ],
  ["beach", "crab desert-island palm-tree spiral-shell surfboard thong-sandal umbrella-on-ground bikini"],
  ["bedroom", "bed person-in-bed wardrobe dresser"],
  ["cafe", "beer-mug wine-glass cocktail-glass tropical-drink clinking-glasses hot-beverage croissant"],
  ["city", "skyscraper tokyo-tower office-building hotel bank department-store statue-of-liberty stadium"],
  ["classroom", "globe abacus school student teacher"],
  ["desert", "cactus camel lizard pyramid scorpion two-hump-camel rattlesnake"],
  [
    "farm",
    "barn chicken cow donkey ewe goat pig rooster scarecrow sheaf-of-rice tractor turkey wheelbarrow ox goose baby-chick front-facing-baby-chick hatching-chick farmer water-buffalo"
  ],
  [
    "forest",
    "badger bear beaver boar brown-mushroom campfire chipmunk deer elf fairy fox hedgehog moose mushroom owl raccoon skunk spider-web squirrel wolf cabin tent axe hairy-creature"
  ],
  ["gallery", "framed-picture moai artist"],
  [
    "garden",
    "bouquet butterfly bug herb hibiscus honeybee lady-beetle monarch-butterfly rabbit rose snail sunflower tulip blossom hyacinth watering-can potted-plant pumpkin worm"
  ],
  ["jungle", "crocodile gorilla jaguar leopard monkey orangutan parrot sloth snake tiger"],
  [
    "kitchen",
    "oven refrigerator microwave toaster cooking pot-of-food kitchen-knife fork spoon bowl cook fork-and-knife fork-and-knife-with-plate"
  ],
  ["laboratory", "alembic dna health-worker microscope petri-dish scientist stethoscope syringe test-tube"],
  ["lake", "canoe duck frog lotus swan person-rowing-boat fishing-pole otter"],
  ["library", "books bookshelf"],
  ["mars", "alien alien-monster"],
  ["meadow", "kite horse unicorn"],
  ["mountains", "eagle goat llama ram snow-capped-mountain mountain-cableway aerial-tramway hot-air-balloon"],
  [
    "office",
    "briefcase desktop-computer file-cabinet keyboard computer-mouse laptop office-worker printer technologist telephone typewriter"
  ],
  ["park", "bench fountain goal-net playground-slide skateboard soccer-ball kick-scooter roller-skate"],
  [
    "snow-field",
    "ice-skate penguin polar-bear seal skier skis sled snowboard snowboarder snowman-without-snow snowman"
  ],
  ["workshop", "axe carpentry-saw clamp gear hammer hammer-and-wrench mechanic nut-and-bolt screwdriver toolbox wrench"]
])

/** Turned so that it stands, lies or flies the way the real thing does. */
const turns = lists<number>([
  [-42, "guitar banjo violin"],
  [45, "axe hammer broom carpentry-saw"],
  [-45, "airplane"],
  [0, "baguette-bread"]
])

const glows = lists<number>([
  [1, "fire sun sun-with-face lightning high-voltage fireworks sparkler full-moon full-moon-face glowing-star"],
  [
    0.8,
    "candle light-bulb diya-lamp jack-o-lantern star crescent-moon lantern red-paper-lantern street-lamp desk-lamp floor-lamp meteor comet volcano shooting-star campfire"
  ],
  [
    0.5,
    "lighthouse mirror-ball crystal-ball flashlight rocket phoenix flying-saucer police-car-light television fireplace neon-sign jellyfish sparkles magic-wand"
  ]
])

const lits: ReadonlySet<string> = new Set(
  `automobile bus cabin castle desk-lamp delivery-truck fireplace floor-lamp hotel house lantern lighthouse minibus
  office-building passenger-ship police-car skyscraper street-lamp submarine taxi television train tram-car laptop
  grandfather-clock refrigerator`.split(/\s+/)
)

const seats = lists<number>([
  [0.02, "dining-table rock books package drum oil-drum wood treasure-chest toolbox"],
  [0.3, "elephant mammoth turtle bus delivery-truck"],
  [
    0.42,
    "horse unicorn zebra donkey cow camel two-hump-camel deer llama ox bison water-buffalo tiger lion bear polar-bear ostrich dragon sauropod goat pig ram ewe dog giraffe"
  ],
  [
    0.5,
    "chair bench armchair couch couch-and-lamp bed motorcycle bicycle motor-scooter seat rocking-chair toilet person-in-bed tractor"
  ],
  [0.62, "skateboard surfboard canoe sailboat speedboat motor-boat sled kick-scooter shopping-cart"]
])

const draughts = lists<number>([
  [0.26, "duck goose"],
  [0.16, "flamingo horse dog cat cow elephant person man woman bear polar-bear crocodile turtle"],
  [0.1, "swan whale spouting-whale orca dolphin shark seal"]
])

const mirrored: ReadonlySet<string> = new Set(
  `ambulance articulated-lorry automobile auto-rickshaw bicycle bullet-train bus canoe delivery-truck fire-engine
  helicopter high-speed-train kick-scooter locomotive minibus motor-boat motor-scooter motorcycle passenger-ship
  person-running person-walking man-walking woman-walking man-running woman-running person-biking pickup-truck
  police-car racing-car sailboat ship speedboat sport-utility-vehicle taxi tractor train airplane small-airplane rocket
  person-surfing person-rowing-boat skateboard teapot guitar saxophone trumpet flying-saucer banana croissant mermaid
  unicorn knight astronaut`.split(/\s+/)
)
