import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { avifCuts } from "./containers/AvifCuts.ts"
import {
  type Allowance,
  allowanceOf,
  type Edit,
  emptyPacket,
  removed,
  withoutOverlap,
  zeroed
} from "./containers/Edits.ts"
import { gifBlocks } from "./containers/GifBlocks.ts"
import { resourcesMark, resourcesWithoutLocation } from "./containers/Iptc.ts"
import { furtherPictures, multiPictureMark } from "./containers/MultiPicture.ts"
import { jpegSegments, type Part, riffChunks } from "./containers/Parts.ts"
import { pngCuts } from "./containers/PngCuts.ts"
import { bytesOfText, concatBytes, hasText, type ReadAt, type Source, sourceOf, viewOf } from "./containers/Source.ts"
import { withoutGps } from "./containers/Tiff.ts"
import { namesLocation, xmpText } from "./containers/Xmp.ts"
import { measure } from "./Measure.ts"

/** Of one file. What is beyond is taken out unread: nobody's metadata is so large. */
const mostMetadataBytes = 16_777_216

/**
 * Where a PNG, JPEG, WebP, GIF or AVIF tells where it was made, and the edits that take this out without touching a
 * pixel: the GPS directory of Exif, XMP packets that name a place, location datasets of IPTC. In the order of the file
 * and without overlap. Empty when there is no location, and for every other type: such a file stays as it is. A packet
 * that is compressed and cannot be read goes too.
 */
export const locationEdits = <E>(readAt: ReadAt<E>, length: number): Effect.Effect<ReadonlyArray<Edit>, E> => {
  const source = sourceOf(readAt, length)
  return Effect.flatMap(source.read(0, 64), (head) => {
    const find = finders[measure(head)?.mimeType ?? ""]
    return find === undefined ? Effect.succeed([]) : find(source, allowanceOf(mostMetadataBytes))
  })
}

interface Progress {
  /** Of the file that comes in. */
  readonly position: number
  /** The first edit that is not written yet. */
  readonly next: number
}

/** The stream with the edits done, at the memory of one of its chunks. The edits are in the order of the file. */
export const applyEdits = <E, R>(
  body: Stream.Stream<Uint8Array, E, R>,
  edits: ReadonlyArray<Edit>
): Stream.Stream<Uint8Array, E, R> =>
  edits.length === 0
    ? body
    : Stream.mapAccum(
        body,
        (): Progress => ({ position: 0, next: 0 }),
        (progress, chunk) => editChunk(edits, progress, chunk),
        { onHalt: ({ next }) => edits.slice(next).map(({ replacement }) => replacement) }
      )

const editChunk = (edits: ReadonlyArray<Edit>, { next, position }: Progress, chunk: Uint8Array) => {
  const end = position + chunk.length
  const out: Array<Uint8Array> = []
  let index = next
  let at = position
  while (at < end) {
    const edit = edits[index]
    if (edit === undefined || edit.start >= end) {
      out.push(chunk.subarray(at - position))
      at = end
    } else {
      if (at < edit.start) out.push(chunk.subarray(at - position, edit.start - position))
      at = Math.max(at, edit.start)
      if (edit.end > end) {
        // The rest of what goes is in a later chunk.
        at = end
      } else {
        out.push(edit.replacement)
        at = Math.max(at, edit.end)
        index += 1
      }
    }
  }
  return [{ position: end, next: index }, out.filter(({ length }) => length > 0)] as const
}

const takes = (allowance: Allowance, { dataEnd, dataStart }: Part): boolean => allowance.take(dataEnd - dataStart)

const xmpMark = "http://ns.adobe.com/xap/1.0/\u0000"
const moreXmpMark = "http://ns.adobe.com/xmp/extension/\u0000"
const exifMark = "Exif\u0000\u0000"

/** A file of several pictures has a table of their places, so nothing in it may move. */
const jpeg = Effect.fnUntraced(function* <E>(source: Source<E>, allowance: Allowance) {
  const segments = yield* jpegSegments(source)
  const further: Array<number> = []
  for (const { dataEnd, dataStart, type } of segments) {
    if (type !== "e2") continue
    const data = yield* source.read(dataStart, dataEnd)
    if (!hasText(data, 0, multiPictureMark)) continue
    const table = dataStart + multiPictureMark.length
    further.push(...furtherPictures(data.subarray(multiPictureMark.length)).map((offset) => table + offset))
  }
  const look = { allowance, inPlace: further.length > 0 }
  const edits = [...(yield* jpegEdits(source, segments, look))]
  for (const start of [...new Set(further)].slice(0, mostFurther)) {
    const inner = partOf(source, start)
    for (const edit of yield* jpegEdits(inner, yield* jpegSegments(inner), look)) {
      edits.push({ ...edit, start: edit.start + start, end: edit.end + start })
    }
  }
  // A hostile file may lay its pictures over each other.
  return withoutOverlap(edits)
})

/** Of several tables together, should a hostile file have them. */
const mostFurther = 16

const partOf = <E>(source: Source<E>, start: number): Source<E> => ({
  length: Math.max(0, source.length - start),
  read: (from, to) => source.read(start + from, start + to)
})

