import type { Pose, RelationKind } from "./Scene.ts"

/** The small words that hold a prompt together. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ""))

/** Carry no content: they are neither drawn nor reported. */
export const stopWords = words(`
  a about all also am an and any are as at be been being but by can could did do does doing each either else every for
  from had has have having he her here hers herself him himself his how i if in into is it its itself just kind let
  like me more most my myself of off on one onto or other our out per placed please plus put set she should showing
  shown shows so some sort such than that the their theirs them themselves then there these they this those through to
  too toward towards up upon us very via was we were what when where which while who whose will with would you your
  now only own same etc
`)

/** Ask for a picture without saying anything about it. */
export const framingWords = words(`
  background create depicting depiction depicts design draw drawing drawn featuring generate illustrated illustration
  image images imagine made make painted painting pic picture pictures scene scenery show
  standing subject view visible want wanted setting located situated words landscape-view
`)

/** Whole phrases of no content: where in the picture something is, and how its holder holds it. */
export const stopPhrases = `at rest, at the back, at the front, close up, closeup, front view, in hand, in her hand, in her hands, in his hand,
  in his hands, in its paws, in its hand, in one hand, in the back, in the background, in the center, in the centre, in the corner,
  in the distance, in the foreground, in the middle, in the scene, in the style of, in front, next up, of course, on the left,
  on the right, on top, side view, such as, there is, there are, as well, a bit of, a piece of, piece of, a set of, set of,
  made of, made from, made out of, full view, in color, in colour, style of`

/** Nouns that a colour or a material may go to when it describes the backdrop: "a blue background". */
export const backdropNouns = words("backdrop background sky wall walls scenery backgrounds")

/** Everything after these, up to the end of the phrase, must not appear. */
export const negations = words("no without not minus excluding except sans never lacking nor neither")

/** Prepositions and verbs that relate the thing before to the thing after. */
export const relationWords: Readonly<Record<RelationKind, string>> = {
  on: "aboard, atop, lying on, on, on top of, onto, perched on, placed on, resting on, seated on, sits on, sitting atop, sitting on, standing on, stands on, upon, on board, lies on, rests on, laying on, asleep on, sleeping on, balancing on, crossing, crosses, walking on, walking across, driving on, driving across",
  under:
    "below, beneath, hiding under, sheltering under, sitting under, sitting beneath, standing under, under, underneath, sleeping under, lying under, resting under, beneath the shade of",
  above:
    "above, flying over, flying above, floating above, floating over, hovering above, hovering over, over, jumping over, soaring above, soaring over",
  in: "in, inside, inside of, sitting in, sleeping in, standing in, swimming in, floating in, driving, drives, within, filled with, full of, containing, wrapped in, driving in",
  "in-front-of": "ahead of, before, in front of, sitting in front of, standing in front of",
  behind: "behind, hiding behind, standing behind, in back of",
  beside:
    "across from, against, along, alongside, around, at, beside, between, by, close to, looking at, near, next to, opposite, playing with, talking to, together with, with, to the left of, to the right of, watching, facing, sitting next to, sitting beside, sitting by, standing next to, standing by, standing beside, chasing, meeting, following, left of, right of, surrounded by, beside of, adjacent to, among, leaning against, looking out at",
  riding: "mounted on, mounting, ride, rides, riding, riding on, astride, riding a top",
  "held-by":
    "baking, bakes, brandishing, carrying, carries, cooking, cooks, drinking, eats, eating, grasping, hold, holding, holds, lifting, playing, plays, reading, reads, serving, serves, selling, stirring, using, wielding, clutching, juggling, pulling, pushing, waving, operating, throwing, catching, kicking, wielding a, smoking, typing on",
  "worn-by": "dressed in, sporting, wearing, wears"
}

