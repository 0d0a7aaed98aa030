import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * A field read from somebody else's answer: missing or odd, it becomes the stated fallback. Each use says what a
 * reader may assume when nothing was promised (decision D3.7).
 */
export const lenient = <T, E>(schema: Schema.Codec<T, E>, fallback: T) =>
  schema.pipe(
    Schema.catchDecoding(() => Effect.succeedSome(fallback)),
    Schema.withDecodingDefaultTypeKey(Effect.succeed(fallback))
  )

export const maybeText = lenient(Schema.NullOr(Schema.String), null)
export const maybeNumber = lenient(Schema.NullOr(Schema.Finite), null)

/** True only where it is exactly `true`. */
export const isTrue = lenient(Schema.Boolean, false)

export const maybeBoolean = lenient(Schema.NullOr(Schema.Boolean), null)

/** A list in which whatever cannot be read is null. */
export const listOf = <T, E>(element: Schema.Codec<T, E>) =>
  lenient(Schema.Array(Schema.NullOr(element).pipe(Schema.catchDecoding(() => Effect.succeedSome(null)))), [])
