import { isJsonObject, jsonField } from "@image-skill/core/envelope/JsonFields"
import type * as Schema from "effect/Schema"
import * as Values from "./Values.ts"

/**
 * The facts of an answer, which know which of them have been shown. A path is a name of a field, or several with dots
 * between them. A value of another kind than the one that was asked for is shown as it is.
 */
export interface Sheet {
  readonly value: Schema.Json
  /** The value at a path, which counts as shown from now on. */
  readonly take: (path: string) => Schema.Json | undefined
  /** Says that these are shown by other words, or are no facts of their own. */
  readonly skip: (...paths: ReadonlyArray<string>) => void
  readonly text: (path: string) => string | null
  /** Each element of a list. */
  readonly texts: (path: string) => ReadonlyArray<string>
  /** In words: `quota required`. */
  readonly state: (path: string) => string | null
  readonly number: (path: string) => number | null
  readonly is: (path: string) => boolean
  readonly credits: (path: string, unitUsd?: number) => string | null
  readonly usd: (path: string) => string | null
  readonly money: (centsPath: string, currencyPath: string) => string | null
  readonly bytes: (path: string) => string | null
  /** A time, to the minute. */
  readonly minute: (path: string) => string | null
  readonly inside: (path: string) => Sheet
  readonly each: (path: string) => ReadonlyArray<Sheet>
  /** Whether exactly this field, or one around it, has been shown. */
  readonly wasSeen: (path: string) => boolean
  /** The fields that were not shown, each by the shortest name that holds nothing else. */
  readonly unseen: () => ReadonlyArray<string>
}

export const sheetOf = (value: Schema.Json): Sheet => sheet(value, "", new Set())

const sheet = (value: Schema.Json, prefix: string, seen: Set<string>): Sheet => {
  const whole = (path: string): string => (prefix === "" ? path : `${prefix}.${path}`)
  const take = (path: string): Schema.Json | undefined => {
    seen.add(whole(path))
    return valueAt(value, path)
  }
  const text = (path: string): string | null => {
    const found = take(path) ?? null
    return found === null ? null : Values.plain(found)
  }
  const counted = (show: (count: number) => string) => (path: string) => {
    const found = take(path)
    return typeof found === "number" ? show(found) : text(path)
  }
  return {
    value,
    take,
    skip: (...paths) => {
      for (const path of paths) seen.add(whole(path))
    },
    text,
    texts: (path) => {
      const found = take(path) ?? null
      return found === null ? [] : Array.isArray(found) ? found.map(Values.plain) : [Values.plain(found)]
    },
    state: (path) => {
      const found = text(path)
      return found === null ? null : Values.words(found)
    },
    number: (path) => {
      const found = take(path)
      return typeof found === "number" ? found : null
    },
    is: (path) => take(path) === true,
    credits: (path, unitUsd) => counted((count) => Values.credits(count, unitUsd))(path),
    usd: counted(Values.usd),
    money: (centsPath, currencyPath) => {
      const currency = take(currencyPath)
      return counted((cents) => Values.money(cents, typeof currency === "string" ? currency : null))(centsPath)
    },
    bytes: counted(Values.bytes),
    minute: (path) => text(path)?.replace(/(\d\d:\d\d):\d\d UTC$/u, "$1 UTC") ?? null,
    inside: (path) => sheet(valueAt(value, path) ?? null, whole(path), seen),
    each: (path) => {
      const found = valueAt(value, path)
      return Array.isArray(found) ? found.map((item: Schema.Json) => sheet(item, whole(path), seen)) : []
    },
    wasSeen: (path) =>
      whole(path)
        .split(".")
        .some((_, index, names) => seen.has(names.slice(0, index + 1).join("."))),
    unseen: () => unseen(value, prefix, seen)
  }
}

const valueAt = (value: Schema.Json, path: string): Schema.Json | undefined =>
  path.split(".").reduce<Schema.Json | undefined>((inner, name) => jsonField(inner, name), value)

/** Deeper than that, the field around is named; and where there are many names, only the outermost ones. */
const namedDepth = 2
const manyNames = 8

const unseen = (value: Schema.Json, prefix: string, seen: ReadonlySet<string>): ReadonlyArray<string> => {
  /** True where something in it has been shown. */
  const walk = (
    inner: Schema.Json,
    path: string
  ): { readonly shown: boolean; readonly hidden: ReadonlyArray<string> } => {
    if (seen.has(path)) return { shown: true, hidden: [] }
    const fields = fieldsOf(inner, path)
    if (fields === null) return { shown: false, hidden: isFact(inner) ? [path] : [] }
    const all = fields.map(([name, field]) => walk(field, name))
    const shown = all.some((one) => one.shown)
    const hidden = all.flatMap((one) => one.hidden)
    return { shown, hidden: shown || hidden.length === 0 || path === prefix ? hidden : [path] }
  }
  const depth = prefix === "" ? 0 : prefix.split(".").length
  const { hidden } = walk(value, prefix)
  const named = (levels: number) => [
    ...new Set(
      hidden.map((path) =>
        path
          .split(".")
          .slice(0, depth + levels)
          .join(".")
      )
    )
  ]
  const names = named(namedDepth)
  return names.length > manyNames ? named(1) : names
}

/** The elements of a list share the name of the list. */
const fieldsOf = (value: Schema.Json, path: string): ReadonlyArray<readonly [string, Schema.Json]> | null => {
  if (isJsonObject(value)) {
    return Object.entries(value).map(([name, field]) => [path === "" ? name : `${path}.${name}`, field])
  }
  if (!Array.isArray(value) || Values.isScalarList(value)) return null
  return value.flatMap((item: Schema.Json) => fieldsOf(item, path) ?? [[path, item]])
}

/** Nothing is nothing to miss. */
const isFact = (value: Schema.Json): boolean =>
  value !== null && value !== "" && !(Array.isArray(value) && value.length === 0)
