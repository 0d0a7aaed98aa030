import { constants, deflateSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { inflate } from "@image-skill/core/media/containers/Inflate"
import * as Schema from "effect/Schema"

const most = 1_048_576

const texts: ReadonlyArray<readonly [what: string, bytes: Uint8Array]> = [
  ["nothing", new Uint8Array(0)],
  ["a sentence", Buffer.from("what was taken where the heron stands")],
  ["a long repetition", Buffer.alloc(200_000, "heron ")],
  ["noise", Uint8Array.from({ length: 70_000 }, (_, index) => (Math.imul(index, 2_654_435_761) >>> 13) & 255)],
  ["a slowly changing run", Uint8Array.from({ length: 50_000 }, (_, index) => (index * index) >> 9)]
]

describe("Inflate", () => {
  for (const [what, bytes] of texts) {
    for (const strategy of ["Z_DEFAULT_STRATEGY", "Z_FIXED", "Z_HUFFMAN_ONLY", "Z_RLE"] as const) {
      it(`${what}, packed with ${strategy}, comes out as it went in`, () => {
        for (const level of [0, 1, 9]) {
          const packed = deflateSync(bytes, { level, strategy: constants[strategy] })
          assert.isTrue(Buffer.from(inflate(packed, most) ?? []).equals(bytes))
        }
      })
    }
  }

  it("a bomb is given up at the limit", () => {
    assert.isNull(inflate(deflateSync(Buffer.alloc(50_000_000)), most))
    assert.strictEqual(inflate(deflateSync(Buffer.alloc(most)), most)?.length, most)
    assert.isNull(inflate(deflateSync(Buffer.alloc(most + 1)), most))
  })

  it("a stream that is cut off anywhere is damaged", () => {
    const packed = deflateSync(Buffer.from("the heron, the heron, and the fish of the heron"))
    // The last four bytes are a checksum, which nobody looks at.
    for (let length = 0; length < packed.length - 4; length += 1) {
      assert.isNull(inflate(packed.subarray(0, length), most), `${length}`)
    }
  })

  it.prop(
    "no bytes are odd enough to fail or to grow beyond the limit",
    [Schema.Uint8Array],
    ([bytes]) => {
      const out = inflate(Uint8Array.from([0x78, 0x9c, ...bytes]), 10_000)
      assert.isTrue(out === null || out.length <= 10_000)
    },
    { arbitrary: { runs: 2_000, size: 60 } }
  )
})
