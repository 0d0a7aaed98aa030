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
  /** Degrees by which it is turned to lie on its side, for long things that do so when nobody holds them. */
  readonly lie: number | null
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
  metres: metres.get(icon) ?? (clockFace.test(icon) ? 0.3 : (metresOfKind[kind ?? ""] ?? 0.4)),
  habitat: habitats.get(icon) ?? (clockFace.test(icon) ? "table" : (habitatOfKind[kind ?? ""] ?? "table")),
  home: homes.get(icon) ?? null,
  turn: turns.get(icon) ?? 0,
  lie: lies.get(icon) ?? null,
  glow: glows.get(icon) ?? 0,
  lit: lits.has(icon),
  seat: seats.get(icon) ?? 0.04,
  draught: draughts.get(icon) ?? 0.05,
  mirrors: kind === "Animals & Nature" || mirrored.has(icon)
})

/** The faces of clocks are filed with the places. */
const clockFace = /-(?:oclock|thirty)$/

const metresOfKind: Readonly<Record<string, number>> = {
  Activities: 0.3,
  "Animals & Nature": 0.6,
  "Food & Drink": 0.1,
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
  [0.02, "ant fly lady-beetle mosquito pill pushpin round-pushpin blueberries diamond-suit gem-stone ring"],
  [0.03, "coin honeybee linked-paperclips paperclip safety-pin sewing-needle"],
  [
    0.05,
    "croissant doughnut battery beans beetle bug butterfly candy cherries chestnut cockroach cricket egg eraser four-leaf-clover game-die garlic key low-battery monarch-butterfly old-key olive ping-pong pool-8-ball shamrock snail spider strawberry watch stopwatch worm"
  ],
  [
    0.08,
    "hamburger fallen-leaf maple-leaf spiral-shell locked unlocked bookmark baseball candle chess-pawn cookie cupcake computer-mouse dumpling falafel feather frog glasses goggles hot-beverage kiwi-fruit lemon light-bulb lime lipstick lizard mouse mug onion peach pear petri-dish pouring-liquid potato puzzle-piece green-apple red-apple rice-ball rose scorpion seedling shrimp soap softball sponge sunglasses sushi tangerine teacup-without-handle tomato tumbler-glass yarn yo-yo custard hamster telephone-receiver salt bagel"
  ],
  [
    0.1,
    "avocado bread bubbles cheese-wedge dvd french-fries butter glass-of-milk moon-cake optical-disk pretzel pie sandwich shortcake taco tulip blossom cherry-blossom compass hibiscus white-flower rosette bowl bowl-with-spoon steaming-bowl cooked-rice curry-rice spaghetti green-salad pancakes waffle ice-cream mate remote beverage-box chocolate-bar cut-of-meat crayon mobile-phone military-medal"
  ],
  [
    0.14,
    "banana lotus pizza alarm-clock bat bird black-bird camera camera-with-flash chipmunk baby-chick front-facing-baby-chick hatching-chick hedgehog beer-mug cup-with-straw cocktail-glass wine-glass jar crystal-ball hourglass-done hourglass-not-done magnet open-book radio teapot bell crab toothbrush pencil pen fork spoon hair-drier hyacinth sunflower birthday-cake microphone canned-food popcorn bubble-tea coconut melon soft-ice-cream mushroom brown-mushroom top-hat billed-cap womans-hat crown graduation-cap running-shoe mans-shoe flat-shoe womans-sandal thong-sandal high-heeled-shoe hiking-boot roll-of-paper tropical-drink money-bag"
  ],
  [
    0.2,
    "herb empty-nest nest-with-eggs magnifying-glass-tilted-left magnifying-glass-tilted-right broccoli leafy-green grapes fountain-pen paintbrush black-nib carrot hot-dog hot-pepper pickle eggplant pea-pod flashlight hammer scissors screwdriver wrench test-tube syringe straight-ruler chopsticks razor hair-pick alembic closed-book green-book blue-book orange-book notebook notebook-with-decorative-cover ledger books duck rat owl parrot dove lobster soccer-ball basketball volleyball american-football rugby-football baseball-glove teddy-bear trophy telephone potted-plant vase honey-pot field-camera jack-o-lantern dango skull lantern pineapple womans-boot yen-banknote dollar-banknote mantelpiece-clock toaster movie-camera video-camera film-projector bomb joystick video-game nesting-dolls"
  ],
  [
    0.3,
    "thermometer snowflake bottle bottle-with-popping-cork flower-vase kitchen-knife cooking pot-of-food shallow-pan-of-food laptop keyboard typewriter microscope fish tropical-fish octopus rabbit cactus bouquet magic-wand baguette-bread amphora funeral-urn rolled-up-newspaper watermelon plunger trumpet globe toolbox basket bucket record-player microwave desk-lamp pumpkin watering-can turtle balloon wrapped-gift newspaper package mirror-ball drone ice-skate roller-skate dagger treasure-chest printer fax-machine chicken rooster balance-scale gloves socks scarf necktie thread hook fondue"
  ],
  [
    0.42,
    "cat black-cat badger skunk otter beaver turkey goose eagle monkey koala fox sloth backpack handbag briefcase television desktop-computer framed-picture mirror saxophone kite campfire bow-and-arrow boomerang trombone flute jellyfish t-shirt shorts raccoon flying-disc poodle"
  ],
  [
    0.6,
    "fire wheel ring-buoy red-paper-lantern dog guide-dog service-dog goat pig swan penguin peacock baby drum accordion luggage skateboard baseball-bat cricket-game fire-extinguisher stool traffic-cone carpentry-saw axe violin shield tennis-racket lacrosse field-hockey badminton toilet coral snake wastebasket long-drum"
  ],
  [
    0.8,
    "world-map coffin banjo placard kimono lab-coat wolf bench couch couch-and-lamp sink counter-table desk-table dining-table bed person-in-bed oil-drum barrel wheelbarrow fire-hydrant armchair sword closed-umbrella broom shovel pick umbrella ewe ram boar flamingo canoe bathtub person-taking-bath washing-machine guitar oven snowboard skis dress coat jeans musical-keyboard closed-mailbox-with-raised-flag closed-mailbox-with-lowered-flag sled rock wood"
  ],
  [
    1,
    "chair seat kangaroo panda shopping-cart telescope easel fireplace postbox leopard tiger lion bicycle kick-scooter motor-scooter parking-meter headstone gorilla orangutan dolphin seal dodo flag-in-hole goal-net fuel-pump piano racing-car white-cane crutch speedboat anchor crocodile"
  ],
  [
    1.25,
    "alien window file-cabinet fishing-pole boy girl child donkey llama manual-wheelchair motorized-wheelchair person-in-manual-wheelchair harp motorcycle robot satellite-antenna hot-springs shark bullseye"
  ],
  [
    1.6,
    "horse cow ox zebra water-buffalo bear polar-bear deer hippopotamus rhinoceros automobile taxi police-car oncoming-automobile oncoming-taxi oncoming-police-car knight floor-lamp snowman snowman-without-snow surfboard astronaut tent motor-boat unicorn refrigerator grandfather-clock construction"
  ],
  [
    2,
    "camel two-hump-camel moose bison door wardrobe bookshelf sport-utility-vehicle pickup-truck minibus auto-rickshaw tractor vertical-traffic-light bus-stop stop-sign barber-pole moai camping umbrella-on-ground squid playground-slide water-wave ladder"
  ],
  [
    3,
    "metro monorail parachute aerial-tramway mountain-cableway suspension-railway elephant mammoth bus oncoming-bus trolleybus delivery-truck ambulance fire-engine articulated-lorry helicopter flying-saucer street-lamp tram tram-car train locomotive railway-car light-rail bullet-train high-speed-train small-airplane carousel-horse orca hut satellite"
  ],
  [
    4.4,
    "giraffe t-rex sauropod dragon sailboat submarine fountain phoenix whale spouting-whale shinto-shrine bridge circus-tent cherry-tree leafless-tree"
  ],
  [
    6.5,
    "fireworks airplane rocket deciduous-tree evergreen-tree palm-tree christmas-tree house house-with-garden houses cabin convenience-store hot-air-balloon barn derelict-house desert-island tornado rainbow"
  ],
  [
    12,
    "pirate-ship ship ferry passenger-ship castle japanese-castle church mosque school bank hotel hospital factory classical-building lighthouse windmill roller-coaster ferris-wheel building-construction stadium office-building department-store post-office japanese-post-office love-hotel synagogue hindu-temple kaaba pyramid wedding"
  ],
  [30, "skyscraper tokyo-tower statue-of-liberty mount-fuji mountain snow-capped-mountain volcano"]
])

