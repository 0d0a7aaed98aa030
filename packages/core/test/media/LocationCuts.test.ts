import { deflateSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { crc32 } from "@image-skill/core/media/containers/Crc32"
import type { Edit } from "@image-skill/core/media/containers/Edits"
import { applyEdits, locationEdits } from "@image-skill/core/media/LocationCuts"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import sharp from "sharp"

type Format = "jpeg" | "png" | "webp" | "avif"
const formats: ReadonlyArray<Format> = ["jpeg", "png", "webp", "avif"]

const [width, height] = [61, 40] as const
const pixels = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 7) % 251)
const canvas = () => sharp(pixels, { raw: { width, height, channels: 3 } })

/** Numbers that stand nowhere else: 0x12345678 and 0x0badcafe. */
const latitude = "305419896/195939070"
const exifWith = (gps: { readonly [tag: string]: string }) => ({
  IFD0: { Copyright: "the owner", Artist: "the painter" },
  IFD2: { UserComment: "kept as it is" },
  IFD3: gps
})
const place = {
  GPSLatitudeRef: "N",
  GPSLatitude: `${latitude} 51/1 2961/100`,
  GPSLongitudeRef: "E",
  GPSLongitude: `${latitude} 17/1 4021/100`,
  GPSMapDatum: "WGS-84-SECRET"
}
const xmp = (inside: string): string =>
  `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" ${inside}/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
const placedXmp = xmp(`exif:GPSLatitude="48,51.2961N" photoshop:City="Secretville"`)
const harmlessXmp = xmp(`photoshop:Credit="the owner"`)

interface Metadata {
  readonly gps?: boolean
  readonly xmp?: string
}

const made = (format: Format, { gps = false, xmp: packet }: Metadata) =>
  Effect.promise(() => {
    const image = canvas()
      .withMetadata({ orientation: 6 })
      .withExifMerge(exifWith(gps ? place : {}))
    return (packet === undefined ? image : image.withXmp(packet)).toFormat(format).toBuffer()
  })

const editsOf = (bytes: Uint8Array) =>
  locationEdits((start, end) => Effect.succeed(bytes.subarray(start, end)), bytes.length)

/** However the stream is cut into chunks, what comes out is the same. */
const edited = Effect.fnUntraced(function* (bytes: Uint8Array, edits: ReadonlyArray<Edit>) {
  const results: Array<Buffer> = []
  for (const size of [1, 7, 1_000, bytes.length]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size)
    )
    results.push(Buffer.concat(yield* Stream.runCollect(applyEdits(Stream.fromIterable(chunks), edits))))
  }
  const [first = Buffer.alloc(0)] = results
  for (const result of results) assert.isTrue(result.equals(first))
  return first
})

const cut = (bytes: Uint8Array) => Effect.flatMap(editsOf(bytes), (edits) => edited(bytes, edits))

const metadataOf = (bytes: Uint8Array) => Effect.promise(() => sharp(bytes, { failOn: "warning" }).metadata())
const pixelsOf = (bytes: Uint8Array) => Effect.promise(() => sharp(bytes, { failOn: "warning" }).raw().toBuffer())

/** Byte runs that tell the place, in either byte order and in text. */
const secrets = ["12345678", "78563412", "0badcafe", "fecaad0b"].map((hex) => Buffer.from(hex, "hex"))
const words = ["WGS-84-SECRET", "48,51.2961N", "Secretville"]
const tells = (bytes: Buffer): ReadonlyArray<string> => [
  ...secrets.filter((secret) => bytes.includes(secret)).map((secret) => secret.toString("hex")),
  ...words.filter((word) => bytes.includes(word))
]

const ascii = (text: string): Buffer => Buffer.from(text, "latin1")
const packed = (text: string): string => deflateSync(ascii(text)).toString("latin1")
const segment = (marker: number, data: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255]), data])
/** In front of everything else in a JPEG. */
const withSegment = (jpeg: Buffer, marker: number, data: Uint8Array): Buffer =>
  Buffer.concat([jpeg.subarray(0, 2), segment(marker, data), jpeg.subarray(2)])

const chunkOf = (type: string, data: Uint8Array): Buffer => {
  const named = Buffer.concat([ascii(type), data])
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  size.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([size, named, sum])
}
/** Behind the header of a PNG. */
const withChunk = (png: Buffer, type: string, data: Uint8Array): Buffer =>
  Buffer.concat([png.subarray(0, 33), chunkOf(type, data), png.subarray(33)])

const tiff = (little: boolean): Buffer => {
  const [u16, u32] = little
    ? [(value: number) => Buffer.from([value & 255, value >> 8]), (value: number) => Buffer.from([value, 0, 0, 0])]
    : [(value: number) => Buffer.from([value >> 8, value & 255]), (value: number) => Buffer.from([0, 0, 0, value])]
  const entry = (tag: number, type: number, count: number, value: Buffer) =>
    Buffer.concat([u16(tag), u16(type), u32(count), value])
  // Orientation, then the pointer to the GPS directory at 38, whose value stands at 56.
  return Buffer.concat([
    ascii(little ? "II" : "MM"),
    u16(42),
    u32(8),
    u16(2),
    entry(0x0112, 3, 1, Buffer.concat([u16(6), u16(0)])),
    entry(0x8825, 4, 1, u32(38)),
    u32(0),
    u16(1),
    entry(2, 5, 1, u32(56)),
    u32(0),
    Buffer.from("123456780badcafe", "hex")
  ])
}

/** That a further picture begins so far behind the table. */
const table = (distance: number) => {
  const bytes = Buffer.alloc(58)
  bytes.write("II*\u0000", 0, "latin1")
  bytes.writeUInt32LE(8, 4)
  bytes.writeUInt16LE(1, 8)
  bytes.writeUInt16LE(0xb002, 10)
  bytes.writeUInt16LE(7, 12)
  bytes.writeUInt32LE(32, 14)
  bytes.writeUInt32LE(26, 18)
  bytes.writeUInt32LE(distance, 26 + 16 + 8)
  return Buffer.concat([ascii("MPF\0"), bytes])
}

describe("LocationCuts", () => {
  for (const format of formats) {
    it.effect(`a ${format} loses its GPS values and nothing else`, () =>
      Effect.gen(function* () {
        const original = yield* made(format, { gps: true })
        assert.isNotEmpty(tells(original))
        const result = yield* cut(original)
        assert.deepStrictEqual(tells(result), [])
        assert.strictEqual(result.length, original.length)
        assert.isTrue((yield* pixelsOf(result)).equals(yield* pixelsOf(original)))
        const { exif, orientation } = yield* metadataOf(result)
        assert.strictEqual(orientation, (yield* metadataOf(original)).orientation)
        assert.isTrue(exif?.includes("the owner") === true && exif.includes("the painter"))
        assert.isTrue(exif?.includes("kept as it is"))
      })
    )

    it.effect(`a ${format} loses an XMP packet that names a place`, () =>
      Effect.gen(function* () {
        const original = yield* made(format, { xmp: placedXmp })
        assert.isTrue((yield* metadataOf(original)).xmp?.includes("Secretville"))
        const result = yield* cut(original)
        assert.deepStrictEqual(tells(result), [])
        assert.isTrue((yield* pixelsOf(result)).equals(yield* pixelsOf(original)))
        const { exif, xmp: left } = yield* metadataOf(result)
        assert.isTrue(exif?.includes("the owner"))
        assert.isTrue(left === undefined || /^<x:xmpmeta[^>]*\/>\s*$/u.test(left.toString()))
      })
    )

    it.effect(`a ${format} that tells no place stays byte for byte the same`, () =>
      Effect.gen(function* () {
        for (const metadata of [{}, { xmp: harmlessXmp }]) {
          assert.deepStrictEqual(yield* editsOf(yield* made(format, metadata)), [])
        }
      })
    )

    it.effect(`a ${format} that was cut once has nothing more to cut`, () =>
      Effect.gen(function* () {
        const result = yield* cut(yield* made(format, { gps: true, xmp: placedXmp }))
        assert.deepStrictEqual(tells(result), [])
        assert.deepStrictEqual(yield* editsOf(result), [])
      })
    )
  }

  it.effect("the checksums of a PNG and the length of a WebP are right afterwards", () =>
    Effect.gen(function* () {
      const png = yield* cut(yield* made("png", { gps: true, xmp: placedXmp }))
      let at = 8
      while (at < png.length) {
        const end = at + 8 + png.readUInt32BE(at)
        assert.strictEqual(png.readUInt32BE(end), crc32(png.subarray(at + 4, end)))
        at = end + 4
      }
      assert.strictEqual(at, png.length)
      const webp = yield* cut(yield* made("webp", { gps: true, xmp: placedXmp }))
      assert.strictEqual(webp.readUInt32LE(4) + 8, webp.length)
      // The header of the extended form announces Exif (8), and XMP (4) no more.
      assert.strictEqual((webp[20] ?? 0) & 12, 8)
    })
  )

  it.effect("the location datasets of IPTC go, its other ones stay", () =>
    Effect.gen(function* () {
      const dataset = (number: number, text: string) =>
        Buffer.concat([Buffer.from([0x1c, 2, number, 0, text.length]), ascii(text)])
      const sets = Buffer.concat([
        dataset(80, "the painter"),
        dataset(90, "Secretville"),
        dataset(101, "Secretville-Land"),
        dataset(120, "a caption")
      ])
      const resource = (id: number, data: Buffer) =>
        Buffer.concat([
          ascii("8BIM"),
          Buffer.from([id >> 8, id & 255, 0, 0, 0, 0, 0, data.length]),
          data,
          Buffer.alloc(data.length & 1)
        ])
      const data = Buffer.concat([ascii("Photoshop 3.0\0"), resource(0x03ed, ascii("other")), resource(0x0404, sets)])
      const original = withSegment(yield* made("jpeg", {}), 0xed, data)
      const result = yield* cut(original)
      assert.deepStrictEqual(tells(result), [])
      assert.isTrue(result.includes("the painter") && result.includes("a caption") && result.includes("other"))
      assert.isTrue((yield* pixelsOf(result)).equals(yield* pixelsOf(original)))
      assert.isTrue((yield* metadataOf(result)).iptc?.includes("a caption"))
      assert.deepStrictEqual(yield* editsOf(result), [])
    })
  )

  it.effect("a packet and its extensions go together", () =>
    Effect.gen(function* () {
      const more = Buffer.concat([
        ascii("http://ns.adobe.com/xmp/extension/\0"),
        Buffer.alloc(40, "0"),
        ascii(`<exif:GPSLatitude>48,51.2961N</exif:GPSLatitude>`)
      ])
      const original = withSegment(yield* made("jpeg", { xmp: harmlessXmp }), 0xe1, more)
      const result = yield* cut(original)
      assert.isFalse(result.includes("ns.adobe.com/x"))
      assert.deepStrictEqual(tells(result), [])
      assert.isTrue((yield* pixelsOf(result)).equals(yield* pixelsOf(original)))
    })
  )

  it.effect("Exif of either byte order loses its GPS directory", () =>
    Effect.gen(function* () {
      const plain = yield* Effect.promise(() => canvas().jpeg().toBuffer())
      for (const little of [true, false]) {
        const original = withSegment(plain, 0xe1, Buffer.concat([ascii("Exif\0\0"), tiff(little)]))
        const result = yield* cut(original)
        assert.deepStrictEqual(tells(result), [])
        assert.strictEqual((yield* metadataOf(result)).orientation, 6)
        assert.isTrue((yield* pixelsOf(result)).equals(yield* pixelsOf(original)))
      }
    })
  )

  it.effect("a further picture in the file of a JPEG loses its place too, and stays where the table says", () =>
    Effect.gen(function* () {
      const further = yield* made("jpeg", { gps: true, xmp: placedXmp })
      const first = yield* made("jpeg", { gps: true, xmp: placedXmp })
      // The table begins behind the marker of the file, that of its segment, its length and its own mark.
      const distance = first.length + table(0).length + 4 - 10
      const original = Buffer.concat([withSegment(first, 0xe2, table(distance)), further])
      const result = yield* cut(original)
      assert.strictEqual(result.length, original.length)
      assert.deepStrictEqual(tells(result), [])
      assert.isTrue((yield* pixelsOf(result.subarray(10 + distance))).equals(yield* pixelsOf(further)))
      assert.isTrue((yield* pixelsOf(result)).equals(yield* pixelsOf(first)))
      assert.deepStrictEqual(yield* editsOf(result), [])
    })
  )

  it.effect("texts of a PNG that carry a place go, and prompts stay", () =>
    Effect.gen(function* () {
      const plain = yield* Effect.promise(() => canvas().png().toBuffer())
      const texts: ReadonlyArray<readonly [type: string, text: string, goes: boolean]> = [
        ["tEXt", "exif:GPSLatitude\u000048,51.2961N", true],
        ["tEXt", `Raw profile type xmp\u0000\nxmp\n 999\n${ascii(placedXmp).toString("hex")}\n`, true],
        ["tEXt", `Raw profile type xmp\u0000\nxmp\n 999\n${ascii(harmlessXmp).toString("hex")}\n`, false],
        ["zTXt", `XML:com.adobe.xmp\u0000\u0000${packed(placedXmp)}`, true],
        ["zTXt", `XML:com.adobe.xmp\u0000\u0000${packed(harmlessXmp)}`, false],
        ["iTXt", `XML:com.adobe.xmp\u0000\u0001\u0000\u0000\u0000${packed(placedXmp)}`, true],
        ["iTXt", `XML:com.adobe.xmp\u0000\u0000\u0000\u0000\u0000${harmlessXmp}`, false],
        ["zTXt", "XML:com.adobe.xmp\u0000\u0000x\u009cbroken", true],
        ["tEXt", "parameters\u0000a GPSDevice in style:City", false],
        ["zTXt", "Comment\u0000\u0000compressed", false]
      ]
      for (const [type, text, goes] of texts) {
        const original = withChunk(plain, type, ascii(text))
        assert.isTrue((yield* cut(original)).equals(goes ? plain : original), text)
      }
    })
  )

  it.effect("a GIF loses an XMP packet that names a place, and keeps another one", () =>
    Effect.gen(function* () {
      const plain = yield* Effect.promise(() => canvas().gif().toBuffer())
      const trailer = Buffer.from([1, ...Array.from({ length: 256 }, (_, index) => 255 - index), 0])
      const at = 13 + ((plain[10] ?? 0) & 0x80 ? 3 * 2 ** (((plain[10] ?? 0) & 7) + 1) : 0)
      const withPacket = (packet: string) =>
        Buffer.concat([
          plain.subarray(0, at),
          Buffer.from([0x21, 0xff, 11]),
          ascii(`XMP DataXMP${packet}`),
          trailer,
          plain.subarray(at)
        ])
      assert.isTrue((yield* cut(withPacket(placedXmp))).equals(plain))
      assert.deepStrictEqual(yield* editsOf(withPacket(harmlessXmp)), [])
    })
  )

  it.effect("what is no picture is left alone", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* editsOf(ascii(`RIFF....WAVE${placedXmp}`)), [])
      assert.deepStrictEqual(yield* editsOf(new Uint8Array(0)), [])
    })
  )

  it.effect("no damage to a picture makes it fail, or costs more than the picture", () =>
    Effect.gen(function* () {
      for (const format of formats) {
        const whole = yield* made(format, { gps: true, xmp: placedXmp })
        const head = Math.min(whole.length, 1_600)
        for (let at = 0; at < head; at += 7) {
          const damaged = Buffer.from(whole)
          damaged[at] = 0xff
          damaged[at + 1] = (damaged[at + 1] ?? 0) ^ 0x5a
          const edits = yield* editsOf(damaged)
          let end = 0
          for (const edit of edits) {
            assert.isTrue(edit.start >= end && edit.end >= edit.start && edit.end <= damaged.length, `${format} ${at}`)
            end = edit.end
          }
          yield* editsOf(whole.subarray(0, at))
        }
      }
    })
  )
})

const most = 16_777_216
const gpsExif = Buffer.concat([ascii("Exif\0\0"), tiff(true), Buffer.alloc(65_000)])
const applied = (bytes: Uint8Array, edits: ReadonlyArray<Edit>) =>
  Effect.map(Stream.runCollect(applyEdits(Stream.make(bytes), edits)), (parts) => Buffer.concat(parts))
const heldBy = (edits: ReadonlyArray<Edit>): number =>
  [...new Set(edits.map(({ replacement }) => replacement.buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0)

const riffChunk = (type: string, data: Uint8Array): Buffer => {
  const head = Buffer.alloc(8)
  head.write(type, 0, "latin1")
  head.writeUInt32LE(data.length, 4)
  return Buffer.concat([head, data, Buffer.alloc(data.length & 1)])
}

describe("a picture with more metadata than is read", () => {
  it.effect.each([false, true])("is a JPEG that loses what is beyond, also where nothing may move: %s", (inPlace) =>
    Effect.gen(function* () {
      const plain = yield* Effect.promise(() => canvas().jpeg().toBuffer())
      const many = Buffer.concat(Array.from({ length: 300 }, () => segment(0xe1, gpsExif)))
      const first = Buffer.concat([plain.subarray(0, 2), many, plain.subarray(2)])
      const distance = first.length + table(0).length + 4 - 10
      const original = inPlace ? Buffer.concat([withSegment(first, 0xe2, table(distance)), plain]) : first
      const edits = yield* editsOf(original)
      assert.isAtMost(heldBy(edits), most + 65_536)
      const result = yield* applied(original, edits)
      assert.deepStrictEqual(tells(result), [])
      assert.strictEqual(result.length === original.length, inPlace)
      assert.isTrue((yield* pixelsOf(result)).equals(yield* pixelsOf(plain)))
      assert.strictEqual((yield* metadataOf(result)).orientation, 6)
    })
  )

  it.effect("is a PNG that loses Exif which is too large", () =>
    Effect.gen(function* () {
      const plain = yield* Effect.promise(() => canvas().png().toBuffer())
      const original = withChunk(plain, "eXIf", Buffer.concat([tiff(true), Buffer.alloc(most)]))
      assert.isTrue((yield* applied(original, yield* editsOf(original))).equals(plain))
    })
  )

  it.effect("is a WebP that loses Exif which is too large, and announces it no more", () =>
    Effect.gen(function* () {
      const marked = yield* made("webp", {})
      const at = marked.indexOf("EXIF")
      const original = Buffer.concat([
        marked.subarray(0, at),
        riffChunk("EXIF", Buffer.concat([tiff(true), Buffer.alloc(most)]))
      ])
      original.writeUInt32LE(original.length - 8, 4)
      const result = yield* applied(original, yield* editsOf(original))
      assert.deepStrictEqual([result.length, result.readUInt32LE(4), (result[20] ?? 0) & 12], [at, at - 8, 0])
      assert.isUndefined((yield* metadataOf(result)).exif)
    })
  )

  it.effect("is a GIF that loses the packets behind the first ones", () =>
    Effect.gen(function* () {
      const plain = yield* Effect.promise(() => canvas().gif().toBuffer())
      const packet = Buffer.concat([
        Buffer.from([0x21, 0xff, 11]),
        ascii("XMP DataXMP"),
        Buffer.alloc(256 * 40_000, Buffer.concat([Buffer.of(255), Buffer.alloc(255, "x")])),
        Buffer.of(0)
      ])
      const head = plain.subarray(0, 13 + 3 * 2 ** (((plain[10] ?? 0) & 7) + 1))
      const original = Buffer.concat([head, packet, packet, packet, plain.subarray(head.length)])
      const result = yield* applied(original, yield* editsOf(original))
      assert.strictEqual(result.length, plain.length + packet.length)
    })
  )

  it.effect("is a PNG whose texts under other keywords are not unpacked", () =>
    Effect.gen(function* () {
      const comments = Array.from({ length: 9 }, () => mebibyte("Comment"))
      const packet = chunkOf("zTXt", ascii(`XML:com.adobe.xmp\0\0${packed(harmlessXmp)}`))
      assert.isEmpty(yield* editsOf(yield* withTexts([...comments, packet])))
    })
  )

  it.effect("is a PNG that loses the texts behind the first mebibytes, and lets others run between them", () =>
    Effect.gen(function* () {
      let turns = 0
      let next = setImmediate(function count() {
        turns += 1
        next = setImmediate(count)
      })
      const original = yield* withTexts(Array.from({ length: 40 }, () => mebibyte("XML:com.adobe.xmp")))
      const before = turns
      const edits = yield* editsOf(original)
      clearImmediate(next)
      assert.strictEqual(edits.length, 37)
      assert.isAtLeast(turns - before, 3)
    })
  )
})

const withTexts = (texts: ReadonlyArray<Buffer>) =>
  Effect.map(
    Effect.promise(() => canvas().png().toBuffer()),
    (plain) => Buffer.concat([plain.subarray(0, 33), ...texts, plain.subarray(33)])
  )
const mebibyte = (keyword: string): Buffer =>
  chunkOf("zTXt", Buffer.concat([ascii(`${keyword}\0\0`), deflateSync(Buffer.alloc(1_048_576, 0x41))]))
