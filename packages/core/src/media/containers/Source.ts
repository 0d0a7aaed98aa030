import * as Effect from "effect/Effect"

/** Bytes `start` to `end`, the end not included. Both lie within the length that is known to whoever reads. */
export type ReadAt<E> = (start: number, end: number) => Effect.Effect<Uint8Array, E>

/** A file that is read in pieces. */
export interface Source<E> {
  readonly length: number
  /** The end is not included. What lies outside of the file is left out, so fewer bytes may come than were asked for. */
  readonly read: ReadAt<E>
}

/** `windowBytes` is what is read at least, so that a walk over many small parts costs few reads. */
export const sourceOf = <E>(readAt: ReadAt<E>, length: number, windowBytes = 65_536): Source<E> => {
  let held: { readonly start: number; readonly bytes: Uint8Array } = { start: 0, bytes: new Uint8Array(0) }
  const read: ReadAt<E> = (from, to) =>
    Effect.suspend(() => {
      const start = Math.min(Math.max(0, from), length)
      const end = Math.min(Math.max(start, to), length)
      if (start === end) return Effect.succeed(new Uint8Array(0))
      const offset = start - held.start
      if (offset >= 0 && end <= held.start + held.bytes.length) {
        return Effect.succeed(held.bytes.subarray(offset, offset + end - start))
      }
      if (end - start > windowBytes) return readAt(start, end)
      return Effect.map(readAt(start, Math.min(length, start + windowBytes)), (bytes) => {
        held = { start, bytes }
        return bytes.subarray(0, end - start)
      })
    })
  return { length, read }
}

/** Bytes that are in memory anyway. */
export const sourceOfBytes = (bytes: Uint8Array): Source<never> =>
  sourceOf((start, end) => Effect.succeed(bytes.subarray(start, end)), bytes.length)

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** One character for each byte: for tags, and for looking words up in text of any encoding that contains ASCII. */
export const latin1 = (bytes: Uint8Array, start = 0, end: number = bytes.length): string => {
  let text = ""
  const last = Math.min(end, bytes.length)
  // Spreading an array of bytes itself takes ten times as long.
  const codes: Array<number> = []
  for (let at = start; at < last; at += mostArguments) {
    codes.length = Math.min(mostArguments, last - at)
    for (let index = 0; index < codes.length; index += 1) codes[index] = bytes[at + index] ?? 0
    text += String.fromCharCode(...codes)
  }
  return text
}

const mostArguments = 4_096

/** The bytes of ASCII text. */
export const bytesOfText = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff)

export const concatBytes = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Whether `prefix` stands at `start`. */
export const hasText = (bytes: Uint8Array, start: number, prefix: string): boolean => {
  for (let index = 0; index < prefix.length; index += 1) {
    if (bytes[start + index] !== prefix.charCodeAt(index)) return false
  }
  return true
}