/** Long things that are drawn on a diagonal or upright, by the turn that lays them down. */
const lies = lists<number>([
  [
    45,
    "baguette-bread carrot chopsticks crayon crutch dagger feather firecracker flute fountain-pen hot-pepper key magic-wand microphone old-key paintbrush pea-pod peanuts pen pickle plunger razor safety-pin shovel syringe test-tube toothbrush trombone white-cane cricket-game broom adhesive-bandage hair-pick"
  ],
  [
    -45,
    "axe black-nib bottle-with-popping-cork candy closed-umbrella dango eggplant flashlight hammer hot-dog kitchen-knife nut-and-bolt pencil pick pill poultry-leg rolled-up-newspaper screwdriver spoon straight-ruler telephone-receiver wrench"
  ],
  [38, "trumpet"],
  [24, "skateboard"],
  [90, "fork remote sword"]
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
    "water-wave bridge canoe duck ferry motor-boat passenger-ship pirate-ship person-rowing-boat person-surfing person-swimming ring-buoy sailboat ship speedboat swan whale spouting-whale lotus yacht desert-island"
  ],
  [
    "underwater",
    "blowfish coral dolphin fish jellyfish lobster mermaid merman merperson octopus orca oyster shark shrimp squid submarine tropical-fish turtle-swimming seal"
  ],
  [
    "street",
    "ambulance articulated-lorry automobile auto-rickshaw bicycle bus bus-stop delivery-truck fire-engine fire-hydrant kick-scooter minibus motor-scooter motorcycle oncoming-automobile oncoming-bus oncoming-police-car oncoming-taxi parking-meter pickup-truck police-car postbox skateboard sport-utility-vehicle stop-sign street-lamp taxi traffic-light tram tram-car trolleybus vertical-traffic-light bench person-biking barber-pole fuel-pump mailbox closed-mailbox-with-raised-flag oncoming-bus racing-car person-walking person-running"
  ],
  [
    "field",
    "alien barrel campfire elf fairy guard knight mage moai ninja prince princess pyramid robot scarecrow snowman-without-snow traffic-cone troll vampire zombie ogre unicorn dragon barn bison cabin camping carousel-horse castle church circus-tent cow derelict-house donkey ewe ferris-wheel goat horse house house-with-garden houses hut lighthouse pig ram rooster scarecrow sheaf-of-rice soccer-ball tent tractor windmill goal-net flag-in-hole kangaroo wheelbarrow"
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
  ["sea", "lighthouse"],
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
  ["lake", "bridge canoe duck frog lotus swan person-rowing-boat fishing-pole otter"],
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
  [25, "airplane"],
  [-28, "luggage"],
  [-45, "rocket"]
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
  [0.3, "lotus elephant mammoth turtle bus delivery-truck"],
  [
    0.42,
    "horse unicorn zebra donkey cow camel two-hump-camel deer llama ox bison water-buffalo tiger lion bear polar-bear ostrich dragon sauropod goat pig ram ewe dog giraffe"
  ],
  [
    0.5,
    "chair bench armchair couch couch-and-lamp bed motorcycle bicycle motor-scooter seat rocking-chair toilet person-in-bed tractor"
  ],
  [0.84, "sailboat"],
  [0.46, "canoe speedboat motor-boat ship passenger-ship ferry"],
  [0.62, "pirate-ship"],
  [0.62, "skateboard surfboard sled kick-scooter shopping-cart"]
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
