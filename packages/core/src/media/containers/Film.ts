import * as Effect from "effect/Effect"
import type { Size } from "../../models/Model.ts"
import { boxesIn, type Part, topBoxes } from "./Parts.ts"
import { latin1, type Source, viewOf } from "./Source.ts"

/** What the header of an MP4 or a QuickTime film states. */
export interface FilmFacts {
  readonly durationSeconds: number | null
  /** Of its picture track; 0 when it has none, null where the header does not list them. */
  readonly frames: number | null
  readonly size: Size | null
  readonly hasVideo: boolean
  readonly hasAudio: boolean
}

/** Hours of film have a smaller header. */
const mostHeaderBytes = 16_777_216
const mostTracks = 64

/** Null when there is no `moov` box, or a monstrous one. */
export const filmFacts = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const boxes = yield* topBoxes(source)
  const moov = boxes.find(({ type }) => type === "moov")
  if (moov === undefined || moov.end - moov.start > mostHeaderBytes) return null
  const bytes = yield* source.read(moov.dataStart, moov.dataEnd)
  const isFragmented = boxes.some(({ type }) => type === "moof")
  return readMovie(bytes, isFragmented)
})

interface Track {
  readonly kind: string
  readonly seconds: number | null
  readonly frames: number | null
  readonly size: Size | null
}

const readMovie = (bytes: Uint8Array, isFragmented: boolean): FilmFacts => {
  const inside = boxesIn(bytes, 0, bytes.length)
  const tracks = inside
    .filter(({ type }) => type === "trak")
    .slice(0, mostTracks)
    .map((trak) => readTrack(bytes, trak))
  const video = tracks.find(({ kind }) => kind === "vide" || kind === "pict") ?? null
  const seconds = [movieSeconds(bytes, inside), ...tracks.map((track) => track.seconds)].filter((one) => one !== null)
  return {
    durationSeconds: seconds.length === 0 ? null : Math.max(...seconds),
    // The header of a film in fragments lists none of the pictures that come with them.
    frames: video === null ? 0 : isFragmented ? null : video.frames,
    size: video?.size ?? null,
    hasVideo: video !== null,
    hasAudio: tracks.some(({ kind }) => kind === "soun")
  }
}

const readTrack = (bytes: Uint8Array, trak: Part): Track => {
  const tkhd = within(bytes, trak, "tkhd")
  const mdia = within(bytes, trak, "mdia")
  const hdlr = mdia === null ? null : within(bytes, mdia, "hdlr")
  const mdhd = mdia === null ? null : within(bytes, mdia, "mdhd")
  const minf = mdia === null ? null : within(bytes, mdia, "minf")
  const stbl = minf === null ? null : within(bytes, minf, "stbl")
  return {
    kind: hdlr === null ? "" : latin1(bytes, hdlr.dataStart + 8, hdlr.dataStart + 12),
    seconds: mdhd === null ? null : timed(bytes, mdhd, { short: 12, long: 20 }),
    frames: stbl === null ? null : countFrames(bytes, stbl),
    size: (stbl === null ? null : codedSize(bytes, stbl)) ?? (tkhd === null ? null : shownSize(bytes, tkhd))
  }
}

const within = (bytes: Uint8Array, box: Part, name: string): Part | null =>
  boxesIn(bytes, box.dataStart, box.dataEnd).find(({ type }) => type === name) ?? null

const movieSeconds = (bytes: Uint8Array, inside: ReadonlyArray<Part>): number | null => {
  const mvhd = inside.find(({ type }) => type === "mvhd")
  const mvex = inside.find(({ type }) => type === "mvex")
  if (mvhd === undefined) return null
  const stated = timed(bytes, mvhd, { short: 12, long: 20 })
  if (stated !== null && stated > 0) return stated
  const mehd = mvex === undefined ? null : within(bytes, mvex, "mehd")
  const timescale = numberAt(bytes, mvhd, bytes[mvhd.dataStart] === 1 ? 20 : 12, 4)
  if (mehd === null || timescale === null || timescale === 0) return stated
  const length = numberAt(bytes, mehd, 4, bytes[mehd.dataStart] === 1 ? 8 : 4)
  return length === null ? stated : length / timescale
}

/** Timescale and duration stand one behind the other, from an offset that depends on the box's version. */
const timed = (bytes: Uint8Array, box: Part, at: { readonly short: number; readonly long: number }): number | null => {
  const isLong = bytes[box.dataStart] === 1
  const offset = isLong ? at.long : at.short
  const timescale = numberAt(bytes, box, offset, 4)
  const length = numberAt(bytes, box, offset + 4, isLong ? 8 : 4)
  // All ones mean that the duration is not known.
  const isUnknown = length === (isLong ? 2 ** 64 : 2 ** 32 - 1)
  return timescale === null || timescale === 0 || length === null || isUnknown ? null : length / timescale
}

const numberAt = (bytes: Uint8Array, box: Part, offset: number, size: 2 | 4 | 8): number | null => {
  const at = box.dataStart + offset
  if (at + size > box.dataEnd) return null
  const view = viewOf(bytes)
  if (size === 8) return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4)
  return size === 4 ? view.getUint32(at) : view.getUint16(at)
}

/** The table of sample sizes has an entry for each picture; no more are believed than the file has bytes for. */
const countFrames = (bytes: Uint8Array, stbl: Part): number | null => {
  const stsz = within(bytes, stbl, "stsz")
  if (stsz === null) return timesFrames(bytes, stbl)
  const sameSize = numberAt(bytes, stsz, 4, 4)
  const count = numberAt(bytes, stsz, 8, 4)
  if (sameSize === null || count === null) return null
  return sameSize === 0 ? Math.min(count, Math.floor((stsz.dataEnd - stsz.dataStart - 12) / 4)) : count
}

const timesFrames = (bytes: Uint8Array, stbl: Part): number | null => {
  const stts = within(bytes, stbl, "stts")
  if (stts === null) return null
  let frames = 0
  for (let offset = 8; offset + 8 <= stts.dataEnd - stts.dataStart; offset += 8) {
    frames += numberAt(bytes, stts, offset, 4) ?? 0
  }
  return frames
}

/** Of the first description of samples (ISO/IEC 14496-12, 12.1.3). */
const codedSize = (bytes: Uint8Array, stbl: Part): Size | null => {
  const stsd = within(bytes, stbl, "stsd")
  const entry = stsd === null ? undefined : boxesIn(bytes, stsd.dataStart + 8, stsd.dataEnd)[0]
  return entry === undefined ? null : sizeOf(numberAt(bytes, entry, 24, 2), numberAt(bytes, entry, 26, 2))
}

/** Sixteen bits before the point, sixteen behind it. */
const shownSize = (bytes: Uint8Array, tkhd: Part): Size | null => {
  const offset = bytes[tkhd.dataStart] === 1 ? 88 : 76
  const [width, height] = [numberAt(bytes, tkhd, offset, 4), numberAt(bytes, tkhd, offset + 4, 4)]
  return width === null || height === null ? null : sizeOf(Math.round(width / 65_536), Math.round(height / 65_536))
}

const sizeOf = (width: number | null, height: number | null): Size | null =>
  width === null || height === null || width === 0 || height === 0 ? null : { width, height }
