import * as Effect from "effect/Effect"
import type { Size } from "../../models/Model.ts"
import type { Measured } from "../Measure.ts"
import { jpegSegments, pngChunks, riffChunks } from "./Parts.ts"
import { hasText, type Source } from "./Source.ts"
import { orientationOf } from "./Tiff.ts"

/**
 * The size in which a picture is shown: what its header states, turned when its Exif says so. Of several Exif the first
 * counts, in a PNG one in front of the pixels, in a WebP one that its header announces; so the decoders do it that turn
 * the pixels.
 */
export const uprightSize = <E>(source: Source<E>, { mimeType, size }: Measured): Effect.Effect<Size | null, E> => {
  const find = finders[mimeType]
  if (size === null || find === undefined) return Effect.succeed(size)
  return Effect.map(find(source), (exif) =>
    exif !== null && orientationOf(exif) >= 5 ? { width: size.height, height: size.width } : size
  )
}

/** The first directory of Exif stands within this. */
const exifBytes = 65_536

const jpeg = Effect.fnUntraced(function* <E>(source: Source<E>) {
  for (const { dataEnd, dataStart, type } of yield* jpegSegments(source)) {
    if (type !== "e1") continue
    const data = yield* source.read(dataStart, dataEnd)
    if (hasText(data, 0, "Exif\u0000\u0000")) return data
  }
  return null
})

const png = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const found = (yield* pngChunks(source, "IDAT")).find(({ type }) => type === "eXIf")
  return found === undefined
    ? null
    : yield* source.read(found.dataStart, Math.min(found.dataEnd, found.dataStart + exifBytes))
})

/** The flag for Exif in the header of the extended form (RFC 9649, 2.7.1). */
const exifFlag = 8

const webp = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const head = yield* source.read(0, 21)
  if (!hasText(head, 12, "VP8X") || ((head[20] ?? 0) & exifFlag) === 0) return null
  const found = (yield* riffChunks(source)).find(({ type }) => type === "EXIF")
  return found === undefined
    ? null
    : yield* source.read(found.dataStart, Math.min(found.dataEnd, found.dataStart + exifBytes))
})

const finders: { readonly [mimeType: string]: <E>(source: Source<E>) => Effect.Effect<Uint8Array | null, E> } = {
  "image/jpeg": jpeg,
  "image/png": png,
  "image/webp": webp
}
