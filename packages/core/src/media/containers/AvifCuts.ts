import * as Effect from "effect/Effect"
import { type Allowance, type Edit, emptyPacket, withoutOverlap, zeroed } from "./Edits.ts"
import { type Extent, type IsoItem, isoItems } from "./IsoItems.ts"
import { concatBytes, type Source, viewOf } from "./Source.ts"
import { withoutGps } from "./Tiff.ts"
import { namesLocation, xmpText } from "./Xmp.ts"

/** An encoder writes one extent for each of two or three items. */
const mostExtents = 4_096

/**
 * What of an AVIF tells a place, overwritten: everything stays where it is, since a table elsewhere in the file counts on
 * it. Each byte is judged once, for the first item that names it: a table may name the same ones thousands of times.
 */
export const avifCuts = Effect.fnUntraced(function* <E>(source: Source<E>, allowance: Allowance) {
  const edits: Array<Edit> = []
  const items = (yield* isoItems(source)).filter(isMetadata)
  const unclaimed = new Set(withoutOverlap(items.flatMap(({ extents }) => extents).slice(0, mostExtents)))
  for (const { extents, type } of items) {
    const own = extents.filter((extent) => unclaimed.delete(extent))
    const bytes = own.reduce((sum, { end, start }) => sum + end - start, 0)
    if (own.length === 0) continue
    // No encoder writes an item of which a part is another's: it is overwritten unread, as what is too much is.
    if (own.length < extents.length || !allowance.take(bytes)) {
      edits.push(...own.flatMap(zeroed))
      continue
    }
    const data = concatBytes(yield* Effect.forEach(own, ({ end, start }) => source.read(start, end)))
    const kept = type === "Exif" ? exifItemWithoutGps(data) : namesLocation(xmpText(data)) ? emptyPacket(bytes) : null
    if (kept !== null) edits.push(...spread(kept, own))
  }
  return withoutOverlap(edits)
})

const isMetadata = ({ contentType, type }: IsoItem): boolean => type === "Exif" || contentType === "application/rdf+xml"

/** The bytes one after the other into the places of an item. */
const spread = (bytes: Uint8Array, extents: ReadonlyArray<Extent>): ReadonlyArray<Edit> => {
  let at = 0
  return extents.map(({ end, start }) => {
    const from = at
    at += end - start
    return { start, end, replacement: bytes.subarray(from, at) }
  })
}

/** The structure begins so many bytes behind the first four, which say how many (ISO/IEC 23008-12, A.2.1). */
const exifItemWithoutGps = (data: Uint8Array): Uint8Array | null => {
  if (data.length < 4) return null
  const start = 4 + viewOf(data).getUint32(0)
  const kept = withoutGps(data.subarray(start))
  return kept === null ? null : concatBytes([data.subarray(0, start), kept])
}
