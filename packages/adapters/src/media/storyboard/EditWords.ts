/** How an instruction says what is to be done. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ""))

export type Verb = "add" | "remove" | "replace" | "make" | "cut-out"

/** Before the verb: politeness and the like. */
export const courtesies = words(
  "also and but can could i it just kindly lets let like me might now please then to us want we would you id"
)

/** By the first words of a clause; the longest wins. */
export const verbPhrases: Readonly<Record<string, Verb>> = {
  add: "add",
  "add in": "add",
  bring: "add",
  "bring in": "add",
  draw: "add",
  give: "add",
  include: "add",
  insert: "add",
  place: "add",
  plant: "add",
  put: "add",
  show: "add",
  "put in": "add",
  delete: "remove",
  drop: "remove",
  eliminate: "remove",
  erase: "remove",
  "get rid of": "remove",
  hide: "remove",
  no: "remove",
  remove: "remove",
  "take away": "remove",
  "take off": "remove",
  "take out": "remove",
  without: "remove",
  exchange: "replace",
  replace: "replace",
  substitute: "replace",
  swap: "replace",
  change: "make",
  color: "make",
  colour: "make",
  convert: "make",
  dye: "make",
  enlarge: "make",
  grow: "make",
  have: "make",
  magnify: "make",
  make: "make",
  move: "make",
  paint: "make",
  recolor: "make",
  recolour: "make",
  redraw: "make",
  render: "make",
  restyle: "make",
  scale: "make",
  set: "make",
  shrink: "make",
  tint: "make",
  transform: "make",
  turn: "make",
  "cut out": "cut-out",
  isolate: "cut-out"
}

export const longestVerb = 3

/** Between what is replaced and what replaces it. */
export const separators = words("with by for into to")

/** Say that something comes to what is there. */
export const additions = words("another more extra additional new")

/** Sizes by comparison, and verbs that say the same. */
export const growing = words("bigger larger taller greater enlarge enlarged grow magnify up")
export const shrinking = words("smaller tinier shorter littler shrink reduce down")

/** Forms of verbs that the lexicon has otherwise. */
export const verbForms: Readonly<Record<string, string>> = {
  bigger: "bigger",
  carry: "carrying",
  eat: "eating",
  float: "floating",
  fly: "flying",
  hold: "holding",
  jump: "jumping",
  read: "reading",
  ride: "riding",
  say: "says",
  sit: "sitting",
  stand: "standing",
  wear: "wearing"
}

/** Say which side of the picture is spoken of and nothing about it. */
export const aspects = words(
  "be become appear look looks looking color colour colors colours weather time season style picture image photo scene drawing illustration effect whole everything instead rather again still bit little much a lot more less slightly very"
)

/** Whatever speaks of the thing itself without naming it. */
export const pronouns = words("it them this that they")

export const backdropWords = words("background backdrop")

/** In the sky or on the ground of every place that has them, so that only forbidding them removes them. */
export const dressingWords: Readonly<Record<string, string>> = {
  cloud: "cloud",
  clouds: "cloud",
  moon: "moon",
  shadow: "shadow",
  shadows: "shadow",
  star: "star",
  stars: "star",
  sun: "sun"
}

/** What another model does. */
export const adjustments = words(
  "aspect blur blurred blurry brighten brighter brightness compress contrast crop cropped darken darker flip flipped format grayscale greyscale height hue jpeg jpg mirror mirrored opacity png ratio resize resized rotate rotated saturate saturated saturation sharpen sharper sharpness tint webp width zoom"
)
