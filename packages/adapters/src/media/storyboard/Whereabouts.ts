import { loadIcons } from "./Icons.ts"
import { buildings } from "./LexiconGrammar.ts"
import { plants } from "./LexiconScene.ts"
import { lightOf } from "./Light.ts"
import { lookUp } from "./Lookup.ts"
import { placeEntries } from "./Places.ts"
import type { Reading } from "./ReaderState.ts"
import type { Material, Named, Place, Subject, Surface, SurfaceKind, TimeOfDay, Weather } from "./Scene.ts"
import { type Habitat, type Traits, traitsOf } from "./Traits.ts"

/** Where and when a picture is set, and on what its things stand, as far as the prompt leaves that open. */

const traitsFor = ({ icon }: Subject): Traits => traitsOf(icon ?? "", lookUp(loadIcons().kinds, icon ?? ""))

export const habitatOf = (subject: Subject): Habitat => traitsFor(subject).habitat

/** What the picture is mainly about. */
export const heroOf = (subjects: ReadonlyArray<Subject>): Subject | undefined =>
  subjects.find((subject) => subject.icon !== null)

const placeOfSurface: Readonly<Record<SurfaceKind, Place>> = {
  counter: "kitchen",
  desk: "office",
  floor: "room",
  ground: "meadow",
  pedestal: "gallery",
  shelf: "room",
  table: "room",
  workbench: "workshop"
}

const placeOfGround: Readonly<Partial<Record<Material, Place>>> = { ice: "snow-field", sand: "beach" }

const placeOfHabitat: Readonly<Record<Habitat, Place>> = {
  air: "sky",
  field: "meadow",
  nature: "meadow",
  room: "living-room",
  space: "space",
  stage: "stage",
  street: "street",
  table: "studio",
  underwater: "underwater",
  water: "sea"
}

/** Rooms with a window, through which the hour and most weathers can be seen. */
export const placesWithWindows: ReadonlySet<Place> = new Set<Place>([
  "bedroom",
  "cafe",
  "classroom",
  "kitchen",
  "library",
  "living-room",
  "office",
  "room",
  "workshop"
])

/** Open to the air, but with no sky to be seen, or with one of their own. */
export const withoutSky: ReadonlySet<Place> = new Set<Place>(["cave", "mars", "moon", "space", "underwater"])

/** Where the first thing is at home. Weather and the hour need a sky or a window to be seen. */
export const placeFor = (reading: Reading, subjects: ReadonlyArray<Subject>): Place => {
  const hero = heroOf(subjects)
  const { material, season, surface, time, wall, weather } = reading
  const home = homeOf(hero, subjects)
  if (surface?.kind === "ground") {
    const natural = placeOfGround[surface.material?.name ?? "stone"] ?? placeOfSurface.ground
    return home !== null && !placeEntries[home].indoors && surface.material?.name !== "ice" ? home : natural
  }
  if (surface !== null) return placeOfSurface[surface.kind]
  if (hero === undefined) return wall !== null || material !== null ? "room" : "meadow"
  if (wall !== null) return "room"
  const usual = home ?? placeOfHabitat[habitatOf(hero)]
  // A house stands in the country rather than on the road.
  const housed = usual === "street" && subjects.some(({ icon }) => buildings.has(icon ?? ""))
  const place = housed ? "meadow" : usual
  const inside = placeEntries[place].indoors
  if (time !== null || weather !== null || season !== null) {
    if (inside) return season === null && weather?.name !== "wind" ? throughWindow(place, hero) : "meadow"
    if (place === "space") return "meadow"
    if (place === "underwater") return "sea"
    // Under trees neither the sky nor what grows would be seen.
    if (place === "forest" || place === "jungle") return "meadow"
    // Snow wants ground to lie on.
    if (place === "sky" && (weather?.name === "snow" || season !== null)) return "meadow"
  } else if (!inside && place !== "street" && subjects.some((subject) => habitatOf(subject) === "room")) {
    // A cat on a couch is indoors.
    return "living-room"
  }
  const unseen = subjects.some(({ icon }) => hiddenByTrees.has(icon ?? "") || nightLights.has(icon ?? ""))
  if ((place === "forest" || place === "jungle") && unseen) return "meadow"
  // Something that hangs in the air over things that stand needs a ground below.
  if (
    (place === "sky" || place === "space") &&
    subjects.some((subject) => !["air", "space"].includes(habitatOf(subject)))
  ) {
    return place === "space" ? "moon" : "meadow"
  }
  return place
}

