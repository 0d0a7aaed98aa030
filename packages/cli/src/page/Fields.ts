import type { Envelope } from "@image-skill/core/envelope/Envelope"
import { isJsonObject } from "@image-skill/core/envelope/JsonFields"
import { nearest } from "@image-skill/core/envelope/Nearest"
import type * as Schema from "effect/Schema"

/**
 * The envelope with only these paths of `data`, e.g. `job_id` and `assets.url`: a path leads through lists into each of their elements.
 * The next command stays, and so does everything beside `data`. A path that leads nowhere is warned about, with the
 * nearest ones that do.
 */
export const onlyFields = (envelope: Envelope, paths: ReadonlyArray<string>): Envelope => {
  const { data } = envelope
  if (!envelope.ok || paths.length === 0) return envelope
  const known = pathsOf(data)
  const unknown = [...new Set(paths)].filter((path) => !known.has(path))
  return {
    ...envelope,
    data: pick(data, wanted([...paths.filter((path) => known.has(path)), ...kept])) ?? {},
    warnings: [...envelope.warnings, ...unknown.map((path) => unknownField(path, known))]
  }
}

/** Comma-separated, and as often as it was given; a word `data.` before a path is understood. */
export const fieldPaths = (values: ReadonlyArray<string | true>): ReadonlyArray<string> =>
  values
    .flatMap((value) => (value === true ? [] : value.split(",")))
    .map((path) => path.trim().replace(/^data\./u, ""))
    .filter((path) => path !== "")

/** What says how an answer goes on. */
const kept = ["next_command", "next_command_copy_runnable", "next_command_missing_inputs"]

/** A field that is wanted whole, or one of which only some fields are. */
type Wanted = true | ReadonlyMap<string, Wanted>

const wanted = (paths: ReadonlyArray<string>): Wanted => {
  const heads = [...new Set(paths.map((path) => path.split(".")[0] ?? ""))]
  return new Map(
    heads.map((head): readonly [string, Wanted] => [
      head,
      paths.includes(head)
        ? true
        : wanted(paths.filter((path) => path.startsWith(`${head}.`)).map((path) => path.slice(head.length + 1)))
    ])
  )
}

/** Undefined where nothing of it is wanted. */
const pick = (value: Schema.Json, want: Wanted): Schema.Json | undefined => {
  if (want === true) return value
  if (Array.isArray(value)) return value.map((item: Schema.Json) => pick(item, want) ?? {})
  if (!isJsonObject(value)) return undefined
  const fields = Object.entries(value).flatMap(([name, field]) => {
    const inner = want.get(name)
    const picked = inner === undefined ? undefined : pick(field, inner)
    return picked === undefined ? [] : [[name, picked] as const]
  })
  return fields.length === 0 ? undefined : Object.fromEntries(fields)
}

/** Every path there is, those of fields with fields in them, too. */
const pathsOf = (value: Schema.Json, prefix = "", found = new Set<string>()): ReadonlySet<string> => {
  if (Array.isArray(value)) value.forEach((item: Schema.Json) => pathsOf(item, prefix, found))
  if (isJsonObject(value)) {
    for (const [name, field] of Object.entries(value)) {
      const path = `${prefix}${name}`
      found.add(path)
      pathsOf(field, `${path}.`, found)
    }
  }
  return found
}

const nearestCount = 3

const unknownField = (path: string, known: ReadonlySet<string>): string => {
  const near = nearestOf(path, known)
  const there = near.length > 0 ? near : [...known].filter((one) => !one.includes(".")).slice(0, 8)
  const wording = near.length > 0 ? "did you mean" : "the fields are"
  return `--fields: this answer has no ${path.slice(0, 80)}; ${wording} ${there.join(", ")}${near.length > 0 ? "?" : ""}`
}

/** Slips in the whole path, then paths that end in the same name. */
const nearestOf = (path: string, known: ReadonlySet<string>): ReadonlyArray<string> => {
  const close = nearest(path, known)
  const last = path.split(".").at(-1) ?? path
  const alike = [...known].filter((one) => one === last || one.endsWith(`.${last}`))
  return [...new Set([...(close === null ? [] : [close]), ...alike])].slice(0, nearestCount)
}
