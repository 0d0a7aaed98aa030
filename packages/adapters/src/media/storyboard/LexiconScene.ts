import type { Place, Season, Style, SurfaceKind, TimeOfDay, Weather } from "./Scene.ts"

/** Where, when, in which weather, on what and in which manner. Lists are sorted by their canonical name. */

export const placeWords: Readonly<Record<Place, string>> = {
  bathroom: "bathroom, washroom, spa",
  beach: "beach, seaside, shore, seashore, coast, coastline, tropical island, sandy beach",
  bedroom: "bedroom, hotel room, nursery, dorm, bedchamber",
  cafe: "bakery, bar, bistro, cafe, coffee house, coffee shop, diner, pub, restaurant, tavern, tea house",
  cave: "cave, cavern, grotto, mine",
  city: "city, cityscape, cyberpunk city, downtown, metropolis, rooftop, skyline, skyscrapers, town, urban landscape, city skyline",
  classroom: "classroom, lecture hall, school room, schoolroom",
  desert: "desert, dune, dunes, oasis, sahara, sand dune, wasteland",
  farm: "barnyard, cornfield, farm, farmland, farmyard, ranch, rice field, vineyard, wheat field",
  forest: "forest, forest clearing, grove, pine forest, taiga, wood, woodland, woods",
  gallery: "art gallery, exhibition, gallery, museum, showroom",
  garage: "basement, carport, garage, hangar, warehouse, factory hall, factory floor",
  garden:
    "backyard, botanical garden, courtyard, flower garden, garden, greenhouse, orchard, patio, terrace, yard, zen garden",
  jungle: "bamboo forest, jungle, rainforest, rain forest, swamp, tropical forest",
  kitchen: "kitchen, pantry",
  laboratory: "clinic, hospital room, lab, laboratory, operating room, science lab",
  lake: "lake, lakeside, lagoon, pond, river, riverbank, riverside, stream, river bank",
  library: "archive, book shop, bookshop, bookstore, library, reading room, study",
  "living-room": "apartment, attic, den, home, living room, lounge, parlor, parlour, sitting room, lobby, interior",
  mars: "mars, martian, martian landscape, martian surface, red planet, alien planet",
  meadow:
    "countryside, field, flower field, grass field, grassland, hill, hills, hillside, lawn, meadow, pasture, plain, outdoor, outdoors, plains, prairie, valley, savanna, savannah, steppe, grass",
  moon: "lunar landscape, lunar surface, moon, moon surface, surface of the moon",
  mountains:
    "alps, canyon, cliff, highlands, himalayas, mountain, mountain peak, mountain range, mountain top, mountains, mountainside, peak, ridge, summit, mountain pass, mountain landscape",
  office: "boardroom, conference room, cubicle, office, open office, workspace, coworking space",
  park: "campground, campsite, national park, park, playground, public park, soccer field, football field, golf course, stadium",
  room: "chamber, hall, hallway, indoor, indoors, inside a room, room, empty room, corridor",
  sea: "bay, harbor, harbour, high sea, marina, ocean, open sea, sea, seascape, waves, ocean waves, sea waves, water, port",
  sky: "above the clouds, air, cloudscape, heaven, mid air, skies, sky, the clouds",
  "snow-field":
    "antarctica, arctic, glacier, ice field, iceberg, north pole, ski slope, snow field, snowfield, snowy landscape, south pole, tundra, winter landscape, winter wonderland",
  space: "cosmos, deep space, galaxy, milky way, nebula, orbit, outer space, solar system, space, universe",
  stage: "circus ring, concert, concert hall, opera, stage, theater, theatre, theater stage",
  street:
    "alley, avenue, bus stop street, city street, crossroads, highway, intersection, pavement, road, sidewalk, street, village, market square, plaza, square, town square, parking lot",
  studio:
    "backdrop, photo studio, plain background, seamless background, studio, white background, studio background, plain backdrop, gradient background",
  underwater:
    "aquarium, coral reef, ocean floor, reef, sea floor, seabed, under the sea, under water, underwater, deep sea, bottom of the sea, bottom of the ocean",
  volcano: "erupting volcano, inside a volcano, lava field, volcanic, volcanic landscape, volcano",
  workshop:
    "atelier, carpentry, maker space, makerspace, repair shop, tool shed, toolshed, workroom, workshop, shed, forge, smithy"
}

