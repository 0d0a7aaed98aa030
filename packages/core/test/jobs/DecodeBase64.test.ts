import { assert, describe, it } from "@effect/vitest"
import { decodeBase64 } from "@image-skill/core/jobs/UploadJob"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Schema from "effect/Schema"

const wrong = [
  " ",
  "aVZC\n",
  "aV\r\nZC",
  "aV-_",
  "data:image/png;base64,aVZC",
  "aVZC===",
  "=aVZ",
  "aVZ",
  "aV=C",
  "é==="
]

/** Longer than one slice. */
const long = new Uint8Array(600_001).map((_, index) => (index * 31) % 256)

describe("UploadJob.decodeBase64", () => {
  it.effect.prop("whatever was encoded comes back", [Schema.Uint8Array], ([bytes]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* decodeBase64(Base64.encode(bytes)), bytes)
    })
  )

  it.effect("so does what is decoded in slices", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* decodeBase64(Base64.encode(long)), long)
    })
  )

  for (const text of wrong) {
    it.effect(`${JSON.stringify(text)} is refused, at the end of something long, too`, () =>
      Effect.gen(function* () {
        for (const whole of [text, `${Base64.encode(long.subarray(0, 393_216))}${text}`]) {
          const { code, message } = yield* Effect.flip(decodeBase64(whole))
          assert.strictEqual(code, "INVALID_ARGUMENTS")
          assert.include(message, "bytes_base64")
        }
      })
    )
  }

  it.effect("padding in the middle of something long is refused", () =>
    Effect.gen(function* () {
      const text = `${Base64.encode(long.subarray(0, 196_607))}${Base64.encode(long)}`
      const { code } = yield* Effect.flip(decodeBase64(text))
      assert.strictEqual(code, "INVALID_ARGUMENTS")
    })
  )
})
