import { deflateSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { locationEdits } from "@image-skill/core/media/LocationCuts"
import { picture } from "@image-skill/testing/media/emulators/Fixtures"
import { isoBox, pngChunk } from "@image-skill/testing/media/InspectorFixtures"
import * as Effect from "effect/Effect"

/** An AVIF whose table names one Exif item of `size` bytes, with a GPS directory, `times` times. */
const namedOften = (times: number, size: number): Uint8Array => {
  const type = isoBox("ftyp", Buffer.from("avif\0\0\0\0avifmif1"))
  const exif = Buffer.alloc(size)
  // Behind the length of a prefix: a little-endian TIFF whose one entry leads to an empty GPS directory.
  exif.set(Buffer.from("49492a000800000001002588040001000000", "hex"), 4)
  exif.writeUInt32LE(30, 22)
  const items = Array.from({ length: times }, (_, index) => index + 1)
  const infos = items.map((id) => isoBox("infe", Buffer.of(2, 0, 0, 0), u16(id, 0), Buffer.from("Exif\0")))
  const tableAt = (at: number) => {
    const places = items.map((id) => Buffer.concat([u16(id, 0, 1), u32(at, size)]))
    const table = isoBox("iloc", Buffer.of(0, 0, 0, 0, 0x44, 0), u16(times), ...places)
    return isoBox("meta", u32(0), isoBox("iinf", u32(0), u16(times), ...infos), table)
  }
  const at = type.length + tableAt(0).length + 8
  return new Uint8Array(Buffer.concat([type, tableAt(at), isoBox("mdat", exif)]))
}

const u16 = (...values: ReadonlyArray<number>) => Buffer.from(values.flatMap((value) => [value >> 8, value & 255]))
const u32 = (...values: ReadonlyArray<number>) => u16(...values.flatMap((value) => [value >>> 16, value & 65_535]))

/** What is marked `fails` is known to be wrong: the mark goes with the mend. */
describe("a picture that is looked through for its place", () => {
  it.effect.fails("is judged at a bounded cost, however much its texts unpack to", () =>
    Effect.gen(function* () {
      const plain = Buffer.from(yield* Effect.promise(() => picture()))
      const words = Buffer.concat([Buffer.from("XML:com.adobe.xmp\0\0"), deflateSync(Buffer.alloc(2 ** 20, 0x41))])
      const texts = Array.from({ length: 8 }, () => pngChunk("zTXt", words))
      const bytes = new Uint8Array(Buffer.concat([plain.subarray(0, 33), ...texts, plain.subarray(33)]))
      const edits = yield* locationEdits((start, end) => Effect.succeed(bytes.subarray(start, end)), bytes.length)
      // 8 MiB of texts come out of 9 kB: what is left after a fair share is cut out unread.
      assert.isAbove(edits.length, 0)
    })
  )

  it.effect.fails("is read a few times at most, however often its table names the same bytes", () =>
    Effect.gen(function* () {
      const bytes = namedOften(200, 200_000)
      let read = 0
      yield* locationEdits((start, end) => {
        read += end - start
        return Effect.succeed(bytes.subarray(start, end))
      }, bytes.length)
      assert.isBelow(read, 4 * bytes.length)
    })
  )
})
