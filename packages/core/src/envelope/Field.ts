import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * Request fields whose rule is one sentence, said whole whenever the rule is broken, and never with the value that
 * broke it. The sentence follows the name of the field: "`prompt` must be …".
 */

/** `8,000`: by hand, because the first number that `Intl` formats costs more than starting this program. */
const grouped = (count: number): string => `${count}`.replaceAll(/\B(?=(?:\d{3})+$)/gu, ",")

/** Text, trimmed, of `min` to `max` characters after trimming, without NUL and halves of characters, which no shell takes. */
export const text = (min: number, max: number) => trimmed(min, max, /^[^\0\p{Surrogate}]*$/u, "")

/** The same on one line: no control characters, so that it can stand in a list or a log. */
export const line = (min: number, max: number) =>
  trimmed(min, max, /^[^\p{Cc}\p{Surrogate}]*$/u, " on one line, without control characters")

const trimmed = (min: number, max: number, allowed: RegExp, rule: string) => {
  const message = `must be text of ${min} to ${grouped(max)} characters${rule}`
  const inner = Schema.String.check(
    Schema.isMinLength(min, { message }).abort(),
    Schema.isMaxLength(max, { message }).abort(),
    Schema.isPattern(allowed, { message })
  )
  return Schema.String.annotate({ message }).pipe(Schema.decodeTo(inner, SchemaTransformation.trim()))
}

export const matching = (pattern: RegExp, message: string) =>
  Schema.String.annotate({ message }).check(Schema.isPattern(pattern, { message }))

export const boolean = Schema.Boolean.annotate({ message: "must be true or false" })

export const integer = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${grouped(max)}`
  return Schema.Number.annotate({ message }).check(
    Schema.isInt({ message }).abort(),
    Schema.isBetween({ minimum: min, maximum: max }, { message })
  )
}

/** Dollars from 0 to 1,000; zero means that nothing may be charged (decision D1.5). */
export const usd = (() => {
  const message = "must be a number of US dollars from 0 to 1,000"
  return Schema.Number.annotate({ message }).check(
    Schema.isFinite({ message }).abort(),
    Schema.isBetween({ minimum: 0, maximum: 1000 }, { message })
  )
})()

/** `true` or `false` in a query string; anything else is a mistake, not a false (contract/api.md 7.1). */
export const queryBoolean = Schema.Literals(["true", "false"]).annotate({ message: "must be true or false" })

/** 1 to 200 non-secret characters (contract/api.md 1.10). */
export const idempotencyKey = matching(
  /^[A-Za-z0-9._:-]{1,200}$/u,
  "must be 1 to 200 letters, digits, dots, underscores, colons or dashes"
)