export const poseWords: Readonly<Record<Pose, string>> = {
  flying:
    "airborne, flies, flying, gliding, in flight, in mid air, in the air, midair, soaring, in midair, takes off, taking off",
  floating: "swimming, floating, hovering, levitating, weightless, drifting",
  jumping: "hopping, jumping, jumps, leaping, leaps",
  "upside-down": "upside down"
}

/** Things that are put on rather than stood beside, when "with" joins them to somebody. */
export const wearables: ReadonlySet<string> = new Set(
  "billed-cap crown glasses goggles graduation-cap headphone military-helmet necktie rescue-workers-helmet scarf sunglasses top-hat womans-hat".split(
    " "
  )
)

/** Introduce lettering in quotes: a sign that says "OPEN". */
export const sayingWords = words(
  "says saying reads reading labeled labelled titled text written words word letters lettering inscription"
)

export const irregularPlurals: Readonly<Record<string, string>> = {
  cacti: "cactus",
  calves: "calf",
  children: "child",
  dice: "die",
  elves: "elf",
  feet: "foot",
  fungi: "mushroom",
  geese: "goose",
  halves: "half",
  hooves: "hoof",
  knives: "knife",
  leaves: "leaf",
  lives: "life",
  loaves: "loaf",
  men: "man",
  mice: "mouse",
  octopi: "octopus",
  oxen: "ox",
  people: "person",
  scarves: "scarf",
  shelves: "shelf",
  teeth: "tooth",
  thieves: "thief",
  wives: "wife",
  wolves: "wolf",
  women: "woman",
  policemen: "policeman",
  firemen: "fireman",
  fishermen: "fisherman",
  snowmen: "snowman",
  businessmen: "businessman",
  astronauts: "astronaut",
  buses: "bus",
  cherries: "cherries",
  sheep: "sheep",
  fish: "fish",
  deer: "deer"
}

/** Things that hold what is said to be "in" them; in front of all others it stands. */
export const containers: ReadonlySet<string> = new Set(
  `amphora backpack barrel basket bathtub beer-mug bowl bowl-with-spoon bucket canoe empty-nest green-salad handbag
  hot-beverage jar mug package potted-plant pot-of-food sailboat shopping-bags shopping-cart sink sled speedboat
  teacup-without-handle top-hat treasure-chest vase wastebasket wheelbarrow wine-glass flying-saucer hot-air-balloon
  motor-boat glass-of-milk automobile pickup-truck racing-car wrapped-gift luggage hiking-boot`.split(/\s+/)
)

/** Somebody "with" these simply has them; they are not drawn as things of their own. */
export const bodyParts: ReadonlySet<string> = new Set(
  "ear eye eyes foot hand-with-fingers-splayed leg mouth nose tongue tooth wing".split(" ")
)

export const buildings: ReadonlySet<string> = new Set(
  `barn cabin castle church derelict-house hotel house house-with-garden houses hut lighthouse school office-building
  skyscraper windmill`.split(/\s+/)
)

/** A house "with" these has them in its drawing, if at all. */
export const buildingParts: ReadonlySet<string> = new Set(["door", "window", "ladder"])

/** Held by whoever is "with" them. */
export const handhelds: ReadonlySet<string> = new Set(
  `axe baseball-bat basket broom bucket camera closed-umbrella dagger feather fishing-pole flute fountain-pen hammer
  hot-beverage ice-cream magnifying-glass-tilted-left magnifying-glass-tilted-right mug open-book paintbrush pencil pick
  red-apple rose screwdriver shovel soft-ice-cream sunflower teddy-bear tennis-racket toolbox trophy tulip watering-can
  wrapped-gift wrench balloon bouquet flashlight guitar kite lantern magic-wand shield sword umbrella violin crossed-swords bow-and-arrow fishing-pole
  microphone trumpet saxophone closed-book handbag briefcase shopping-bags`.split(/\s+/)
)

/** To be "in" these is to be on them. */
export const seatings: ReadonlySet<string> = new Set(
  "armchair bed bench chair couch couch-and-lamp seat stool rocking-chair skateboard".split(" ")
)
