import { bytesOfText } from "./Source.ts"

/** The bytes from `start` to `end`, the end not included, are replaced; by nothing to take them out. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly replacement: Uint8Array
}

interface Range {
  readonly start: number
  readonly end: number
}

/** How many bytes of one file may still be looked through. */
export interface Allowance {
  /** Whether so many are left; they are used up then. */
  readonly take: (bytes: number) => boolean
}

export const allowanceOf = (most: number): Allowance => {
  let left = most
  return {
    take: (bytes) => {
      if (bytes > left) return false
      left -= bytes
      return true
    }
  }
}

export const removed = ({ end, start }: Range): Edit => ({ start, end, replacement: new Uint8Array(0) })

/** A packet of XMP that says nothing, padded with white space as packets are. */
export const emptyPacket = (length: number): Uint8Array => {
  const packet = new Uint8Array(length).fill(0x20)
  const text = bytesOfText(`<x:xmpmeta xmlns:x="adobe:ns:meta/"/>`)
  if (text.length <= length) packet.set(text)
  return packet
}

const zeros = new Uint8Array(65_536)

/** Nothing moves, and however long it is, it takes no memory: all edits share their zeros. */
export const zeroed = ({ end, start }: Range): ReadonlyArray<Edit> =>
  Array.from({ length: Math.ceil(Math.max(0, end - start) / zeros.length) }, (_, index) => {
    const from = start + index * zeros.length
    const to = Math.min(end, from + zeros.length)
    return { start: from, end: to, replacement: zeros.subarray(0, to - from) }
  })

/** In the order of the file; of those that lie over each other the first one only. */
export const withoutOverlap = <A extends Range>(ranges: ReadonlyArray<A>): ReadonlyArray<A> => {
  const kept: Array<A> = []
  for (const range of ranges.toSorted((one, other) => one.start - other.start)) {
    if (range.start >= (kept.at(-1)?.end ?? 0)) kept.push(range)
  }
  return kept
}
