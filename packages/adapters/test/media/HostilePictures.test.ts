import { deflateSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import type { Edit } from "@image-skill/core/media/containers/Edits"
import { locationEdits } from "@image-skill/core/media/LocationCuts"
import { picture } from "@image-skill/testing/media/emulators/Fixtures"
import { isoBox, pngChunk } from "@image-skill/testing/media/InspectorFixtures"
import * as Effect from "effect/Effect"

interface Extent {
  /** In the bytes behind the tables. */
  readonly start: number
  readonly size: number
}

/**
 * An AVIF with so many bytes of Exif, of a GPS directory, and a table of items that are parts of them; all are listed
 * `times` times.
 */
const named = (size: number, items: ReadonlyArray<ReadonlyArray<Extent>>, times = 1): Uint8Array => {
  const type = isoBox("ftyp", Buffer.from("avif\0\0\0\0avifmif1"))
  const exif = Buffer.alloc(size, 0xee)
  // Behind the length of a prefix: a little-endian TIFF whose one entry leads to an empty GPS directory.
  exif.set(Buffer.from("0000000049492a00080000000100258804000100000000000000", "hex"))
  exif.writeUInt32LE(30, 22)
  exif.fill(0, 26, 60)
  const listed = Array.from({ length: times }, () => [...items.keys()]).flat()
  const infos = listed.map((index) => isoBox("infe", Buffer.of(2, 0, 0, 0), u16(index + 1, 0), Buffer.from("Exif\0")))
  const tableAt = (at: number) => {
    const places = items.map((extents, index) =>
      Buffer.concat([u16(index + 1, 0, extents.length), ...extents.map((one) => u32(at + one.start, one.size))])
    )
    const table = isoBox("iloc", Buffer.of(0, 0, 0, 0, 0x44, 0), u16(items.length), ...places)
    return isoBox("meta", u32(0), isoBox("iinf", u32(0), u16(infos.length), ...infos), table)
  }
  const at = type.length + tableAt(0).length + 8
  return new Uint8Array(Buffer.concat([type, tableAt(at), isoBox("mdat", exif)]))
}

const editsOf = (bytes: Uint8Array) =>
  locationEdits((start, end) => Effect.succeed(bytes.subarray(start, end)), bytes.length)

/** The ranges that are replaced, in the bytes behind the tables, and whether by zeros only. */
const cuts = (edits: ReadonlyArray<Edit>, bytes: Uint8Array, size: number) =>
  edits.map(({ end, replacement, start }) => ({
    start: start - (bytes.length - size),
    size: end - start,
    isBlank: replacement.length === end - start && replacement.every((byte) => byte === 0)
  }))

const u16 = (...values: ReadonlyArray<number>) => Buffer.from(values.flatMap((value) => [value >> 8, value & 255]))
const u32 = (...values: ReadonlyArray<number>) => u16(...values.flatMap((value) => [value >>> 16, value & 65_535]))

describe("a picture that is looked through for its place", () => {
  it.effect("is judged at a bounded cost, however much its texts unpack to", () =>
    Effect.gen(function* () {
      const plain = Buffer.from(yield* Effect.promise(() => picture()))
      const words = Buffer.concat([Buffer.from("XML:com.adobe.xmp\0\0"), deflateSync(Buffer.alloc(2 ** 20, 0x41))])
      const texts = Array.from({ length: 8 }, () => pngChunk("zTXt", words))
      const bytes = new Uint8Array(Buffer.concat([plain.subarray(0, 33), ...texts, plain.subarray(33)]))
      const edits = yield* editsOf(bytes)
      // 8 MiB of texts come out of 9 kB: what is left after a fair share is cut out unread.
      assert.isAbove(edits.length, 0)
    })
  )

  const whole = [{ start: 0, size: 200_000 }]
  it.effect.each([
    {
      what: "names the same bytes as another item",
      bytes: named(
        200_000,
        Array.from({ length: 200 }, () => whole)
      )
    },
    { what: "lists the same item", bytes: named(200_000, [whole], 200) }
  ])("is read once, however often its table $what", ({ bytes }) =>
    Effect.gen(function* () {
      let read = 0
      const edits = yield* locationEdits((start, end) => {
        read += end - start
        return Effect.succeed(bytes.subarray(start, end))
      }, bytes.length)
      assert.isBelow(read, 2 * bytes.length)
      assert.deepStrictEqual(cuts(edits, bytes, 200_000), [{ start: 0, size: 200_000, isBlank: false }])
    })
  )

  it.effect("loses the rest of an item of which a part is another's, unread", () =>
    Effect.gen(function* () {
      const bytes = named(100_000, [
        [{ start: 0, size: 1_000 }],
        [
          { start: 0, size: 1_000 },
          { start: 2_000, size: 70_000 }
        ],
        [{ start: 500, size: 1_000 }]
      ])
      assert.deepStrictEqual(cuts(yield* editsOf(bytes), bytes, 100_000), [
        { start: 0, size: 1_000, isBlank: false },
        { start: 2_000, size: 65_536, isBlank: true },
        { start: 67_536, size: 4_464, isBlank: true }
      ])
    })
  )

  it.effect("loses what is beyond sixteen mebibytes, at the memory of a small buffer", () =>
    Effect.gen(function* () {
      const size = 40 * 2 ** 20
      const bytes = named(size, [[{ start: 0, size }]])
      let read = 0
      const edits = yield* locationEdits((start, end) => {
        read += end - start
        return Effect.succeed(bytes.subarray(start, end))
      }, bytes.length)
      assert.isBelow(read, 2 ** 20)
      assert.strictEqual(new Set(edits.map(({ replacement }) => replacement.buffer)).size, 1)
      assert.isTrue(cuts(edits, bytes, size).every(({ isBlank }) => isBlank))
      assert.strictEqual(
        edits.reduce((sum, { end, start }) => sum + end - start, 0),
        size
      )
    })
  )
})