/** Somebody who is at home anywhere is where the other things are: a man with a tractor is on a farm. */
const homeOf = (hero: Subject | undefined, subjects: ReadonlyArray<Subject>): Place | null => {
  if (hero === undefined) return null
  const { habitat, home } = traitsFor(hero)
  if (home !== null || habitat !== "field") return home
  // Where there are boats there is water, and a bus stop stands in a street.
  const afloat = subjects.map(traitsFor).find((traits) => traits.habitat === "water" && traits.metres > 0.7)
  if (afloat !== undefined) return afloat.home ?? "sea"
  const elsewhere = subjects.map((subject) => traitsFor(subject).home).find((place) => place !== null)
  return elsewhere ?? (subjects.some((subject) => habitatOf(subject) === "street") ? "street" : null)
}

/** A room from which the sky can be seen; what needs more space than a room has goes outdoors. */
const throughWindow = (place: Place, hero: Subject): Place => {
  if (placesWithWindows.has(place)) return place
  return small(hero) || habitatOf(hero) === "room" ? "room" : "meadow"
}

/** It stands on a table rather than on the floor. */
const small = (subject: Subject): boolean => {
  const { habitat, metres } = traitsFor(subject)
  // Cut flowers stand there as well; what grows in a meadow does not come this way.
  const flower = plants.has(subject.icon ?? "") && metres < 0.2
  return (habitat === "table" || flower) && metres < 0.5
}

const furniture: Readonly<Partial<Record<Place, SurfaceKind>>> = {
  bathroom: "counter",
  bedroom: "table",
  cafe: "table",
  classroom: "desk",
  gallery: "pedestal",
  garage: "workbench",
  kitchen: "counter",
  laboratory: "workbench",
  library: "desk",
  "living-room": "table",
  office: "desk",
  room: "table",
  workshop: "workbench"
}

/** Small things alone in a room stand on its furniture. */
export const furnitureOf = (place: Place, subjects: ReadonlyArray<Subject>): Surface | null => {
  const kind = furniture[place]
  const drawn = subjects.filter(({ icon }) => icon !== null)
  if (kind === undefined || drawn.length === 0 || !drawn.every(small)) return null
  return { kind, word: null, material: null, color: null }
}

const moons: ReadonlySet<string> = new Set(["full-moon", "full-moon-face"])
const suns: ReadonlySet<string> = new Set(["sun"])

const hiddenByTrees: ReadonlySet<string> = new Set(["deciduous-tree", "evergreen-tree", "rainbow", "sun"])

/** Seen at night only. */
const nightLights: ReadonlySet<string> = new Set(
  `full-moon full-moon-face crescent-moon first-quarter-moon last-quarter-moon waning-crescent-moon
  waning-gibbous-moon waxing-crescent-moon waxing-gibbous-moon star glowing-star shooting-star comet meteor fireworks`.split(
    /\s+/
  )
)

/** The hour when the prompt names none. `subjects` are those under an open sky. */
export const defaultTime = (place: Place, subjects: ReadonlyArray<Subject>): Named<TimeOfDay> => {
  const dark = place === "stage" || subjects.some(({ icon }) => nightLights.has(icon ?? ""))
  return { name: dark ? "night" : "day", word: null }
}

/** A plain moon or sun beside other things is the one in the sky, and needs no drawing of its own. */
export const underTheSky = (
  subjects: ReadonlyArray<Subject>,
  time: TimeOfDay,
  weather: Weather
): ReadonlyArray<Subject> => {
  const { moon, sunHeight } = lightOf(time, weather)
  // A sun and a moon at once need drawings.
  const heavenly = subjects.filter(({ icon }) => moons.has(icon ?? "") || suns.has(icon ?? ""))
  if (subjects.length < 2 || heavenly.length > 1) return subjects
  const inSky = ({ color, count, icon, material, pose, relation, size }: Subject): boolean => {
    const plain = count === 1 && color === null && material === null && pose === null && size.name === "normal"
    const seen = moon ? moons.has(icon ?? "") : sunHeight > 0 && suns.has(icon ?? "")
    return plain && seen && relation === null
  }
  if (!subjects.some(inSky)) return subjects
  return subjects.map((subject) => (inSky(subject) ? { ...subject, icon: null } : subject))
}