interface Look {
  readonly allowance: Allowance
  /** Nothing may move. */
  readonly inPlace: boolean
}

const jpegEdits = Effect.fnUntraced(function* <E>(
  source: Source<E>,
  segments: ReadonlyArray<Part>,
  { allowance, inPlace }: Look
) {
  const edits: Array<Edit> = []
  const packets: Array<Edit> = []
  let xmp = ""
  for (const segment of segments) {
    const { dataEnd, dataStart, type } = segment
    if (type !== "e1" && type !== "ed") continue
    if (!takes(allowance, segment)) {
      edits.push(...(inPlace ? zeroed({ start: dataStart, end: dataEnd }) : [removed(segment)]))
      continue
    }
    const data = yield* source.read(dataStart, dataEnd)
    if (type === "ed") {
      edits.push(...editResources(segment, data, inPlace))
    } else if (hasText(data, 0, exifMark)) {
      const replacement = withoutGps(data)
      if (replacement !== null) edits.push({ start: dataStart, end: dataEnd, replacement })
    } else if (hasText(data, 0, xmpMark) || hasText(data, 0, moreXmpMark)) {
      // An extension begins with a digest, its whole length and its offset.
      const text = hasText(data, 0, xmpMark) ? xmpMark.length : moreXmpMark.length + 40
      packets.push(inPlace ? blanked(dataStart + text, dataEnd) : removed(segment))
      xmp += xmpText(data.subarray(text))
    }
  }
  // A packet and its extensions are one text, so they stay or go together.
  return namesLocation(xmp) ? [...edits, ...packets] : edits
})

const blanked = (start: number, end: number): Edit => ({
  start,
  end: Math.max(start, end),
  replacement: emptyPacket(Math.max(0, end - start))
})

const editResources = (segment: Part, data: Uint8Array, inPlace: boolean): ReadonlyArray<Edit> => {
  if (!hasText(data, 0, resourcesMark)) return []
  const kept = resourcesWithoutLocation(data.subarray(resourcesMark.length))
  if (kept === null) return []
  if (inPlace) {
    const replacement = new Uint8Array(data.length - resourcesMark.length)
    replacement.set(kept)
    return [{ start: segment.dataStart + resourcesMark.length, end: segment.dataEnd, replacement }]
  }
  if (kept.length === 0) return [removed(segment)]
  const size = resourcesMark.length + kept.length + 2
  const head = Uint8Array.of(0xff, 0xed, size >> 8, size & 0xff)
  return [
    { start: segment.start, end: segment.end, replacement: concatBytes([head, bytesOfText(resourcesMark), kept]) }
  ]
}

const webp = Effect.fnUntraced(function* <E>(source: Source<E>, allowance: Allowance) {
  const edits: Array<Edit> = []
  let cutBytes = 0
  let announced = 0
  const chunks = yield* riffChunks(source)
  for (const chunk of chunks) {
    const flag = metadataFlags[chunk.type] ?? 0
    if (flag === 0) continue
    const data = takes(allowance, chunk) ? yield* source.read(chunk.dataStart, chunk.dataEnd) : null
    if (data === null || (chunk.type === "XMP " && namesLocation(xmpText(data)))) {
      edits.push(removed(chunk))
      cutBytes += chunk.end - chunk.start
      continue
    }
    announced |= flag
    const kept = chunk.type === "EXIF" ? withoutGps(data) : null
    if (kept !== null) edits.push({ start: chunk.dataStart, end: chunk.dataEnd, replacement: kept })
  }
  if (cutBytes === 0) return edits
  const head = yield* source.read(0, 21)
  const size = new Uint8Array(4)
  viewOf(size).setUint32(0, Math.max(0, viewOf(head).getUint32(4, true) - cutBytes), true)
  const flags = Uint8Array.of((head[20] ?? 0) & (0xf3 | announced))
  const extended = chunks[0]?.type === "VP8X" ? [{ start: 20, end: 21, replacement: flags }] : []
  return [{ start: 4, end: 8, replacement: size }, ...extended, ...edits]
})

/** In the header of the extended form (RFC 9649, 2.7.1). */
const metadataFlags: { readonly [type: string]: number } = { EXIF: 8, "XMP ": 4 }

const gif = Effect.fnUntraced(function* <E>(source: Source<E>, allowance: Allowance) {
  const edits: Array<Edit> = []
  for (const block of yield* gifBlocks(source)) {
    if (block.type !== "XMP DataXMP") continue
    const isCut = !takes(allowance, block) || namesLocation(xmpText(yield* source.read(block.dataStart, block.dataEnd)))
    if (isCut) edits.push(removed(block))
  }
  return edits
})

type Finder = <E>(source: Source<E>, allowance: Allowance) => Effect.Effect<ReadonlyArray<Edit>, E>

const finders: { readonly [mimeType: string]: Finder } = {
  "image/png": pngCuts,
  "image/jpeg": jpeg,
  "image/webp": webp,
  "image/gif": gif,
  "image/avif": avifCuts
}
