import { drawnOf } from "./Drawn.ts"
import { loadIcons } from "./Icons.ts"
import { anybody, togetherDrawings } from "./LexiconPeople.ts"
import { dressingPlaces, surfaceThings } from "./LexiconScene.ts"
import { lookUp } from "./Lookup.ts"
import type { SceneRequest } from "./Prompt.ts"
import type { Reading } from "./ReaderState.ts"
import {
  type Backdrop,
  maximumSubjects,
  type Named,
  type Place,
  type Scene,
  type Subject,
  type SurfaceKind,
  type TimeOfDay
} from "./Scene.ts"
import { type Habitat, traitsOf } from "./Traits.ts"

/** At most this many words are reported as not drawn. */
const longestReport = 40

/** All drawings of one picture: beyond, counts are cut, or a hostile prompt could take minutes. */
const maximumDrawings = 40

/** Fills the gaps of a reading with what goes well together. */
export const settle = (reading: Reading, request: SceneRequest): Scene => {
  const { height, seed, width } = request
  const unknown = [...reading.unknown]
  const { color, material, season, wall, weather } = reading
  const { subjects: read, surface } = furnish(reading)
  const dressed = dress(reading, together(read), surface, unknown)
  const shown = [...reading.shown, ...dressed.shown]
  const subjects = withinReason(dressed.subjects, unknown)
  const card =
    subjects.length === 0 &&
    dressed.shown.length === 0 &&
    surface === null &&
    reading.place === null &&
    reading.time === null &&
    weather === null &&
    season === null &&
    material === null &&
    wall === null
  const place = reading.place ?? { name: dressed.place, word: null }
  const backdrop: Backdrop = {
    place,
    shown: [...new Set(shown)],
    time: reading.time ?? defaultTime(place.name),
    weather: weather ?? { name: season?.name === "winter" ? "snow" : "fair", word: null },
    season,
    material,
    wall,
    color
  }
  const style =
    request.style === null
      ? (reading.style ?? { name: "illustration" as const, word: null })
      : { name: request.style, word: request.style }
  // A style that the parameter overrules was asked for and is not drawn.
  if (
    request.style !== null &&
    reading.style !== null &&
    reading.style.name !== request.style &&
    reading.style.word !== null
  ) {
    unknown.push(reading.style.word)
  }
  const scene: Scene = {
    version: 1,
    width,
    height,
    seed: seed >>> 0,
    style,
    backdrop,
    card,
    surface,
    subjects,
    excluded: [...new Set(reading.excluded)].slice(0, longestReport),
    unknown: []
  }
  // The beach of "a beach ball on the beach" can be seen, though not on the ball.
  const drawn = new Set(drawnOf(scene))
  const missing = [...new Set(unknown)].filter((word) => !drawn.has(word))
  return { ...scene, unknown: missing.slice(0, longestReport) }
}

/**
 * Trees in a forest and windows in a room are there anyway; elsewhere they are things like any others. Words that are
 * no thing of their own, and that the place does not show, are reported.
 */
const dress = (
  reading: Reading,
  subjects: ReadonlyArray<Subject>,
  surface: Reading["surface"],
  unknown: Array<string>
): { readonly subjects: ReadonlyArray<Subject>; readonly shown: ReadonlyArray<string>; readonly place: Place } => {
  // What only places show names the place: a window is in a room.
  const telling = reading.dressings.find(({ icon }) => icon === null)
  const implied = telling === undefined || surface !== null ? undefined : dressingPlaces[telling.name]?.[0]
  const place = reading.place?.name ?? implied ?? placeFor({ ...reading, surface }, subjects)
  const all = [...subjects]
  const shown: Array<string> = []
  for (const { icon, name, word } of reading.dressings) {
    if (dressingPlaces[name]?.includes(place) === true) shown.push(word)
    else if (icon === null || all.length >= maximumSubjects) unknown.push(word)
    else all.push({ ...plainSubject, word: name, icon, count: 3 })
  }
  return { subjects: all, shown, place }
}

const plainSubject: Omit<Subject, "word" | "icon"> = {
  count: 1,
  color: null,
  material: null,
  size: { name: "normal", word: null },
  relation: null,
  pose: null,
  text: null
}

