import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { crc32 } from "./containers/Crc32.ts"
import { gifBlocks } from "./containers/GifBlocks.ts"
import { resourcesWithoutLocation } from "./containers/Iptc.ts"
import { isoItems } from "./containers/IsoItems.ts"
import { furtherPictures, multiPictureMark } from "./containers/MultiPicture.ts"
import { jpegSegments, type Part, pngChunks, riffChunks } from "./containers/Parts.ts"
import { pngText, xmpKeyword } from "./containers/PngText.ts"
import { bytesOfText, concatBytes, hasText, type ReadAt, type Source, sourceOf, viewOf } from "./containers/Source.ts"
import { withoutGps } from "./containers/Tiff.ts"
import { namesLocation, xmpText } from "./containers/Xmp.ts"
import { measure } from "./Measure.ts"

/** The bytes from `start` to `end`, the end not included, are replaced; by nothing to take them out. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly replacement: Uint8Array
}

/** A single piece of metadata larger than this is taken out unread. */
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
    return find === undefined ? Effect.succeed([]) : find(source)
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

const removed = ({ end, start }: Pick<Part, "start" | "end">): Edit => ({ start, end, replacement: new Uint8Array(0) })

const isMonstrous = ({ dataEnd, dataStart }: Part): boolean => dataEnd - dataStart > mostMetadataBytes

const xmpMark = "http://ns.adobe.com/xap/1.0/\u0000"
const moreXmpMark = "http://ns.adobe.com/xmp/extension/\u0000"
const exifMark = "Exif\u0000\u0000"
const resourcesMark = "Photoshop 3.0\u0000"

/** A file of several pictures has a table of their places, so nothing in it may move. */
const jpeg = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const segments = yield* jpegSegments(source)
  const further: Array<number> = []
  for (const { dataEnd, dataStart, type } of segments) {
    if (type !== "e2") continue
    const data = yield* source.read(dataStart, dataEnd)
    if (!hasText(data, 0, multiPictureMark)) continue
    const table = dataStart + multiPictureMark.length
    further.push(...furtherPictures(data.subarray(multiPictureMark.length)).map((offset) => table + offset))
  }
  const edits = [...(yield* jpegEdits(source, segments, further.length > 0))]
  for (const start of further.slice(0, mostFurther)) {
    const inner = partOf(source, start)
    for (const edit of yield* jpegEdits(inner, yield* jpegSegments(inner), true)) {
      edits.push({ ...edit, start: edit.start + start, end: edit.end + start })
    }
  }
  return inOrder(edits)
})

/** Of several tables together, should a hostile file have them. */
const mostFurther = 16

const partOf = <E>(source: Source<E>, start: number): Source<E> => ({
  length: Math.max(0, source.length - start),
  read: (from, to) => source.read(start + from, start + to)
})

