import type * as Schema from "effect/Schema"
import { isJsonObject } from "../envelope/JsonFields.ts"

/** What a value must be, with the words for it. */
export interface Shape {
  readonly name: string
  readonly fits: (value: Schema.Json | undefined) => boolean
}

const shape = (name: string, fits: Shape["fits"]): Shape => ({ name, fits })

export const text = shape("text that is not blank", (value) => typeof value === "string" && value.trim() !== "")
export const whole = shape("a whole number, not negative", (value) => isWhole(value) && value >= 0)
export const positive = shape("a whole number above 0", (value) => isWhole(value) && value > 0)
export const number = shape("a number", (value) => typeof value === "number")
export const flag = shape("true or false", (value) => typeof value === "boolean")
export const object = shape("an object", isJsonObject)
export const absent = shape("nothing", (value) => value === undefined || value === null)
export const texts = shape(
  "a list of texts",
  (value) => Array.isArray(value) && value.every((item) => typeof item === "string")
)
/** ISO 8601 in UTC with milliseconds (contract/api.md 1.4). */
export const time = shape(
  "a time like 2026-06-02T18:20:00.000Z",
  (value) => typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u.test(value)
)

export const list = (least = 0): Shape =>
  shape(least === 0 ? "a list" : "a list that is not empty", (value) => Array.isArray(value) && value.length >= least)

export const is = (...wanted: ReadonlyArray<string | number | boolean>): Shape =>
  shape(wanted.map((one) => JSON.stringify(one)).join(" or "), (value) => wanted.some((one) => one === value))

export const like = (pattern: RegExp, name: string): Shape =>
  shape(name, (value) => typeof value === "string" && pattern.test(value))

/** Some prefix of contract/api.md 1.9, with an underscore and what is unguessable after it. */
export const id = (...prefixes: ReadonlyArray<string>): Shape =>
  like(
    new RegExp(`^(?:${prefixes.join("|")})_[A-Za-z0-9_-]{8,128}$`, "u"),
    `an id that begins with ${prefixes.map((prefix) => `${prefix}_`).join(" or ")}`
  )

export const orNull = (inner: Shape): Shape =>
  shape(`${inner.name}, or null`, (value) => value === null || inner.fits(value))

export const orAbsent = (inner: Shape): Shape =>
  shape(`${inner.name}, or nothing`, (value) => value === undefined || value === null || inner.fits(value))

export const each = (inner: Shape): Shape =>
  shape(`a list of which each is ${inner.name}`, (value) => Array.isArray(value) && value.every(inner.fits))

export const holding = (...words: ReadonlyArray<string>): Shape =>
  shape(
    `a list with ${words.join(", ")}`,
    (value) => Array.isArray(value) && words.every((word) => value.includes(word))
  )

export const not = (inner: Shape): Shape => shape(`not ${inner.name}`, (value) => !inner.fits(value))

export const both = (left: Shape, right: Shape): Shape =>
  shape(`${left.name}, and ${right.name}`, (value) => left.fits(value) && right.fits(value))

const isWhole = (value: Schema.Json | undefined): value is number =>
  typeof value === "number" && Number.isInteger(value)
