import { loadIcons } from "./Icons.ts"
import {
  materials,
  maximumCount,
  maximumSubjects,
  places,
  poses,
  relationKinds,
  type Scene,
  seasons,
  sizes,
  styles,
  surfaceKinds,
  timesOfDay,
  weathers
} from "./Scene.ts"

/** A scene as it was kept with a job, checked before anything is painted from it; null for anything else. */
export const readScene = (value: unknown): Scene | null => (isScene(value) ? value : null)

type Check = (value: unknown) => boolean

const isScene = (value: unknown): value is Scene =>
  record({
    version: (version) => version === 1,
    width: edge,
    height: edge,
    seed: whole(0, 2 ** 32 - 1),
    style: named(oneOf(styles)),
    backdrop: record({
      place: named(oneOf(places)),
      time: named(oneOf(timesOfDay)),
      weather: named(oneOf(weathers)),
      season: orNull(named(oneOf(seasons))),
      shown: listOf(text, 200),
      material: orNull(named(oneOf(materials))),
      wall: orNull(named(oneOf(materials))),
      color: orNull(named(color))
    }),
    card: flag,
    surface: orNull(
      record({
        kind: oneOf(surfaceKinds),
        word: orNull(text),
        material: orNull(named(oneOf(materials))),
        color: orNull(named(color))
      })
    ),
    subjects: listOf(subject, maximumSubjects),
    excluded: listOf(text, 400),
    unknown: listOf(text, 400),
    staging: optional(staging),
    cutout: optional((cutout) => cutout === true)
  })(value)

const subject: Check = (value) =>
  record({
    word: text,
    icon: orNull((icon) => typeof icon === "string" && Object.hasOwn(loadIcons().drawings, icon)),
    count: whole(1, maximumCount),
    color: orNull(named(color)),
    material: orNull(named(oneOf(materials))),
    size: named(oneOf(sizes)),
    relation: orNull(record({ kind: oneOf(relationKinds), to: whole(0, maximumSubjects - 1), word: text })),
    pose: orNull(named(oneOf(poses))),
    text: orNull(text)
  })(value)

const staging: Check = (value) =>
  record({
    ground: oneOf(["top", "floor", "ground", "free"]),
    water: flag,
    empty: flag,
    standing: flag,
    drawings: listOf(text, maximumSubjects),
    spots: listOf(
      record({
        subject: whole(0, maximumSubjects - 1),
        x: length,
        y: length,
        width: length,
        height: length,
        mirrored: flag,
        footing: oneOf(["ground", "air", "water", "held"]),
        groundY: length
      }),
      maximumSubjects * maximumCount
    )
  })(value)

const record =
  (fields: { readonly [name: string]: Check }): Check =>
  (value) => {
    if (typeof value !== "object" || value === null) return false
    const entries = new Map<string, unknown>(Object.entries(value))
    return Object.entries(fields).every(([name, check]) => check(entries.get(name)))
  }

const listOf =
  (check: Check, most: number): Check =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every((item) => check(item))

const oneOf =
  (values: ReadonlyArray<string>): Check =>
  (value) =>
    typeof value === "string" && values.includes(value)

const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)

const named =
  (name: Check): Check =>
  (value) =>
    record({ name, word: orNull(text) })(value)

const text: Check = (value) => typeof value === "string" && value.length <= 200

const flag: Check = (value) => typeof value === "boolean"

const color: Check = (value) => typeof value === "string" && /^#[\da-f]{6}$/iu.test(value)

const whole =
  (low: number, high: number): Check =>
  (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= low && value <= high

const edge: Check = whole(256, 2048)

/** Things may reach beyond the picture, though not far. */
const length: Check = (value) => typeof value === "number" && Math.abs(value) < 20_000
