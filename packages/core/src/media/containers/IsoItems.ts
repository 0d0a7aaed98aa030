import * as Effect from "effect/Effect"
import { boxesIn, type Part, topBoxes } from "./Parts.ts"
import { latin1, type Source, viewOf } from "./Source.ts"

/** A run of bytes in the file; the end is not included. */
export interface Extent {
  readonly start: number
  readonly end: number
}

/** An item of metadata in an AVIF: its four letters, its media type for `mime`, and where its bytes stand. */
export interface IsoItem {
  readonly type: string
  readonly contentType: string
  readonly extents: ReadonlyArray<Extent>
}

/** A larger table of contents is nobody's picture. */
const mostMetaBytes = 4_194_304
const mostItems = 4_096
const mostExtents = 256

/** The items that the file's `meta` box lists (ISO/IEC 14496-12, 8.11.3 and 8.11.6). */
export const isoItems = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const meta = (yield* topBoxes(source)).find(({ type }) => type === "meta")
  if (meta === undefined || meta.end - meta.start > mostMetaBytes) return []
  const bytes = yield* source.read(meta.start, meta.end)
  const inner = boxesIn(bytes, meta.dataStart - meta.start + 4, bytes.length)
  const find = (name: string) => inner.find(({ type }) => type === name)
  const [iinf, iloc, idat] = [find("iinf"), find("iloc"), find("idat")]
  if (iinf === undefined || iloc === undefined) return []
  const places = locations(bytes, iloc, idat === undefined ? null : meta.start + idat.dataStart)
  return names(bytes, iinf).map(({ id, ...item }) => ({
    ...item,
    extents: (places.get(id) ?? []).filter(({ end, start }) => start < end && end <= source.length)
  })) satisfies ReadonlyArray<IsoItem>
})

const names = (bytes: Uint8Array, iinf: Part) => {
  const view = viewOf(bytes)
  const entries = iinf.dataStart + (bytes[iinf.dataStart] === 0 ? 6 : 8)
  return boxesIn(bytes, entries, iinf.dataEnd)
    .slice(0, mostItems)
    .flatMap(({ dataEnd, dataStart, type }) => {
      const version = bytes[dataStart] ?? 0
      if (type !== "infe" || version < 2 || dataEnd < dataStart + 12) return []
      const idBytes = version === 2 ? 2 : 4
      const id = idBytes === 2 ? view.getUint16(dataStart + 4) : view.getUint32(dataStart + 4)
      const at = dataStart + 4 + idBytes + 2
      // The name and then the media type follow, each ended by a zero.
      const [, contentType = ""] = latin1(bytes, at + 4, Math.min(dataEnd, at + 516)).split("\u0000")
      return [{ id, type: latin1(bytes, at, at + 4), contentType }]
    })
}

const locations = (bytes: Uint8Array, iloc: Part, idat: number | null) => {
  const places = new Map<number, ReadonlyArray<Extent>>()
  const field = fieldReader(bytes, iloc.dataStart, iloc.dataEnd)
  const version = field.next(1)
  field.next(3)
  const sizes = field.next(2)
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15]
  const indexSize = version === 0 ? 0 : sizes & 15
  const count = field.next(version < 2 ? 2 : 4)
  for (let item = 0; item < Math.min(count, mostItems) && !field.isSpent(); item += 1) {
    const id = field.next(version < 2 ? 2 : 4)
    const method = version === 0 ? 0 : field.next(2) & 15
    field.next(2)
    const base = field.next(baseSize)
    const extentCount = field.next(2)
    const extents: Array<Extent> = []
    for (let extent = 0; extent < Math.min(extentCount, mostExtents) && !field.isSpent(); extent += 1) {
      field.next(indexSize)
      const offset = base + field.next(offsetSize)
      const start = method === 0 ? offset : (idat ?? Number.NaN) + offset
      extents.push({ start, end: start + field.next(lengthSize) })
    }
    // Method 2 points into other items, which no picture's metadata does.
    if (method < 2 && extentCount <= mostExtents) places.set(id, extents)
  }
  return places
}

/** Reads big-endian numbers one after another; zeros behind the end. */
const fieldReader = (bytes: Uint8Array, from: number, to: number) => {
  let at = from
  return {
    isSpent: () => at >= to,
    next: (size: number): number => {
      let value = 0
      for (let index = 0; index < size; index += 1)
        value = value * 256 + (at + index < to ? (bytes[at + index] ?? 0) : 0)
      at += size
      return value
    }
  }
}
