import { crc32, deflateSync } from "node:zlib"

/** Media of a few hundred bytes, made by hand so that what they hold is known exactly. */

export type Paint = (x: number, y: number) => readonly [red: number, green: number, blue: number, alpha: number]

const ascii = (text: string): Buffer => Buffer.from(text, "latin1")
const uint32 = (value: number): Buffer =>
  Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255])
const uint16 = (value: number): Buffer => Buffer.from([(value >>> 8) & 255, value & 255])

/** One chunk of a PNG, with its length and checksum. */
export const pngChunk = (type: string, data: Uint8Array): Buffer => {
  const named = Buffer.concat([ascii(type), data])
  return Buffer.concat([uint32(data.length), named, uint32(crc32(named))])
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** `extra` chunks stand before the pixels. */
export const paintedPng = (
  width: number,
  height: number,
  paint: Paint,
  extra: ReadonlyArray<Buffer> = []
): Uint8Array => {
  const rows = Buffer.alloc(height * (width * 4 + 1))
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows.set(paint(x, y), y * (width * 4 + 1) + 1 + x * 4)
  }
  const header = Buffer.concat([uint32(width), uint32(height), Buffer.from([8, 6, 0, 0, 0])])
  const chunks = [
    pngChunk("IHDR", header),
    ...extra,
    pngChunk("IDAT", deflateSync(rows)),
    pngChunk("IEND", Buffer.alloc(0))
  ]
  return new Uint8Array(Buffer.concat([signature, ...chunks]))
}

/** A header that announces far more pixels than its few bytes hold. */
export const bombPng = (edge: number): Uint8Array => {
  const header = Buffer.concat([uint32(edge), uint32(edge), Buffer.from([1, 0, 0, 0, 0])])
  const rows = deflateSync(Buffer.alloc(Math.ceil(edge / 8) + 1))
  const chunks = [pngChunk("IHDR", header), pngChunk("IDAT", rows), pngChunk("IEND", Buffer.alloc(0))]
  return new Uint8Array(Buffer.concat([signature, ...chunks]))
}

const little32 = (value: number): Buffer => uint32(value).reverse()
const little16 = (value: number): Buffer => uint16(value).reverse()

/** One channel of 16 bits at 8 kHz: a square wave of the given loudness, 0 to 1. */
export const squareWav = (seconds: number, loudness: number): Uint8Array => {
  const samples = Math.round(seconds * 8_000)
  const data = Buffer.alloc(samples * 2)
  for (let at = 0; at < samples; at += 1)
    data.writeInt16LE(Math.round((at % 20 < 10 ? 1 : -1) * loudness * 32_767), at * 2)
  const format = Buffer.concat([little16(1), little16(1), little32(8_000), little32(16_000), little16(2), little16(16)])
  const body = Buffer.concat([ascii("WAVEfmt "), little32(16), format, ascii("data"), little32(data.length), data])
  return new Uint8Array(Buffer.concat([ascii("RIFF"), little32(body.length), body]))
}

/** A binary glTF of one mesh; its points are not there, since nobody draws it. */
export const triangleGlb = (triangles: number): Uint8Array => {
  const description = JSON.stringify({
    asset: { version: "2.0" },
    accessors: [{ count: triangles * 3, componentType: 5126, type: "VEC3" }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }]
  })
  const json = ascii(description.padEnd(Math.ceil(description.length / 4) * 4))
  const chunk = Buffer.concat([little32(json.length), ascii("JSON"), json])
  return new Uint8Array(Buffer.concat([ascii("glTF"), little32(2), little32(chunk.length + 12), chunk]))
}

/** One box of an MP4. */
export const isoBox = (type: string, ...parts: ReadonlyArray<Uint8Array>): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([uint32(body.length + 8), ascii(type), body])
}

export interface Film {
  readonly width: number
  readonly height: number
  readonly frames: number
  readonly framesPerSecond: number
  /** Whether it has a track of pictures at all. */
  readonly pictures: boolean
}

/** An MP4 whose header describes the film, without any picture in it. */
export const headerMp4 = ({ frames, framesPerSecond, height, pictures, width }: Film): Uint8Array => {
  const full = Buffer.alloc(4)
  const time = [full, uint32(0), uint32(0)]
  const track = (kind: string) => {
    const entry = isoBox("avc1", Buffer.alloc(24), uint16(width), uint16(height), Buffer.alloc(50))
    const stbl = isoBox(
      "stbl",
      isoBox("stsd", full, uint32(1), entry),
      isoBox("stts", full, uint32(1), uint32(frames), uint32(1)),
      isoBox("stsz", full, uint32(100), uint32(frames))
    )
    const mdhd = isoBox("mdhd", ...time, uint32(framesPerSecond), uint32(frames), uint32(0))
    const hdlr = isoBox("hdlr", full, uint32(0), ascii(kind), Buffer.alloc(13))
    const sizes = [uint32(width * 65_536), uint32(height * 65_536)]
    const tkhd = isoBox("tkhd", ...time, uint32(1), uint32(0), uint32(1_000), Buffer.alloc(52), ...sizes)
    return isoBox("trak", tkhd, isoBox("mdia", mdhd, hdlr, isoBox("minf", stbl)))
  }
  const milliseconds = Math.round((frames * 1_000) / framesPerSecond)
  const mvhd = isoBox("mvhd", ...time, uint32(1_000), uint32(milliseconds), Buffer.alloc(80))
  const moov = isoBox("moov", mvhd, track(pictures ? "vide" : "soun"))
  return new Uint8Array(
    Buffer.concat([isoBox("ftyp", ascii("isom"), uint32(0), ascii("isommp42")), isoBox("mdat"), moov])
  )
}

/** A GIF of one pixel a picture. */
export const pixelGif = (frames: number): Uint8Array => {
  const head = [ascii("GIF89a"), Buffer.from([1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255])]
  const control = Buffer.from([0x21, 0xf9, 4, 0, 10, 0, 0, 0])
  const picture = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0])
  const pictures = Array.from({ length: frames }, () => Buffer.concat([control, picture]))
  return new Uint8Array(Buffer.concat([...head, ...pictures, Buffer.from([0x3b])]))
}
