import { assert, describe, it } from "@effect/vitest"
import { containerFacts } from "@image-skill/core/media/containers/ContainerFacts"
import { type Source, sourceOf, sourceOfBytes } from "@image-skill/core/media/containers/Source"
import {
  headerMp4,
  isoBox,
  paintedPng,
  pixelGif,
  pngChunk,
  squareWav,
  triangleGlb
} from "@image-skill/testing/media/InspectorFixtures"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as H264 from "h264-mp4-encoder"
import sharp from "sharp"

const factsOf = (bytes: Uint8Array) => containerFacts(sourceOfBytes(bytes))

/** A real film: an encoder's, with its tables at the end. */
const encodedFilm = (frames: number) =>
  Effect.promise(async () => {
    const encoder = await H264.createH264MP4Encoder()
    encoder.width = 64
    encoder.height = 48
    encoder.frameRate = 12
    encoder.initialize()
    for (let frame = 0; frame < frames; frame += 1) {
      encoder.addFrameRgba(new Uint8Array(64 * 48 * 4).fill((frame * 40) & 255))
    }
    encoder.finalize()
    const bytes = encoder.FS.readFile(encoder.outputFilename)
    encoder.delete()
    return new Uint8Array(bytes)
  })

const animation = (format: "gif" | "webp", frames: number) =>
  Effect.promise(() => {
    const pictures = Array.from({ length: frames }, (_, index) => ({
      create: { width: 20, height: 10, channels: 3 as const, background: { r: 30 * index, g: 90, b: 60 } }
    }))
    return sharp(pictures.map((create) => create) as never, { join: { animated: true } })
      .toFormat(format)
      .toBuffer()
  })

const ascii = (text: string): Buffer => Buffer.from(text, "latin1")
const little32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
const little16 = (value: number): Buffer => little32(value).subarray(0, 2)

const wav = (tag: number, bits: number, samples: ReadonlyArray<Buffer>, channels = 1): Uint8Array => {
  const frame = (bits / 8) * channels
  const format = Buffer.concat([
    little16(tag),
    little16(channels),
    little32(1_000),
    little32(1_000 * frame),
    little16(frame),
    little16(bits)
  ])
  const data = Buffer.concat(samples)
  const list = Buffer.concat([ascii("LIST"), little32(3), ascii("odd"), Buffer.alloc(1)])
  return new Uint8Array(
    Buffer.concat([
      ascii("RIFF"),
      little32(0),
      ascii("WAVEfmt "),
      little32(16),
      format,
      list,
      ascii("data"),
      little32(data.length),
      data
    ])
  )
}

/** MPEG 1, layer III, 128 kbit/s, 44,100 Hz, two channels: 417 bytes a frame. */
const mp3 = (frames: number, { id3 = 0, xing = 0, id3v1 = false } = {}): Uint8Array => {
  const tag =
    id3 === 0 ? [] : [ascii("ID3\u0004\u0000\u0000"), Buffer.from([0, 0, id3 >> 7, id3 & 127]), Buffer.alloc(id3)]
  const frame = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413)])
  const first = Buffer.from(frame)
  if (xing > 0) {
    first.write("Xing", 36, "latin1")
    first.writeUInt32BE(1, 40)
    first.writeUInt32BE(xing, 44)
  }
  const rest = Array.from({ length: frames - 1 }, () => frame)
  const trailer = id3v1 ? [Buffer.concat([ascii("TAG"), Buffer.alloc(125)])] : []
  return new Uint8Array(Buffer.concat([...tag, first, ...rest, ...trailer]))
}

const xmp = `<x:xmpmeta><Iptc4xmpExt:DigitalSourceType>trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType></x:xmpmeta>`
const uuid = (hex: string, text = "") => isoBox("uuid", Buffer.from(hex, "hex"), ascii(text))
const c2paId = "d8fec3d61b0e483c92975828877ec481"
const xmpId = "be7acfcb97a942e89c71999491e3afac"

const segment = (marker: number, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255]), data])

/** Exif that says how the picture is turned. */
const turned = (value: number, type: number): Buffer => {
  const tiff = Buffer.from("49492a0008000000010012010000010000000000000000000000", "hex")
  tiff.writeUInt16LE(type, 12)
  tiff.writeUInt32LE(value, 18)
  return tiff
}

const riff = (type: string): Buffer => Buffer.concat([ascii(type), little32(10), Buffer.alloc(10)])

const sky = () => paintedPng(24, 16, (x, y) => [x * 10, y * 10, 200, 255])

const control = (announced: number) => pngChunk("acTL", Buffer.from([0, 0, 0, announced, 0, 0, 0, 0]))

