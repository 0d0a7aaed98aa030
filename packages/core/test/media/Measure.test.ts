import { assert, describe, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import sharp from "sharp"

const [width, height] = [37, 23] as const
const size = { width, height }

const canvas = () => sharp({ create: { width, height, channels: 4, background: { r: 200, g: 80, b: 40, alpha: 0.5 } } })

/** Small pictures made by a real encoder. */
const pictures: { readonly [what: string]: { readonly make: () => Promise<Uint8Array>; readonly mimeType: string } } = {
  "a PNG": { make: () => canvas().png().toBuffer(), mimeType: "image/png" },
  "a PNG with a palette": { make: () => canvas().png({ palette: true }).toBuffer(), mimeType: "image/png" },
  "an interlaced PNG": { make: () => canvas().png({ progressive: true }).toBuffer(), mimeType: "image/png" },
  "a JPEG": { make: () => canvas().jpeg().toBuffer(), mimeType: "image/jpeg" },
  "a progressive JPEG": { make: () => canvas().jpeg({ progressive: true }).toBuffer(), mimeType: "image/jpeg" },
  "a JPEG with Exif and a colour profile": {
    make: () => canvas().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    mimeType: "image/jpeg"
  },
  "a lossy WebP without alpha": { make: () => canvas().removeAlpha().webp().toBuffer(), mimeType: "image/webp" },
  "a lossy WebP with alpha": { make: () => canvas().webp().toBuffer(), mimeType: "image/webp" },
  "a lossless WebP": { make: () => canvas().removeAlpha().webp({ lossless: true }).toBuffer(), mimeType: "image/webp" },
  "a WebP with Exif": {
    make: () => canvas().withMetadata({ orientation: 6 }).webp().toBuffer(),
    mimeType: "image/webp"
  },
  "an AVIF": { make: () => canvas().avif({ effort: 0 }).toBuffer(), mimeType: "image/avif" },
  "an AVIF without alpha": {
    make: () => canvas().removeAlpha().avif({ effort: 0 }).toBuffer(),
    mimeType: "image/avif"
  },
  "a GIF": { make: () => canvas().gif().toBuffer(), mimeType: "image/gif" }
}

const ascii = (text: string): ReadonlyArray<number> => Array.from(text, (character) => character.charCodeAt(0))
const zeros = (length: number): ReadonlyArray<number> => Array.from({ length }, () => 0)
const bytes = (...parts: ReadonlyArray<ReadonlyArray<number>>): Uint8Array => Uint8Array.from(parts.flat())

/** Headers of what no encoder is here for. */
const headers: ReadonlyArray<readonly [what: string, content: Uint8Array, mimeType: string | null]> = [
  ["a WAV", bytes(ascii("RIFF"), [36, 0, 0, 0], ascii("WAVEfmt "), zeros(20)), "audio/wav"],
  ["a GLB", bytes(ascii("glTF"), [2, 0, 0, 0], [12, 0, 0, 0]), "model/gltf-binary"],
  ["an MP4", bytes([0, 0, 0, 24], ascii("ftypisom"), zeros(4), ascii("isommp42")), "video/mp4"],
  ["an MP4 of another brand", bytes([0, 0, 0, 24], ascii("ftypmp42"), zeros(4), ascii("isommp42")), "video/mp4"],
  ["an AVIF", bytes([0, 0, 0, 24], ascii("ftypavif"), zeros(4), ascii("mif1avif")), "image/avif"],
  ["an AVIF sequence", bytes([0, 0, 0, 24], ascii("ftypavis"), zeros(4), ascii("msf1avif")), "image/avif"],
  ["an MP3 with a tag", bytes(ascii("ID3"), [4, 0], zeros(20)), "audio/mpeg"],
  ["an MP3 without one", bytes([0xff, 0xfb, 0x90, 0x64], zeros(20)), "audio/mpeg"],
  ["a HEIC, which no model takes", bytes([0, 0, 0, 24], ascii("ftypheic"), zeros(4), ascii("mif1heic")), null],
  ["a QuickTime film", bytes([0, 0, 0, 20], ascii("ftypqt  "), zeros(4), ascii("qt  ")), null],
  ["an AVI", bytes(ascii("RIFF"), zeros(4), ascii("AVI LIST"), zeros(8)), null],
  ["a TIFF", bytes([0x49, 0x49, 0x2a, 0], zeros(30)), null],
  ["a BMP", bytes(ascii("BM"), zeros(60)), null],
  ["a PDF", bytes(ascii("%PDF-1.7\n"), zeros(30)), null],
  ["an SVG", bytes(ascii("<svg xmlns='http://www.w3.org/2000/svg'/>")), null],
  ["a web page", bytes(ascii("<!doctype html><title>503</title>")), null],
  ["a text that only names a type", bytes(ascii(" PNG IHDR GIF8 ftyp glTF RIFF WEBP")), null],
  ["nothing", bytes(), null],
  ["a lone byte", bytes([0xff]), null],
  ["the start of a PNG without its header", bytes([0x89], ascii("PNG\r\n\u001a\n"), zeros(16)), null],
  ["the start of a GIF of no version", bytes(ascii("GIF88a"), zeros(10)), null]
]

/** A baseline frame of 37 by 23 in a JPEG, behind whatever `before` puts in front of it. */
const jpegBehind = (...before: ReadonlyArray<number>): Uint8Array =>
  bytes([0xff, 0xd8], before, [0xff, 0xc0, 0, 11, 8, 0, height, 0, width, 1, 1, 0x11, 0], zeros(8))

const made = Object.entries(pictures)

describe("Measure", () => {
  for (const [what, { make, mimeType }] of made) {
    it.effect(`${what} is measured by its own bytes`, () =>
      Effect.gen(function* () {
        const content = yield* Effect.promise(make)
        assert.deepStrictEqual(measure(content), { mimeType, size })
      })
    )

    it.effect(`${what} that is cut off anywhere is no reason to fail, nor to guess`, () =>
      Effect.gen(function* () {
        const content = yield* Effect.promise(make)
        for (let length = 0; length < Math.min(content.length, 2_000); length += 1) {
          const measured = measure(content.subarray(0, length))
          if (measured !== null) assert.strictEqual(measured.mimeType, mimeType, `${length}`)
          if (measured !== null && measured.size !== null) assert.deepStrictEqual(measured.size, size, `${length}`)
        }
      })
    )
  }

  for (const [what, content, mimeType] of headers) {
    it(`${what} is ${mimeType ?? "nothing we know"}`, () => {
      assert.deepStrictEqual(measure(content), mimeType === null ? null : { mimeType, size: null })
    })
  }

  it.effect("bytes in the middle of a larger buffer are read from their own start", () =>
    Effect.gen(function* () {
      const content = yield* Effect.promise(() => canvas().png().toBuffer())
      const larger = Uint8Array.from([...zeros(13), ...content, ...zeros(7)])
      assert.deepStrictEqual(measure(larger.subarray(13, 13 + content.length)), { mimeType: "image/png", size })
      assert.isNull(measure(larger))
    })
  )

  it("the scale of a lossy WebP, which stands beside its size, is not taken for a part of it", () => {
    const frame = [0x30, 0x01, 0x00, 0x9d, 0x01, 0x2a, width, 0x40, height, 0xc0]
    const content = bytes(ascii("RIFF"), zeros(4), ascii("WEBPVP8 "), zeros(4), frame, zeros(4))
    assert.deepStrictEqual(measure(content), { mimeType: "image/webp", size })
  })

  it("the frame of a JPEG is found behind other segments", () => {
    assert.deepStrictEqual(measure(jpegBehind())?.size, size)
    assert.deepStrictEqual(measure(jpegBehind(0xff, 0xe0, 0, 4, 1, 2))?.size, size)
    assert.deepStrictEqual(measure(jpegBehind(0xff, 0xc4, 0, 4, 0xff, 0xc0, 0xff, 0xdb, 0, 3, 9))?.size, size)
  })

  it("the frame of a JPEG is found behind fill bytes, which may stand in front of any marker", () => {
    assert.deepStrictEqual(measure(jpegBehind(0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff))?.size, size)
  })

  it("a JPEG whose segments lead nowhere has no known size", () => {
    assert.deepStrictEqual(measure(jpegBehind(0xff, 0xe0, 0xff, 0xff)), { mimeType: "image/jpeg", size: null })
    assert.deepStrictEqual(measure(jpegBehind(0xff, 0xe0, 0, 0)), { mimeType: "image/jpeg", size: null })
    assert.deepStrictEqual(measure(jpegBehind(0xff, 0xe0, 0, 4, 1, 2, 0x12, 0x34)), {
      mimeType: "image/jpeg",
      size: null
    })
  })

  const starts = Schema.Literals([
    "",
    "\u0089PNG",
    "\u00ff\u00d8\u00ff",
    "RIFF",
    "GIF89a",
    "glTF",
    "ID3",
    "\u0000\u0000\u0000\u0018ftyp"
  ])

  it.prop(
    "no bytes are odd enough to fail, and a size is always made of whole pixels",
    [starts, Schema.Uint8Array, Schema.Uint8Array],
    ([start, head, tail]) => {
      const measured = measure(bytes(ascii(start), [...head], ascii("WEBPVP8X"), [...tail]))
      const edges = Object.values(measured?.size ?? {})
      for (const edge of edges) assert.isTrue(Number.isInteger(edge) && edge >= 0 && edge < 2 ** 32)
    },
    { arbitrary: { runs: 2_000, size: 40 } }
  )
})
