import type { GenerationRequest, MediaProviderError } from "@image-skill/core/media/MediaProvider"
import * as Effect from "effect/Effect"
import { inputFailure } from "./ProviderFailure.ts"

/** The bytes of all inputs, in their order. What cannot be read here was never sent. */
export const mediaOf = (
  provider: string,
  { inputs }: GenerationRequest
): Effect.Effect<ReadonlyArray<Uint8Array>, MediaProviderError> =>
  Effect.mapError(
    Effect.forEach(inputs, ({ bytes }) => bytes),
    inputFailure(provider)
  )

/** Whether a picture can be transparent, by its header (PNG, third edition, 5.6; WebP, RFC 9649, 2.7); JPEG never is. */
export const hasAlpha = (bytes: Uint8Array): boolean => {
  const text = (start: number, end: number) => String.fromCharCode(...bytes.subarray(start, end))
  if (text(1, 4) === "PNG") return [4, 6].includes(bytes[25] ?? 0) || headOf(bytes).includes("tRNS")
  if (text(12, 16) === "VP8X") return ((bytes[20] ?? 0) & 0x10) !== 0
  return text(12, 16) === "VP8L" && ((bytes[24] ?? 0) & 0x10) !== 0
}

/** The chunks of a PNG before its pixels. */
const headOf = (bytes: Uint8Array): string => {
  const [head = ""] = new TextDecoder("latin1").decode(bytes).split("IDAT", 1)
  return head
}