describe("ContainerFacts", () => {
  it.effect("a film of a real encoder has its pixels, pictures and duration", () =>
    Effect.gen(function* () {
      const facts = yield* factsOf(yield* encodedFilm(30))
      assert.deepStrictEqual(facts?.size, { width: 64, height: 48 })
      assert.strictEqual(facts?.frames, 30)
      assert.approximately(facts?.durationSeconds ?? 0, 2.5, 0.1)
      assert.isNull(facts?.silent)
    })
  )

  for (const format of ["gif", "webp"] as const) {
    it.effect(`an animated ${format} of a real encoder has its pictures counted`, () =>
      Effect.gen(function* () {
        const facts = yield* factsOf(yield* animation(format, 5))
        assert.deepStrictEqual([facts?.frames, facts?.size], [5, { width: 20, height: 10 }])
      })
    )
  }

  it.effect("an animated PNG has as many pictures as it announces and holds", () =>
    Effect.gen(function* () {
      const frame = pngChunk("fcTL", Buffer.alloc(26))
      const animated = (announced: number) =>
        paintedPng(4, 4, () => [1, 2, 3, 255], [control(announced), frame, frame, frame])
      assert.strictEqual((yield* factsOf(animated(3)))?.frames, 3)
      assert.strictEqual((yield* factsOf(animated(200)))?.frames, 3)
    })
  )

  it.effect.each([
    { what: "8 bits", bytes: wav(1, 8, [Buffer.from([128, 128, 180])]), silent: false },
    { what: "8 bits of silence", bytes: wav(1, 8, [Buffer.alloc(500, 128)]), silent: true },
    { what: "24 bits", bytes: wav(1, 24, [Buffer.alloc(300), Buffer.from([0, 0, 0x81])]), silent: false },
    { what: "24 bits of silence", bytes: wav(1, 24, [Buffer.from([255, 255, 255, 1, 0, 0])]), silent: true },
    { what: "32 bits", bytes: wav(1, 32, [Buffer.from([0, 0, 0, 0x10])]), silent: false },
    { what: "a float", bytes: wav(3, 32, [Buffer.from(new Float32Array([0, -0.5]).buffer)]), silent: false },
    { what: "a double", bytes: wav(3, 64, [Buffer.from(new Float64Array([0, 0.0001]).buffer)]), silent: true },
    { what: "a codec that is not decoded", bytes: wav(2, 8, [Buffer.alloc(9)]), silent: null },
    { what: "no samples at all", bytes: wav(1, 16, []), silent: true }
  ])("a WAV of $what is silent: $silent", ({ bytes, silent }) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* factsOf(bytes))?.silent, silent)
    })
  )

  it.effect("the duration of a WAV counts all channels once", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* factsOf(wav(1, 16, [Buffer.alloc(4_000)], 2)))?.durationSeconds, 1)
    })
  )

  it.effect.each([
    { what: "of a constant rate", bytes: mp3(100), seconds: (100 * 417 * 8) / 128_000 },
    { what: "behind a tag", bytes: mp3(100, { id3: 3_000 }), seconds: (100 * 417 * 8) / 128_000 },
    { what: "before a tag", bytes: mp3(100, { id3v1: true }), seconds: (100 * 417 * 8) / 128_000 },
    { what: "that counts its frames", bytes: mp3(10, { xing: 500 }), seconds: (500 * 1_152) / 44_100 }
  ])("an MP3 $what lasts as long as it plays", ({ bytes, seconds }) =>
    Effect.gen(function* () {
      const facts = yield* factsOf(bytes)
      assert.approximately(facts?.durationSeconds ?? 0, seconds, 0.001)
      assert.isNull(facts?.silent)
    })
  )

  it.effect("credentials are found where each format keeps them", () =>
    Effect.gen(function* () {
      const jpeg = yield* Effect.promise(() => sharp(sky()).jpeg().toBuffer())
      const withSegment = (marker: number, data: string) =>
        Buffer.concat([jpeg.subarray(0, 2), segment(marker, ascii(data)), jpeg.subarray(2)])
      const film = headerMp4({ width: 8, height: 8, frames: 1, framesPerSecond: 1, pictures: true })
      const tagged = (format: "png" | "jpeg" | "webp" | "avif") =>
        Effect.promise(() => sharp(sky()).withXmp(xmp).toFormat(format).toBuffer())
      const expected: ReadonlyArray<readonly [what: string, bytes: Uint8Array, found: ReadonlyArray<string>]> = [
        ["JPEG", withSegment(0xeb, "JP\0\u0001\0\0\0\u0001\0\0\0\u0020jumb\0\0\0\u0014jumdc2pa"), ["c2pa"]],
        ["JPEG with other data", withSegment(0xeb, "HDR_RI ver=11"), []],
        ["MP4", Buffer.concat([film, uuid(c2paId)]), ["c2pa"]],
        ["MP4 with both", Buffer.concat([film, uuid(c2paId), uuid(xmpId, xmp)]), ["c2pa", "iptc"]],
        ["MP4 with another box", Buffer.concat([film, uuid("00".repeat(16))]), []],
        ["PNG", yield* tagged("png"), ["iptc"]],
        ["JPEG with XMP", yield* tagged("jpeg"), ["iptc"]],
        ["WebP", yield* tagged("webp"), ["iptc"]],
        ["AVIF", yield* tagged("avif"), ["iptc"]],
        ["plain PNG", sky(), []]
      ]
      for (const [what, bytes, found] of expected) {
        assert.deepStrictEqual((yield* factsOf(bytes))?.contentCredentials, found, what)
      }
    })
  )

  it.effect("an AVIF that is turned has the pixels that are shown", () =>
    Effect.gen(function* () {
      const turned = yield* Effect.promise(() =>
        sharp(sky()).withMetadata({ orientation: 6 }).avif({ effort: 0 }).toBuffer()
      )
      assert.deepStrictEqual((yield* factsOf(turned))?.size, { width: 16, height: 24 })
    })
  )

  it.effect.each(["jpeg", "png", "webp"] as const)("a %s has the size in which a decoder shows it", (format) =>
    Effect.gen(function* () {
      for (let orientation = 1; orientation <= 8; orientation += 1) {
        const bytes = yield* Effect.promise(() =>
          sharp(sky()).withMetadata({ orientation }).toFormat(format).toBuffer()
        )
        const { info } = yield* Effect.promise(() => sharp(bytes).autoOrient().toBuffer({ resolveWithObject: true }))
        const shown = { width: info.width, height: info.height }
        assert.deepStrictEqual((yield* factsOf(bytes))?.size, shown, `${orientation}`)
        assert.strictEqual(shown.width, orientation < 5 ? 24 : 16)
      }
    })
  )

  it.effect("Exif that no decoder follows turns nothing", () =>
    Effect.gen(function* () {
      const jpeg = yield* Effect.promise(() => sharp(sky()).jpeg().toBuffer())
      const webp = yield* Effect.promise(() => sharp(sky()).withMetadata({ orientation: 6 }).webp().toBuffer())
      const png = Buffer.from(sky())
      const exif = (value: number, type = 3) => segment(0xe1, Buffer.concat([ascii("Exif\0\0"), turned(value, type)]))
      const marked = (...segments: ReadonlyArray<Buffer>) =>
        Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)])
      const chunked = (at: number, data: Buffer) =>
        Buffer.concat([png.subarray(0, at), pngChunk("eXIf", data), png.subarray(at)])
      const unannounced = Buffer.from(webp)
      unannounced[20] = (webp[20] ?? 0) & ~8
      const cases: ReadonlyArray<readonly [what: string, bytes: Uint8Array, isTurned: boolean]> = [
        ["a short", marked(exif(6)), true],
        ["a byte", marked(exif(8, 1)), true],
        ["a long", marked(exif(5, 4)), true],
        ["no orientation that there is", marked(exif(9)), false],
        ["the first of two", marked(exif(6), exif(1)), true],
        ["the second of two", marked(exif(1), exif(6)), false],
        ["a PNG before its pixels", chunked(33, turned(6, 3)), true],
        ["a PNG behind its pixels", chunked(png.length - 12, turned(6, 3)), false],
        ["a WebP", webp, true],
        ["a WebP that does not announce it", unannounced, false]
      ]
      for (const [what, bytes, isTurned] of cases) {
        const { autoOrient } = yield* Effect.promise(() => sharp(bytes).metadata())
        assert.deepStrictEqual((yield* factsOf(bytes))?.size, autoOrient, what)
        assert.strictEqual(autoOrient.width, isTurned ? 16 : 24, what)
      }
    })
  )

  it.effect("an animation of more pictures than are counted does not pretend to know them", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* factsOf(pixelGif(30_000)))?.frames, 30_000)
      assert.isNull((yield* factsOf(pixelGif(100_000)))?.frames)
      const frames = Buffer.concat(Array.from({ length: 70_000 }, () => riff("ANMF")))
      assert.isNull((yield* factsOf(Buffer.concat([ascii("RIFF\0\0\0\0WEBP"), riff("VP8X"), frames])))?.frames)
      const many = Array.from({ length: 70_000 }, () => pngChunk("fcTL", Buffer.alloc(0)))
      assert.isNull((yield* factsOf(paintedPng(4, 4, () => [1, 2, 3, 255], [control(200), ...many])))?.frames)
    })
  )

  it.effect("an animated PNG without pictures of an animation is a still one", () =>
    Effect.gen(function* () {
      const still = paintedPng(4, 4, () => [1, 2, 3, 255], [control(3)])
      assert.strictEqual((yield* factsOf(still))?.frames, 1)
    })
  )

  it.effect("a still AVIF has one picture, and a sequence as many as its track", () =>
    Effect.gen(function* () {
      const still = yield* Effect.promise(() => sharp(sky()).avif({ effort: 0 }).toBuffer())
      assert.deepStrictEqual(
        [(yield* factsOf(still))?.frames, (yield* factsOf(still))?.size],
        [1, { width: 24, height: 16 }]
      )
      const film = headerMp4({ width: 32, height: 20, frames: 9, framesPerSecond: 3, pictures: true })
      const sequence = Buffer.from(film)
      sequence.write("avis", 8, "latin1")
      sequence.write("pict", sequence.indexOf("vide"), "latin1")
      const facts = yield* factsOf(sequence)
      assert.deepStrictEqual(
        [facts?.mimeType, facts?.frames, facts?.size],
        ["image/avif", 9, { width: 32, height: 20 }]
      )
    })
  )

  it.effect("a film of fragments does not pretend to know its pictures", () =>
    Effect.gen(function* () {
      const film = headerMp4({ width: 8, height: 8, frames: 0, framesPerSecond: 1, pictures: true })
      assert.isNull((yield* factsOf(new Uint8Array(Buffer.concat([film, isoBox("moof")]))))?.frames)
    })
  )

  it.effect("tables that announce more than there is are not believed", () =>
    Effect.gen(function* () {
      const film = Buffer.from(headerMp4({ width: 8, height: 8, frames: 5, framesPerSecond: 1, pictures: true }))
      const table = film.indexOf("stsz")
      film.writeUInt32BE(0, table + 8)
      film.writeUInt32BE(4_000_000_000, table + 12)
      assert.strictEqual((yield* factsOf(film))?.frames, 0)
    })
  )
})

