import * as Effect from "effect/Effect"
import { latin1, type Source, viewOf } from "./Source.ts"

/** A chunk, segment or box of a file: `type` names it, `data` is what it carries, `start` to `end` all of it. */
export interface Part {
  readonly type: string
  readonly start: number
  readonly dataStart: number
  readonly dataEnd: number
  readonly end: number
}

/** A file of more parts than this is read no further: it was made to keep somebody busy. */
export const mostParts = 65_536

/** Reads a part's head at `at`; null ends the walk. */
type ReadPart = (head: Uint8Array, view: DataView, at: number) => Part | null

const walk = Effect.fnUntraced(function* <E>(
  source: Source<E>,
  { from, headBytes, last }: { readonly from: number; readonly headBytes: number; readonly last?: string },
  readPart: ReadPart
) {
  const parts: Array<Part> = []
  let at = from
  while (at < source.length && parts.length < mostParts) {
    const head = yield* source.read(at, at + headBytes)
    const part = readPart(head, viewOf(head), at)
    // Each part is longer than nothing, so the walk ends.
    if (part === null || part.end <= at) break
    parts.push(part)
    if (part.type === last) break
    at = part.end
  }
  return parts
})

/** The chunks of a PNG, up to and with its last one, or the first one of the type `last`. */
export const pngChunks = <E>(source: Source<E>, last = "IEND"): Effect.Effect<ReadonlyArray<Part>, E> =>
  walk(source, { from: 8, headBytes: 8, last }, (head, view, start) => {
    if (head.length < 8) return null
    const dataStart = start + 8
    const dataEnd = dataStart + view.getUint32(0)
    const type = latin1(head, 4, 8)
    return dataEnd + 4 > source.length ? null : { type, start, dataStart, dataEnd, end: dataEnd + 4 }
  })

/** The chunks of a RIFF file (WAV, WebP), behind its form. A last one that is cut off ends where the file ends. */
export const riffChunks = <E>(source: Source<E>): Effect.Effect<ReadonlyArray<Part>, E> =>
  walk(source, { from: 12, headBytes: 8 }, (head, view, start) => {
    if (head.length < 8) return null
    const dataStart = start + 8
    const size = view.getUint32(4, true)
    const dataEnd = Math.min(source.length, dataStart + size)
    return {
      type: latin1(head, 0, 4),
      start,
      dataStart,
      dataEnd,
      end: Math.min(source.length, dataStart + size + (size & 1))
    }
  })

/** The boxes of an ISO base media file (MP4, AVIF) at the top level (ISO/IEC 14496-12, 4.2). */
export const topBoxes = <E>(source: Source<E>): Effect.Effect<ReadonlyArray<Part>, E> =>
  walk(source, { from: 0, headBytes: 16 }, (head, view, start) => boxAt(head, view, start, source.length))

/** The boxes within bytes that are in memory, whose first byte stands at `from` and whose last one before `to`. */
export const boxesIn = (bytes: Uint8Array, from: number, to: number): ReadonlyArray<Part> => {
  const boxes: Array<Part> = []
  const view = viewOf(bytes)
  const end = Math.min(to, bytes.length)
  let at = from
  while (at + 8 <= end && boxes.length < mostParts) {
    const head = bytes.subarray(at, at + 16)
    const box = boxAt(head, new DataView(view.buffer, view.byteOffset + at, head.length), at, end)
    if (box === null) break
    boxes.push(box)
    at = box.end
  }
  return boxes
}

const boxAt = (head: Uint8Array, view: DataView, start: number, limit: number): Part | null => {
  if (head.length < 8) return null
  const short = view.getUint32(0)
  const isLong = short === 1
  if (isLong && head.length < 16) return null
  const size = isLong ? view.getUint32(8) * 2 ** 32 + view.getUint32(12) : short === 0 ? limit - start : short
  const headSize = isLong ? 16 : 8
  if (size < headSize) return null
  const end = Math.min(limit, start + size)
  return { type: latin1(head, 4, 8), start, dataStart: Math.min(end, start + headSize), dataEnd: end, end }
}

/**
 * The segments of a JPEG up to its first scan, named by their marker in hexadecimal (ITU T.81, B.1). `start` is the
 * marker's first byte, fill bytes before it not counted.
 */
export const jpegSegments = <E>(source: Source<E>): Effect.Effect<ReadonlyArray<Part>, E> =>
  Effect.map(
    walk(source, { from: 2, headBytes: 4, last: startOfScan }, (head, view, start) => {
      const marker = head[1] ?? 0
      if (head.length < 4 || head[0] !== 0xff) return null
      if (marker === 0xff) return { type: "fill", start, dataStart: start + 1, dataEnd: start + 1, end: start + 1 }
      const end = start + 2 + view.getUint16(2)
      const isPart = marker >= 0xc0 && marker !== endOfImage && end >= start + 4 && end <= source.length
      return isPart ? { type: marker.toString(16), start, dataStart: start + 4, dataEnd: end, end } : null
    }),
    (segments) => segments.filter(({ type }) => type !== "fill")
  )

const startOfScan = "da"
const endOfImage = 0xd9
