import { drawnOf } from "./Drawn.ts"
import { anybody, togetherDrawings } from "./LexiconPeople.ts"
import { dressingPlaces, surfaceThings } from "./LexiconScene.ts"
import { lookUp } from "./Lookup.ts"
import { placeEntries } from "./Places.ts"
import type { SceneRequest } from "./Prompt.ts"
import { seedFor } from "./Random.ts"
import type { Reading } from "./ReaderState.ts"
import {
  type Backdrop,
  maximumSubjects,
  type Named,
  type Place,
  type Scene,
  type Subject,
  type Weather
} from "./Scene.ts"
import { defaultTime, furnitureOf, habitatOf, heroOf, placeFor, underTheSky, withoutSky } from "./Whereabouts.ts"

/** At most this many words are reported as not drawn. */
const longestReport = 40

/** All drawings of one picture: beyond, counts are cut, or a hostile prompt could take minutes. */
const maximumDrawings = 40

/** Fills the gaps of a reading with what goes well together. */
export const settle = (reading: Reading, request: SceneRequest): Scene => {
  const { height, seed, width } = request
  const unknown = [...reading.unknown]
  const { color, season, wall } = reading
  const furnished = furnish(reading)
  const dressed = dress(reading, together(byCompany(furnished.subjects)), furnished.surface, unknown)
  const shown = [...reading.shown, ...dressed.shown]
  const place = reading.place ?? { name: dressed.place, word: null }
  const usual: Named<Weather> = { name: season?.name === "winter" ? "snow" : "fair", word: null }
  const asked = withinReason(dressed.subjects, unknown)
  const open = furnished.surface === null && !placeEntries[place.name].indoors && !withoutSky.has(place.name)
  const time = reading.time ?? defaultTime(place.name, open ? asked : [])
  const subjects = open ? underTheSky(asked, time.name, (reading.weather ?? usual).name) : asked
  // No cloud may stand before a moon that is asked for.
  const lit = subjects !== asked && usual.name === "fair"
  const weather = reading.weather ?? (lit ? { name: "clear" as const, word: null } : usual)
  const surface = furnished.surface ?? furnitureOf(place.name, subjects)
  // Open ground is what the prompt says that things stand on.
  const material = reading.material ?? (surface?.kind === "ground" ? surface.material : null)
  const card =
    subjects.length === 0 &&
    dressed.shown.length === 0 &&
    surface === null &&
    reading.place === null &&
    reading.time === null &&
    reading.weather === null &&
    season === null &&
    material === null &&
    wall === null
  const backdrop: Backdrop = {
    place,
    shown: [...new Set(shown)],
    time,
    weather,
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
    seed: seedFor(seed, card ? unknown.join(" ") : `${place.name} ${heroOf(subjects)?.icon ?? ""}`),
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
  const thing: Subject = { ...plainSubject, word: word ?? surface.kind, icon, color, material }
  return { subjects: [...subjects, thing], surface: null }
}

/** Names that mean another thing beside certain things: a mouse beside a keyboard is no animal. */
const homonyms: Readonly<Record<string, { readonly beside: ReadonlySet<string>; readonly icon: string }>> = {
  bat: { beside: new Set(["baseball", "baseball-glove", "softball"]), icon: "baseball-bat" },
  mouse: { beside: new Set(["desktop-computer", "keyboard", "laptop", "printer"]), icon: "computer-mouse" }
}

const byCompany = (subjects: ReadonlyArray<Subject>): ReadonlyArray<Subject> =>
  subjects.map((subject) => {
    const other = lookUp(homonyms, subject.icon ?? "")
    const meant = other !== undefined && subjects.some(({ icon }) => other.beside.has(icon ?? ""))
    return meant ? { ...subject, icon: other.icon } : subject
  })

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