/** A table with nothing on it, or with nothing but chairs, is a piece of furniture and not what a picture stands on. */
const furnish = (reading: Reading): Pick<Reading, "subjects" | "surface"> => {
  const { subjects, surface } = reading
  const icon = surface === null ? undefined : surfaceThings[surface.kind === "table" ? "table" : surface.kind]
  if (surface === null || icon === undefined || subjects.some((subject) => habitatOf(subject) !== "room"))
    return { subjects, surface }
  const { color, material, word } = surface
  const thing: Subject = { ...plainSubject, word, icon, color, material }
  return { subjects: [...subjects, thing], surface: null }
}

/** Somebody who rides a bicycle or sits in a canoe is drawn in one piece with it. */
const together = (subjects: ReadonlyArray<Subject>): ReadonlyArray<Subject> => {
  const merged = [...subjects]
  subjects.forEach((rider, index) => {
    const kind = rider.relation?.kind
    const to = rider.relation?.to ?? -1
    const thing = subjects[to]
    const drawing = togetherDrawings[thing?.icon ?? ""]
    if (thing === undefined || drawing === undefined || !anybody.has(rider.icon ?? "")) return
    if (kind !== "riding" && kind !== "on" && kind !== "in") return
    if (thing.count !== rider.count) return
    merged[to] = { ...thing, icon: drawing }
    merged[index] = { ...rider, icon: null, relation: null }
  })
  return merged
}

const habitatOf = ({ icon }: Subject): Habitat => traitsOf(icon ?? "", lookUp(loadIcons().kinds, icon ?? "")).habitat

const withinReason = (subjects: ReadonlyArray<Subject>, unknown: Array<string>): ReadonlyArray<Subject> => {
  let room = maximumDrawings
  return subjects.map((subject, index) => {
    const others = subjects.length - index - 1
    const count = Math.max(1, Math.min(subject.count, room - others))
    room -= count
    if (count < subject.count) unknown.push(`${subject.count - count} more ${subject.word}`)
    return count === subject.count ? subject : { ...subject, count }
  })
}

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

/** Without a window that matters: the weather and the hour could not be seen there. */
const indoorPlaces: ReadonlySet<Place> = new Set<Place>([
  "bathroom",
  "bedroom",
  "cafe",
  "classroom",
  "gallery",
  "garage",
  "kitchen",
  "laboratory",
  "library",
  "living-room",
  "office",
  "stage",
  "studio",
  "workshop",
  "space",
  "underwater"
])

/** Where the first thing is at home. Weather and the hour need a sky or a window to be seen. */
const placeFor = (reading: Reading, subjects: ReadonlyArray<Subject>): Place => {
  if (reading.surface !== null) return placeOfSurface[reading.surface.kind]
  const hero = subjects.find((subject) => subject.icon !== null)
  const outdoors = reading.time !== null || reading.weather !== null || reading.season !== null
  if (hero === undefined) return reading.wall !== null || reading.material !== null ? "room" : "meadow"
  const { habitat, home } = traitsOf(hero.icon ?? "", lookUp(loadIcons().kinds, hero.icon ?? ""))
  const place = home ?? placeOfHabitat[habitat]
  if (reading.wall !== null) return "room"
  // A cat on a couch is indoors.
  if (
    !outdoors &&
    !indoorPlaces.has(place) &&
    place !== "street" &&
    subjects.some((subject) => habitatOf(subject) === "room")
  )
    return "living-room"
  if (outdoors && place === "underwater") return "sea"
  if (outdoors && indoorPlaces.has(place)) return "meadow"
  // Under trees neither the sky nor another tree would be seen.
  const treeAsked = subjects.some(({ icon }) => icon === "deciduous-tree" || icon === "evergreen-tree")
  if ((place === "forest" || place === "jungle") && (outdoors || treeAsked)) return "meadow"
  // Snow wants ground to lie on.
  if (place === "sky" && (reading.weather?.name === "snow" || reading.season !== null)) return "meadow"
  // Something that hangs in the air over things that stand needs a ground below.
  if (
    (place === "sky" || place === "space") &&
    subjects.some((subject) => !["air", "space"].includes(habitatOf(subject)))
  ) {
    return place === "space" ? "moon" : "meadow"
  }
  return place
}

const defaultTime = (place: Place): Named<TimeOfDay> => ({
  name: place === "stage" ? "night" : "day",
  word: null
})
