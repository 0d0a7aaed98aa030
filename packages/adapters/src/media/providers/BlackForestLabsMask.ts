import type { MediaProviderError, ProviderInput } from "@image-skill/core/media/MediaProvider"
import * as Effect from "effect/Effect"
import { failure } from "../internal/ProviderFailure.ts"

/**
 * An input as FLUX Fill reads it, at its makers and wherever else it runs. A mask of ours lets through what may change;
 * FLUX paints where it is white and knows no transparency, so one with transparency is turned into black and white.
 */
export const readied = (provider: string, input: ProviderInput): Effect.Effect<ProviderInput, MediaProviderError> => {
  if (input.role !== "mask") return Effect.succeed(input)
  return Effect.gen(function* () {
    const bytes = yield* Effect.mapError(input.bytes, ({ message }) => failure(provider, "unavailable", message))
    const made = yield* Effect.tryPromise({
      try: () => withoutTransparency(bytes),
      catch: () => failure(provider, "rejected", "the mask could not be turned into black and white")
    })
    return made === null
      ? { ...input, bytes: Effect.succeed(bytes) }
      : { ...input, mimeType: "image/png", contentLength: made.length, bytes: Effect.succeed(made) }
  })
}

/** More pixels than any provider takes. */
const limits = { limitInputPixels: 50_000_000 }

/** Null where there is no transparency to begin with. */
const withoutTransparency = async (bytes: Uint8Array): Promise<Uint8Array | null> => {
  const { default: sharp } = await import("sharp")
  const { hasAlpha } = await sharp(bytes, limits).metadata()
  if (!hasAlpha) return null
  const { isOpaque } = await sharp(bytes, limits).stats()
  const mask = sharp(bytes, limits)
  return new Uint8Array(await (isOpaque ? mask.removeAlpha() : mask.extractChannel("alpha").negate()).png().toBuffer())
}