/** Counts what a file makes its reader read. */
const counted = (bytes: Uint8Array): { readonly source: Source<never>; readonly read: () => number } => {
  let read = 0
  const source = sourceOf((start, end) => {
    read += end - start
    return Effect.succeed(bytes.subarray(start, end))
  }, bytes.length)
  return { source, read: () => read }
}

const wholes: ReadonlyArray<Uint8Array> = [
  sky(),
  pixelGif(4),
  squareWav(0.05, 0),
  triangleGlb(9),
  headerMp4({ width: 64, height: 48, frames: 3, framesPerSecond: 3, pictures: true }),
  mp3(4, { id3: 40, xing: 9 })
]

describe("hostile containers", () => {
  it.effect("no damage makes a reader fail, or read a file many times over", () =>
    Effect.gen(function* () {
      for (const whole of wholes) {
        for (let at = 4; at < Math.min(whole.length, 700); at += 1) {
          for (const value of [0, 1, 0x7f, 0xff]) {
            const damaged = Uint8Array.from(whole)
            damaged[at] = value
            const { read, source } = counted(damaged)
            yield* containerFacts(source)
            assert.isAtMost(read(), 8 * whole.length + 4_096, `${at}: ${value}`)
          }
          yield* factsOf(whole.subarray(0, at))
        }
      }
    })
  )

  it.effect("boxes, chunks and segments that lead back or nowhere end the walk", () =>
    Effect.gen(function* () {
      const film = Buffer.concat([isoBox("ftyp", ascii("isom\0\0\0\0")), Buffer.alloc(64)])
      for (const size of [0, 1, 2, 7, 8, 0xffffffff]) {
        film.writeUInt32BE(size, 16)
        film.write("moov", 20, "latin1")
        yield* factsOf(film)
      }
      const tiny = Buffer.concat(Array.from({ length: 200_000 }, () => isoBox("free")))
      const { read, source } = counted(Buffer.concat([film.subarray(0, 16), tiny]))
      yield* containerFacts(source)
      assert.isAtMost(read(), 4_000_000)
    })
  )

  it.prop(
    "no bytes behind a known start are odd enough to fail",
    [
      Schema.Literals([
        "RIFF\0\0\0\0WAVE",
        "RIFF\0\0\0\0WEBP",
        "GIF89a",
        "glTF",
        "ID3",
        "\0\0\0\u0010ftypisom\0\0\0\0",
        "\0\0\0\u0010ftypavif\0\0\0\0"
      ]),
      Schema.Uint8Array
    ],
    ([start, rest]) => {
      Effect.runSync(factsOf(Buffer.concat([ascii(start), rest])))
    },
    { arbitrary: { runs: 1_000, size: 60 } }
  )
})
