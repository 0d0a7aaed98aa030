import * as Effect from "effect/Effect"
import { riffChunks } from "./Parts.ts"
import { hasText, type Source, viewOf } from "./Source.ts"

export interface SoundFacts {
  readonly durationSeconds: number | null
  readonly channels: number | null
  /** Samples a second of each channel. */
  readonly sampleRate: number | null
  /** No sample is louder than one thousandth of full scale, -60 dBFS. Null where samples are not decoded. */
  readonly silent: boolean | null
}

const loudestSilence = 0.001
/** A multiple of every size of a sample, so that none is cut in two. */
const readBytes = 786_432

interface Format {
  readonly tag: number
  readonly channels: number
  readonly sampleRate: number
  readonly frameBytes: number
  readonly bits: number
}

/** Null when there is no `fmt ` or no `data` chunk. Stops at the first sound, so only silence is read to its end. */
export const wavFacts = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const chunks = yield* riffChunks(source)
  const fmt = chunks.find(({ type }) => type === "fmt ")
  const data = chunks.find(({ type }) => type === "data")
  if (fmt === undefined || data === undefined) return null
  const format = formatOf(yield* source.read(fmt.dataStart, Math.min(fmt.dataEnd, fmt.dataStart + 40)))
  if (format === null) return null
  const { channels, frameBytes, sampleRate } = format
  const frames = Math.floor((data.dataEnd - data.dataStart) / frameBytes)
  const reader = sampleReader(format)
  const facts: SoundFacts = {
    durationSeconds: frames / sampleRate,
    channels,
    sampleRate,
    silent:
      reader === null ? null : yield* isSilent(source, reader, data.dataStart, data.dataStart + frames * frameBytes)
  }
  return facts
})

const formatOf = (bytes: Uint8Array): Format | null => {
  if (bytes.length < 16) return null
  const view = viewOf(bytes)
  const [channels, sampleRate] = [view.getUint16(2, true), view.getUint32(4, true)]
  const [frameBytes, bits] = [view.getUint16(12, true), view.getUint16(14, true)]
  // The extensible form names the real one at the start of its identifier.
  const tag =
    view.getUint16(0, true) === 0xfffe && bytes.length >= 26 ? view.getUint16(24, true) : view.getUint16(0, true)
  return channels === 0 || sampleRate === 0 || frameBytes === 0 ? null : { tag, channels, sampleRate, frameBytes, bits }
}

interface SampleReader {
  readonly bytes: number
  /** Between -1 and 1. */
  readonly at: (view: DataView, offset: number) => number
}

const sampleReader = ({ bits, tag }: Format): SampleReader | null => {
  if (tag === 3 && bits === 32) return { bytes: 4, at: (view, offset) => view.getFloat32(offset, true) }
  if (tag === 3 && bits === 64) return { bytes: 8, at: (view, offset) => view.getFloat64(offset, true) }
  if (tag !== 1) return null
  switch (bits) {
    case 8:
      return { bytes: 1, at: (view, offset) => (view.getUint8(offset) - 128) / 128 }
    case 16:
      return { bytes: 2, at: (view, offset) => view.getInt16(offset, true) / 32_768 }
    case 24:
      return {
        bytes: 3,
        at: (view, offset) => (view.getInt16(offset + 1, true) * 256 + view.getUint8(offset)) / 8_388_608
      }
    case 32:
      return { bytes: 4, at: (view, offset) => view.getInt32(offset, true) / 2_147_483_648 }
    default:
      return null
  }
}

const isSilent = Effect.fnUntraced(function* <E>(source: Source<E>, reader: SampleReader, from: number, to: number) {
  for (let start = from; start < to; start += readBytes) {
    const bytes = yield* source.read(start, Math.min(to, start + readBytes))
    const view = viewOf(bytes)
    for (let offset = 0; offset + reader.bytes <= bytes.length; offset += reader.bytes) {
      if (Math.abs(reader.at(view, offset)) > loudestSilence) return false
    }
  }
  return true
})

/** How far behind a tag the first frame may stand. */
const mostPadding = 65_536

/**
 * By the frames that a Xing or VBRI header counts, or else by the first frame's bit rate, which is right for a constant
 * one (ISO/IEC 11172-3, 2.4.2.3). Null when there is no frame.
 */
export const mp3Facts = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const tag = yield* source.read(0, 10)
  const audioStart =
    hasText(tag, 0, "ID3") && tag.length === 10 ? 10 + syncSafe(tag, 6) + ((tag[5] ?? 0) & 0x10 ? 10 : 0) : 0
  const bytes = yield* source.read(audioStart, audioStart + mostPadding)
  for (let at = 0; at + 4 <= bytes.length; at += 1) {
    const frame = frameAt(bytes, at)
    if (frame === null) continue
    const trailer = yield* source.read(source.length - 128, source.length)
    const audioBytes = source.length - audioStart - at - (hasText(trailer, 0, "TAG") ? 128 : 0)
    const counted = countedFrames(bytes, at, frame.sideBytes)
    const facts: SoundFacts = {
      durationSeconds:
        counted === null ? (audioBytes * 8) / (frame.kilobits * 1_000) : (counted * frame.samples) / frame.sampleRate,
      channels: frame.channels,
      sampleRate: frame.sampleRate,
      silent: null
    }
    return facts
  }
  return null
})

const syncSafe = (bytes: Uint8Array, at: number): number =>
  [0, 1, 2, 3].reduce((value, index) => value * 128 + ((bytes[at + index] ?? 0) & 0x7f), 0)

/** Layer III only. MPEG 2 and 2.5 share their bit rates. */
const frameAt = (bytes: Uint8Array, at: number) => {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes.subarray(at, at + 4)
  const version = (second >> 3) & 3
  if (first !== 0xff || (second & 0xe6) !== 0xe2 || version === 1) return null
  const isFirst = version === 3
  const kilobits = (isFirst ? bitRates : lowBitRates)[third >> 4] ?? 0
  const rate = sampleRates[(third >> 2) & 3] ?? 0
  if (kilobits === 0 || rate === 0) return null
  const channels = fourth >> 6 === 3 ? 1 : 2
  return {
    kilobits,
    channels,
    sampleRate: version === 3 ? rate : version === 2 ? rate / 2 : rate / 4,
    samples: isFirst ? 1_152 : 576,
    sideBytes: isFirst ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17
  }
}

const bitRates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0]
const lowBitRates = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0]
const sampleRates = [44_100, 48_000, 32_000, 0]

const countedFrames = (bytes: Uint8Array, frame: number, sideBytes: number): number | null => {
  const xing = frame + 4 + sideBytes
  const vbri = frame + 36
  const view = viewOf(bytes)
  if ((hasText(bytes, xing, "Xing") || hasText(bytes, xing, "Info")) && xing + 12 <= bytes.length) {
    return (view.getUint32(xing + 4) & 1) === 1 ? view.getUint32(xing + 8) : null
  }
  return hasText(bytes, vbri, "VBRI") && vbri + 18 <= bytes.length ? view.getUint32(vbri + 14) : null
}