const jpegEdits = Effect.fnUntraced(function* <E>(source: Source<E>, segments: ReadonlyArray<Part>, inPlace: boolean) {
  const edits: Array<Edit> = []
  const packets: Array<Edit> = []
  let xmp = ""
  for (const segment of segments) {
    const { dataEnd, dataStart, type } = segment
    if (type !== "e1" && type !== "ed") continue
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
      if (xmp.length < mostMetadataBytes) xmp += xmpText(data.subarray(text))
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

/** A packet that says nothing, padded with white space as packets are. */
const emptyPacket = (length: number): Uint8Array => {
  const packet = new Uint8Array(length).fill(0x20)
  const text = bytesOfText(`<x:xmpmeta xmlns:x="adobe:ns:meta/"/>`)
  if (text.length <= length) packet.set(text)
  return packet
}

/** Places that a hostile file lays over each other are cut once. */
const inOrder = (edits: ReadonlyArray<Edit>): ReadonlyArray<Edit> => {
  const kept: Array<Edit> = []
  for (const edit of edits.toSorted((one, other) => one.start - other.start)) {
    if (edit.start >= (kept.at(-1)?.end ?? 0)) kept.push(edit)
  }
  return kept
}

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

const png = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const edits: Array<Edit> = []
  for (const chunk of yield* pngChunks(source)) {
    if (!pngMetadata.has(chunk.type)) continue
    if (isMonstrous(chunk)) {
      edits.push(removed(chunk))
      continue
    }
    const data = yield* source.read(chunk.dataStart, chunk.dataEnd)
    if (chunk.type === "eXIf") {
      const kept = withoutGps(data)
      if (kept !== null) edits.push({ start: chunk.dataStart, end: chunk.end, replacement: withChecksum("eXIf", kept) })
    } else if (tellsLocation(chunk.type, data)) {
      edits.push(removed(chunk))
    }
  }
  return edits
})

const pngMetadata: ReadonlySet<string> = new Set(["eXIf", "iTXt", "tEXt", "zTXt"])

/** The data of a chunk and its checksum, which covers the type. */
const withChecksum = (type: string, data: Uint8Array): Uint8Array => {
  const sum = new Uint8Array(4)
  viewOf(sum).setUint32(0, crc32(concatBytes([bytesOfText(type), data])))
  return concatBytes([data, sum])
}

/** Profiles in hexadecimal, as older programs write Exif, XMP and IPTC. */
const rawProfile = /^Raw profile type (?:exif|app1|xmp|iptc|8bim)$/iu

const tellsLocation = (type: string, data: Uint8Array): boolean => {
  const { keyword, text } = pngText(type, data)
  const isProfile = rawProfile.test(keyword)
  if (!isProfile && keyword !== xmpKeyword) return locationKeyword.test(keyword)
  if (text === null) return true
  return isProfile ? profileTellsLocation(text) : namesLocation(text)
}

/** A name and a length stand in front of the digits, each on its line. */
const profileTellsLocation = (text: string): boolean => {
  const [, , , ...lines] = text.split("\n")
  const digits = lines.join("").replaceAll(/[^0-9a-f]/giu, "")
  const bytes = Uint8Array.from({ length: digits.length >> 1 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16)
  )
  const resources = hasText(bytes, 0, resourcesMark) ? bytes.subarray(resourcesMark.length) : bytes
  return withoutGps(bytes) !== null || resourcesWithoutLocation(resources) !== null || namesLocation(xmpText(bytes))
}

/** Exif that was copied to a text of its own, e.g. `exif:GPSLatitude`. */
const locationKeyword = /^(?:location|geo(?:location)?|(?:exif:)?gps.*)$/iu

const webp = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const edits: Array<Edit> = []
  let cutBytes = 0
  let xmpStays = false
  const chunks = yield* riffChunks(source)
  for (const chunk of chunks) {
    if (chunk.type === "EXIF" && !isMonstrous(chunk)) {
      const kept = withoutGps(yield* source.read(chunk.dataStart, chunk.dataEnd))
      if (kept !== null) edits.push({ start: chunk.dataStart, end: chunk.dataEnd, replacement: kept })
    } else if (chunk.type === "XMP ") {
      const isCut = isMonstrous(chunk) || namesLocation(xmpText(yield* source.read(chunk.dataStart, chunk.dataEnd)))
      if (isCut) edits.push(removed(chunk))
      if (isCut) cutBytes += chunk.end - chunk.start
      else xmpStays = true
    }
  }
  if (cutBytes === 0) return edits
  const head = yield* source.read(0, 21)
  const size = new Uint8Array(4)
  viewOf(size).setUint32(0, Math.max(0, viewOf(head).getUint32(4, true) - cutBytes), true)
  const flags = Uint8Array.of((head[20] ?? 0) & (xmpStays ? 0xff : 0xfb))
  const extended = chunks[0]?.type === "VP8X" ? [{ start: 20, end: 21, replacement: flags }] : []
  return [{ start: 4, end: 8, replacement: size }, ...extended, ...edits]
})

const gif = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const edits: Array<Edit> = []
  for (const block of yield* gifBlocks(source)) {
    if (block.type !== "XMP DataXMP") continue
    const isCut = isMonstrous(block) || namesLocation(xmpText(yield* source.read(block.dataStart, block.dataEnd)))
    if (isCut) edits.push(removed(block))
  }
  return edits
})

/** Everything stays at its place, since a table elsewhere in the file counts on it. */
const avif = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const edits: Array<Edit> = []
  for (const { contentType, extents, type } of yield* isoItems(source)) {
    const bytes = extents.reduce((sum, { end, start }) => sum + end - start, 0)
    const isExif = type === "Exif"
    if (bytes > mostMetadataBytes || !(isExif || contentType === "application/rdf+xml")) continue
    const data = concatBytes(yield* Effect.forEach(extents, ({ end, start }) => source.read(start, end)))
    const kept = isExif ? exifItemWithoutGps(data) : namesLocation(xmpText(data)) ? emptyPacket(bytes) : null
    if (kept === null) continue
    let at = 0
    for (const { end, start } of extents) {
      edits.push({ start, end, replacement: kept.slice(at, at + end - start) })
      at += end - start
    }
  }
  return inOrder(edits)
})

/** The structure begins so many bytes behind the first four, which say how many (ISO/IEC 23008-12, A.2.1). */
const exifItemWithoutGps = (data: Uint8Array): Uint8Array | null => {
  if (data.length < 4) return null
  const start = 4 + viewOf(data).getUint32(0)
  const kept = withoutGps(data.subarray(start))
  return kept === null ? null : concatBytes([data.subarray(0, start), kept])
}

const finders: { readonly [mimeType: string]: <E>(source: Source<E>) => Effect.Effect<ReadonlyArray<Edit>, E> } = {
  "image/png": png,
  "image/jpeg": jpeg,
  "image/webp": webp,
  "image/gif": gif,
  "image/avif": avif
}