/** What a backdrop shows beside its own place: "a lake in the mountains" needs no second backdrop. */
export const placeShows: Readonly<Partial<Record<Place, ReadonlyArray<Place>>>> = {
  beach: ["sea", "lake"],
  city: ["street", "sky"],
  farm: ["meadow"],
  forest: ["meadow", "park"],
  garden: ["meadow", "park"],
  jungle: ["forest"],
  lake: ["mountains", "forest", "meadow"],
  mars: ["space", "desert"],
  meadow: ["mountains", "sky", "farm"],
  moon: ["space"],
  mountains: ["meadow", "forest", "sky"],
  park: ["meadow", "forest", "city"],
  sea: ["sky", "beach"],
  "snow-field": ["mountains", "forest"],
  space: ["sky"],
  street: ["city"],
  volcano: ["mountains"]
}

/** What places show by themselves, by the singular that names it. */
export const dressingPlaces: Readonly<Record<string, ReadonlyArray<Place>>> = {
  blackboard: ["classroom"],
  bubble: ["underwater"],
  bush: ["forest", "garden", "jungle", "lake", "meadow", "park"],
  chalkboard: ["cafe", "classroom"],
  coral: ["underwater"],
  crater: ["moon"],
  curtain: ["bedroom", "kitchen", "living-room", "stage"],
  fence: ["farm", "garden"],
  "fir tree": ["mountains", "lake", "snow-field"],
  flower: ["farm", "garden", "lake", "meadow", "mountains", "park"],
  lava: ["volcano"],
  "palm tree": ["beach", "jungle"],
  path: ["park"],
  "pine tree": ["mountains", "lake", "snow-field"],
  seaweed: ["underwater"],
  skyscraper: ["city"],
  spotlight: ["gallery", "stage"],
  "street lamp": ["city", "park", "street"],
  tool: ["workshop"],
  tree: ["farm", "forest", "garden", "jungle", "lake", "meadow", "mountains", "park", "snow-field"],
  wildflower: ["garden", "meadow", "mountains", "park"],
  window: [
    "room",
    "bathroom",
    "bedroom",
    "cafe",
    "classroom",
    "kitchen",
    "library",
    "living-room",
    "office",
    "street",
    "workshop"
  ]
}

/** Grow in masses: a field of them is a field with them. */
export const plants: ReadonlySet<string> = new Set(
  `blossom cactus cherry-blossom deciduous-tree ear-of-corn evergreen-tree hibiscus hyacinth mushroom palm-tree pumpkin
  rose sheaf-of-rice sunflower tulip`.split(/\s+/)
)

/** Nouns that are a thing as often as a place: after "in", "on" or "at" they are the place, otherwise the thing. */
export const sometimesThings: ReadonlySet<string> = new Set([
  "moon",
  "volcano",
  "mountain",
  "iceberg",
  "stadium",
  "mars",
  "sand dune"
])

export const timeWords: Readonly<Record<TimeOfDay, string>> = {
  dawn: "at first light, before sunrise, crack of dawn, dawn, daybreak, early morning, first light",
  sunrise: "rising sun, sun rising, sunrise, sunup",
  morning: "breakfast time, morning, morning light, forenoon",
  day: "bright day, broad daylight, day, daylight, daytime, high noon, midday, noon, noontime, sunny day",
  afternoon: "afternoon, early afternoon, late afternoon, siesta",
  "golden-hour": "golden hour, golden light, warm evening light, magic hour",
  sunset: "setting sun, sun set, sundown, sunset, sunsets, sun setting",
  dusk: "dusk, gloaming, nightfall, twilight",
  "blue-hour": "blue hour, evening, evening light, late evening",
  night:
    "by moonlight, moonlight, moonlit, moonlit night, night, night time, nighttime, starry night, nocturnal, starlit, starry, starry sky, under the stars, night sky, stars in the sky, full of stars, stars, moon and stars",
  midnight: "dark night, dead of night, in the dark, midnight, pitch dark, witching hour"
}

export const weatherWords: Readonly<Record<Weather, string>> = {
  fair: "blue sky, blue skies, clouds, cloud in the sky, fair weather, fluffy clouds, partly cloudy, puffy clouds, some clouds, white clouds",
  clear:
    "clear, clear blue sky, clear skies, clear sky, cloudless, cloudless sky, sunny, sunshine, sunlit, fine weather",
  cloudy: "cloudy, cloudy sky, grey sky, gray sky, overcast, gloomy",
  rain: "downpour, drizzle, drizzling, heavy rain, monsoon, rain, raining, rainy, rainstorm, rainfall, shower of rain",
  snow: "blizzard, falling snow, snow, snowfall, snowing, snowstorm, snowy, wintry",
  fog: "fog, foggy, haze, hazy, mist, misty, smog",
  storm: "lightning, storm, stormy, thunder, thunderstorm, tempest, lightning storm, hurricane",
  wind: "breeze, breezy, gusty, wind, windy"
}

