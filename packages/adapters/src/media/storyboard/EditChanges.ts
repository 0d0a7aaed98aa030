import { describeSubject, type Draft, heroIn, resizeSubject, setCount } from "./EditDraft.ts"
import type { Wish } from "./EditReading.ts"
import { isGiven } from "./Lookup.ts"
import { sizeFactors } from "./Placement.ts"
import { placeEntries } from "./Places.ts"
import type { Reading } from "./ReaderState.ts"
import { type Backdrop, type Named, type Size, sizes, type Subject } from "./Scene.ts"
import { furnitureOf, placeFor, placesWithWindows, withoutSky } from "./Whereabouts.ts"

/** Colours, materials, sizes and the like: of the things that are named, or of the first one where none is. */
export const changeLooks = (draft: Draft, wish: Wish, targets: ReadonlyArray<number | null>): void => {
  const { count, factor, ofBackdrop, pose, reading, size } = wish
  const hero = heroIn(draft)
  reading.subjects.forEach((subject, at) => {
    const index = targets[at] ?? null
    if (index === null) return
    dress(draft, index, subject)
    if (count !== null) setCount(draft, index, subject.count)
    changeSize(draft, index, subject.size.word === null ? null : subject.size, factor)
  })
  if (targets.some((target) => target !== null) || hero === null) return
  const { color, material } = reading
  if (!ofBackdrop && (color !== null || material !== null)) dress(draft, hero, { color, material })
  if (pose !== null) describeSubject(draft, hero, { pose }, pose.word ?? pose.name)
  changeSize(draft, hero, size, factor)
}

const dress = (draft: Draft, index: number, { color, material, pose, text }: Partial<Subject>): void => {
  if (isGiven(color)) describeSubject(draft, index, { color }, color.word ?? color.name)
  if (isGiven(material))
    describeSubject(
      draft,
      index,
      { material, ...(!isGiven(color) ? { color: null } : {}) },
      material.word ?? material.name
    )
  if (isGiven(pose)) describeSubject(draft, index, { pose }, pose.word ?? pose.name)
  if (isGiven(text)) describeSubject(draft, index, { text }, `"${text}"`)
}

/** By name, or by comparison: then the next name in the row of sizes keeps it in mind. */
const changeSize = (draft: Draft, index: number, size: Named<Size> | null, factor: number): void => {
  const subject = draft.subjects[index]
  if (subject === undefined || subject === null || (size === null && factor === 1)) return
  const current = sizes.indexOf(subject.size.name)
  const named =
    size?.name ?? sizes[Math.min(sizes.length - 1, Math.max(0, current + (factor > 1 ? 1 : -1)))] ?? "normal"
  const by = size === null ? factor : (sizeFactors[named] / sizeFactors[subject.size.name]) ** 0.8
  if (size !== null && named === subject.size.name) return
  if (!resizeSubject(draft, index, by)) {
    draft.missed.push(`${by > 1 ? "bigger" : "smaller"} (the picture has no room for that)`)
    return
  }
  const word = size?.word ?? (named === "normal" ? null : named)
  describeSubject(draft, index, { size: { name: named, word } }, by > 1 ? "bigger" : "smaller")
}

/** What is said of the picture as a whole. */
type PictureWish = Partial<
  Pick<
    Reading,
    "time" | "weather" | "season" | "style" | "place" | "surface" | "material" | "wall" | "color" | "subjects"
  >
> & { readonly noSurface?: true }

export const changePicture = (draft: Draft, wish: PictureWish): void => {
  if (isGiven(wish.style) && wish.style.name !== draft.style.name) {
    draft.style = wish.style
    draft.changes.push(`style: ${wish.style.name}`)
  }
  if (isGiven(wish.place)) movePlace(draft, wish.place)
  for (const key of ["time", "weather", "season"] as const) {
    const value = wish[key]
    if (!isGiven(value) || draft.backdrop[key]?.name === value.name) continue
    draft.backdrop = { ...draft.backdrop, [key]: value }
    draft.changes.push(`${key}: ${value.name}`)
  }
  if (wish.season?.name === "winter" && draft.backdrop.weather.word === null && !isGiven(wish.weather))
    draft.backdrop = { ...draft.backdrop, weather: { name: "snow", word: null } }
  if (isGiven(wish.time) || isGiven(wish.weather) || isGiven(wish.season)) whereItShows(draft)
  for (const key of ["wall", "color"] as const) {
    const value = wish[key]
    if (!isGiven(value) || draft.backdrop[key]?.name === value.name) continue
    draft.backdrop = { ...draft.backdrop, [key]: value }
    draft.changes.push(`${key === "wall" ? "wall" : "colour of the background"}: ${value.word ?? value.name}`)
  }
  changeSurface(draft, wish)
}

const changeSurface = (draft: Draft, { noSurface, surface }: PictureWish): void => {
  if (noSurface === true && draft.surface !== null) {
    draft.changes.push(`removed ${draft.surface.word ?? draft.surface.kind}`)
    draft.surface = { kind: "floor", word: null, material: null, color: null }
  }
  if (surface === undefined || surface === null) return
  const same = draft.surface?.kind === surface.kind
  draft.surface = same
    ? {
        ...surface,
        material: surface.material ?? draft.surface?.material ?? null,
        color: surface.color ?? draft.surface?.color ?? null
      }
    : surface
  const looks = [surface.color?.word, surface.material?.word].filter(isGiven)
  draft.changes.push(`${surface.word ?? surface.kind}${looks.length > 0 ? `: ${looks.join(" ")}` : ""}`)
}

const movePlace = (draft: Draft, place: Named<Backdrop["place"]["name"]>): void => {
  const { backdrop, cutout } = draft
  if (backdrop.place.name === place.name && !cutout) return
  const { indoors } = placeEntries[place.name]
  const subjects = draft.subjects.filter((subject) => subject !== null)
  draft.backdrop = { ...backdrop, place, shown: [], material: null, color: null, wall: indoors ? backdrop.wall : null }
  draft.cutout = false
  // Furniture that nobody asked for stays in its room.
  if (!isGiven(draft.surface?.word)) draft.surface = furnitureOf(place.name, subjects)
  draft.changes.push(`place: ${place.word ?? place.name}`)
}

/** A place that we chose, and that shows neither sky nor window, gives way to one that does. */
const whereItShows = (draft: Draft): void => {
  const { place, season, time, weather } = draft.backdrop
  const unseen = placeEntries[place.name].indoors ? !placesWithWindows.has(place.name) : withoutSky.has(place.name)
  if (place.word !== null || !unseen) return
  const subjects = draft.subjects.filter((subject) => subject !== null)
  const reading: Reading = {
    subjects,
    surface: !isGiven(draft.surface?.word) ? null : draft.surface,
    place: null,
    shown: [],
    dressings: [],
    time,
    weather: weather.word === null ? null : weather,
    season,
    style: null,
    material: null,
    wall: null,
    color: null,
    excluded: [],
    unknown: []
  }
  const next = placeFor(reading, subjects)
  if (next !== place.name) movePlace(draft, { name: next, word: null })
}
