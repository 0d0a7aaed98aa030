/**
 * Decompresses a zlib stream (RFC 1950 and 1951) of at most `most` bytes. Null when it is damaged or longer. Small texts
 * only: it is made to be short, not fast. Checksums are not looked at.
 */
export const inflate = (zlib: Uint8Array, most: number): Uint8Array | null => {
  if (zlib.length < 2 || ((zlib[0] ?? 0) & 15) !== 8 || ((zlib[1] ?? 0) & 0x20) !== 0) return null
  const state: State = {
    bytes: zlib,
    at: 2,
    held: 0,
    count: 0,
    out: new Uint8Array(Math.min(most, 4_096)),
    length: 0,
    most
  }
  let isLast = false
  while (!isLast) {
    isLast = takeBits(state, 1) === 1
    const isRead = readBlock(state, takeBits(state, 2))
    if (!isRead || isSpent(state)) return null
  }
  return state.out.subarray(0, state.length)
}

interface State {
  readonly bytes: Uint8Array
  at: number
  /** Bits that were read and not yet taken, the next one lowest. */
  held: number
  count: number
  out: Uint8Array
  length: number
  readonly most: number
}

/** Zeros behind the end: `isSpent` tells. */
const takeBits = (state: State, wanted: number): number => {
  while (state.count < wanted) {
    state.held |= (state.bytes[state.at] ?? 0) << state.count
    state.at += 1
    state.count += 8
  }
  const value = state.held & ((1 << wanted) - 1)
  state.held >>>= wanted
  state.count -= wanted
  return value
}

/** More was taken than there is. */
const isSpent = ({ at, bytes, count }: State): boolean => at - (count >> 3) > bytes.length

const emit = (state: State, byte: number): boolean => {
  if (state.length >= state.most) return false
  if (state.length === state.out.length) {
    const larger = new Uint8Array(Math.min(state.most, state.out.length * 2))
    larger.set(state.out)
    state.out = larger
  }
  state.out[state.length] = byte
  state.length += 1
  return true
}

const readBlock = (state: State, kind: number): boolean => {
  if (kind === 0) return readStored(state)
  if (kind === 1) return readCodes(state, fixedLengths, fixedDistances)
  if (kind !== 2) return false
  const tables = readTables(state)
  return tables !== null && readCodes(state, tables.lengths, tables.distances)
}

const readStored = (state: State): boolean => {
  takeBits(state, state.count & 7)
  const size = takeBits(state, 16)
  takeBits(state, 16)
  for (let index = 0; index < size; index += 1) {
    if (isSpent(state) || !emit(state, takeBits(state, 8))) return false
  }
  return true
}

/** A canonical code: how many codes there are of each length, and the symbols in the order of their codes. */
interface Code {
  readonly counts: Uint16Array
  readonly symbols: Uint16Array
}

const codeOf = (lengths: ReadonlyArray<number>): Code => {
  const counts = new Uint16Array(16)
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1
  counts[0] = 0
  const offsets = new Uint16Array(16)
  for (let length = 1; length < 16; length += 1) {
    offsets[length] = (offsets[length - 1] ?? 0) + (counts[length - 1] ?? 0)
  }
  const symbols = new Uint16Array(lengths.length)
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue
    const place = offsets[length] ?? 0
    symbols[place] = symbol
    offsets[length] = place + 1
  }
  return { counts, symbols }
}

/** The next symbol; -1 for a code that is none. */
const takeSymbol = (state: State, { counts, symbols }: Code): number => {
  let code = 0
  let first = 0
  let index = 0
  for (let length = 1; length < 16; length += 1) {
    code |= takeBits(state, 1)
    const count = counts[length] ?? 0
    if (code - first < count) return symbols[index + code - first] ?? -1
    index += count
    first = (first + count) << 1
    code <<= 1
  }
  return -1
}

const repeated = (value: number, times: number): ReadonlyArray<number> => Array.from({ length: times }, () => value)

const fixedLengths = codeOf([...repeated(8, 144), ...repeated(9, 112), ...repeated(7, 24), ...repeated(8, 8)])
const fixedDistances = codeOf(repeated(5, 30))

/** In this order the lengths of the code for lengths are written. */
const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

const readTables = (state: State): { readonly lengths: Code; readonly distances: Code } | null => {
  const [literals, distances] = [takeBits(state, 5) + 257, takeBits(state, 5) + 1]
  const written = takeBits(state, 4) + 4
  const own = repeated(0, 19).slice()
  for (const place of order.slice(0, written)) own[place] = takeBits(state, 3)
  const code = codeOf(own)
  const lengths: Array<number> = []
  while (lengths.length < literals + distances) {
    const symbol = takeSymbol(state, code)
    if (symbol < 0 || isSpent(state) || (symbol === 16 && lengths.length === 0)) return null
    if (symbol < 16) lengths.push(symbol)
    else if (symbol === 16) lengths.push(...repeated(lengths.at(-1) ?? 0, 3 + takeBits(state, 2)))
    else lengths.push(...repeated(0, symbol === 17 ? 3 + takeBits(state, 3) : 11 + takeBits(state, 7)))
  }
  return {
    lengths: codeOf(lengths.slice(0, literals)),
    distances: codeOf(lengths.slice(literals, literals + distances))
  }
}

const lengthBases = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258
]
const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const distanceBases = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577
]
const endOfBlock = 256

const readCodes = (state: State, lengths: Code, distances: Code): boolean => {
  for (;;) {
    const symbol = takeSymbol(state, lengths)
    if (symbol < 0 || isSpent(state)) return false
    if (symbol === endOfBlock) return true
    if (symbol < endOfBlock) {
      if (!emit(state, symbol)) return false
      continue
    }
    const row = symbol - 257
    const length = (lengthBases[row] ?? 0) + takeBits(state, lengthBits[row] ?? 0)
    const column = takeSymbol(state, distances)
    const base = distanceBases[column]
    if (base === undefined) return false
    const distance = base + takeBits(state, Math.max(0, (column >> 1) - 1))
    if (length < 3 || distance > state.length) return false
    for (let index = 0; index < length; index += 1) {
      if (!emit(state, state.out[state.length - distance] ?? 0)) return false
    }
  }
}