export const seasonWords: Readonly<Record<Season, string>> = {
  autumn: "autumn, autumnal, fall colors, fall foliage, autumn leaves, in the fall, october",
  spring: "blossoming, cherry blossoms, in bloom, springtime, in spring, spring",
  summer: "midsummer, summer, summertime",
  winter: "midwinter, winter, wintertime"
}

export const surfaceWords: Readonly<Record<SurfaceKind, string>> = {
  counter:
    "bar counter, bar top, checkout, counter, counter top, countertop, kitchen counter, kitchen island, kitchen top, worktop",
  desk: "desk, desktop surface, office desk, school desk, writing desk, drawing board",
  floor: "carpet, floor, floorboards, rug, tiles floor",
  ground: "dirt, ground, soil",
  pedestal: "base, display stand, pedestal, plinth, podium, stand",
  shelf: "bookcase shelf, ledge, mantel, mantelpiece, rack, shelf, wall shelf, windowsill, window sill",
  table:
    "coffee table, dinner table, kitchen table, picnic table, side table, slab, still life, surface, table, table top, tabletop, tray, dining table, night stand, nightstand, bedside table",
  workbench: "bench top, work bench, work surface, work table, workbench, worktable, carpenter's bench, lab bench"
}

/** Surfaces that are also things when nothing stands on them. */
export const surfaceThings: Readonly<Record<string, string>> = {
  counter: "counter-table",
  desk: "desk-table",
  "dining table": "dining-table",
  shelf: "bookshelf",
  table: "dining-table"
}

export const styleWords: Readonly<Record<Style, string>> = {
  illustration: "storybook, storybook illustration, childrens book, picture book",
  blueprint: "architectural drawing, blueprint, cad drawing, engineering drawing, schematic, technical drawing",
  charcoal: "chalk drawing, charcoal, charcoal drawing, charcoal sketch, conte crayon",
  comic: "anime, cartoon, comic, comic book, graphic novel, halftone, manga, pop art",
  flat: "flat, flat design, flat vector, minimal, minimalist, minimalistic, vector art, vector illustration, paper cut, papercut, cut out",
  neon: "cyberpunk, neon, neon light, neon lights, outrun, retrowave, synthwave, vaporwave, neon sign style",
  noir: "black and white, black & white, film noir, greyscale, grayscale, monochrome, noir",
  oil: "impasto, impressionism, impressionist, oil, oil on canvas, oil paint, oil painted, oil painting, painterly, van gogh style, acrylic painting, gouache",
  pastel: "chalk pastel, pastel, pastel colors, pastel colours, pastel drawing, soft pastel, pastel tones",
  "pixel-art": "16 bit, 8 bit, 8bit, eight bit, pixel, pixel art, pixelart, pixelated, retro game, voxel",
  poster:
    "art deco, movie poster, poster, propaganda poster, retro poster, screen print, travel poster, vintage poster, linocut, woodcut, stencil, silkscreen",
  sketch:
    "doodle, hand drawn, line art, line drawing, pen and ink, pencil, pencil drawing, pencil sketch, sketch, sketched, sketchbook, ink drawing",
  vintage:
    "aged, antique photo, daguerreotype, nostalgic, old fashioned, old photo, old photograph, polaroid, retro, sepia, vintage, vintage photo, 1950s, 1920s, 1970s",
  watercolor:
    "aquarelle, water color, water colour, watercolor, watercolour, watercolor painting, watercolour painting, ink wash"
}

/** Words that are a style only beside one of `mediumWords`, or after "in": "a pencil" is a pencil. */
export const looseStyles: ReadonlySet<string> = new Set([
  "oil",
  "pencil",
  "flat",
  "poster",
  "charcoal",
  "pixel",
  "aged",
  "clear"
])

export const mediumWords: ReadonlySet<string> = new Set(
  "art artwork design drawing effect illustration image look painting picture print rendering scene style styled theme work aesthetic photo photograph filter".split(
    " "
  )
)
