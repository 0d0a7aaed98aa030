import type { MediaProviderError, ProviderInput } from "@image-skill/core/media/MediaProvider"
import * as Effect from "effect/Effect"
import { failure, inputFailure } from "../internal/ProviderFailure.ts"

/**
 * An input as FLUX Fill reads it, at its makers and wherever else it runs. A mask of ours lets through what may change;
 * FLUX paints where it is white and knows no transparency, so one with transparency is turned into black and white.
 */
export const readied = (provider: string, input: ProviderInput): Effect.Effect<ProviderInput, MediaProviderError> => {
  if (input.role !== "mask") return Effect.succeed(input)
  return Effect.gen(function* () {
    const bytes = yield* Effect.mapError(input.bytes, inputFailure(provider))
    const made = yield* Effect.mapError(withoutTransparency(bytes), () =>
      failure(provider, "rejected", "the mask could not be turned into black and white")
    )
    return made === null
      ? { ...input, bytes: Effect.succeed(bytes) }
      : { ...input, mimeType: "image/png", contentLength: made.length, bytes: Effect.succeed(made) }
  })
}

/** More pixels than any provider takes. */
const limits = { limitInputPixels: 50_000_000 }

/** Null where there is no transparency to begin with. */
const withoutTransparency = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const { default: sharp } = yield* Effect.tryPromise(() => import("sharp"))
  const { hasAlpha } = yield* Effect.tryPromise(() => sharp(bytes, limits).metadata())
  if (!hasAlpha) return null
  const { isOpaque } = yield* Effect.tryPromise(() => sharp(bytes, limits).stats())
  const mask = sharp(bytes, limits)
  const seen = isOpaque ? mask.removeAlpha() : mask.extractChannel("alpha").negate()
  return new Uint8Array(yield* Effect.tryPromise(() => seen.png().toBuffer()))
})
