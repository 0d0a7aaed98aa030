import H264 from "h264-mp4-encoder"
import sharp from "sharp"

/** What a picture of an emulated provider looks like. */
export interface PictureShape {
  readonly width?: number
  readonly height?: number
  /** Another number is another picture. */
  readonly seed?: number
  readonly format?: "png" | "jpeg" | "webp"
}

/** A real picture of the wanted size: gradients and a disc, so that it is neither blank nor like its neighbours. */
export const picture = ({
  format = "png",
  height = 64,
  seed = 0,
  width = 64
}: PictureShape = {}): Promise<Uint8Array> => {
  const key = `${format} ${width}x${height} ${seed}`
  const known = made.get(key) ?? encoded(format, width, height, seed)
  made.set(key, known)
  return known
}

/** So many different ones. */
export const pictures = (count: number, shape: PictureShape = {}): Promise<ReadonlyArray<Uint8Array>> =>
  Promise.all(Array.from({ length: count }, (_, index) => picture({ ...shape, seed: (shape.seed ?? 0) + index })))

/** The same with some of it let through, which is what a mask looks like: transparent where `format` can. */
export const mask = async (width = 64, height = 64): Promise<Uint8Array> => {
  const raw = Buffer.alloc(width * height * 4, 255)
  for (let y = 0; y < height / 2; y++) for (let x = 0; x < width / 2; x++) raw[(y * width + x) * 4 + 3] = 0
  return bytesOf(
    await sharp(raw, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer()
  )
}

const made = new Map<string, Promise<Uint8Array>>()

const encoded = async (
  format: "png" | "jpeg" | "webp",
  width: number,
  height: number,
  seed: number
): Promise<Uint8Array> => {
  const image = sharp(pixels(width, height, seed, 3), { raw: { width, height, channels: 3 } })
  return bytesOf(
    await (format === "png" ? image.png({ compressionLevel: 3 }) : image.toFormat(format, { quality: 80 })).toBuffer()
  )
}

const bytesOf = (buffer: Buffer): Uint8Array => new Uint8Array(buffer)

const pixels = (width: number, height: number, seed: number, channels: 3 | 4): Buffer => {
  const raw = Buffer.alloc(width * height * channels, 255)
  const left = width * (0.2 + ((seed * 37) % 60) / 100)
  const top = height * (0.2 + ((seed * 53) % 60) / 100)
  const radius = (Math.min(width, height) * 0.18) ** 2
  for (let y = 0; y < height; y++) {
    const green = (Math.round((y * 255) / height) + seed * 67) % 256
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels
      const isDisc = (x - left) ** 2 + (y - top) ** 2 < radius
      raw[at] = isDisc ? 240 : (((x * 255) / width) | 0) + seed * 41
      raw[at + 1] = isDisc ? 30 : green
      raw[at + 2] = isDisc ? seed * 90 : 128
    }
  }
  return raw
}

export interface FilmShape {
  /** Even numbers of pixels. */
  readonly width?: number
  readonly height?: number
  readonly frames?: number
  readonly framesPerSecond?: number
  readonly seed?: number
}

/** A real film: H.264 in MP4, a disc that moves. Encoded once for each shape. */
export const mp4 = ({
  frames = 12,
  framesPerSecond = 12,
  height = 64,
  seed = 0,
  width = 96
}: FilmShape = {}): Promise<Uint8Array> => {
  const key = `mp4 ${width}x${height} ${frames}@${framesPerSecond} ${seed}`
  const known = made.get(key) ?? filmed(width, height, frames, framesPerSecond, seed)
  made.set(key, known)
  return known
}

const filmed = async (
  width: number,
  height: number,
  frames: number,
  framesPerSecond: number,
  seed: number
): Promise<Uint8Array> => {
  const encoder = await H264.createH264MP4Encoder()
  encoder.width = width
  encoder.height = height
  encoder.frameRate = framesPerSecond
  encoder.quantizationParameter = 33
  encoder.speed = 10
  encoder.initialize()
  for (let frame = 0; frame < frames; frame++) encoder.addFrameRgba(pixels(width, height, seed + frame, 4))
  encoder.finalize()
  const bytes = new Uint8Array(encoder.FS.readFile(encoder.outputFilename))
  encoder.delete()
  return bytes
}

/** A tone of 16 bits, mono, 16 kHz. */
export const wav = ({ seconds = 0.5, seed = 0 }: { readonly seconds?: number; readonly seed?: number } = {}) => {
  const rate = 16_000
  const count = Math.round(rate * seconds)
  const bytes = Buffer.alloc(44 + count * 2)
  bytes.write("RIFF", 0, "latin1")
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write("WAVEfmt ", 8, "latin1")
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(rate * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write("data", 36, "latin1")
  bytes.writeUInt32LE(count * 2, 40)
  const step = (2 * Math.PI * (220 + seed * 55)) / rate
  for (let index = 0; index < count; index++)
    bytes.writeInt16LE(Math.round(Math.sin(index * step) * 12_000), 44 + index * 2)
  return bytesOf(bytes)
}

/** A mesh of one triangle (glTF 2.0 binary). */
export const glb = (seed = 0): Uint8Array => {
  const points = Buffer.alloc(36)
  for (const [index, value] of [0, 0, 0, 1 + seed, 0, 0, 0, 1, 0].entries()) points.writeFloatLE(value, index * 4)
  const scene = {
    asset: { version: "2.0" },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }],
    accessors: [{ bufferView: 0, componentType: 5126, count: 3, type: "VEC3", min: [0, 0, 0], max: [1 + seed, 1, 0] }],
    bufferViews: [{ buffer: 0, byteLength: points.length }],
    buffers: [{ byteLength: points.length }]
  }
  const text = JSON.stringify(scene)
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 4) * 4, " "))
  const header = Buffer.alloc(12)
  header.write("glTF", 0, "latin1")
  header.writeUInt32LE(2, 4)
  header.writeUInt32LE(12 + 8 + json.length + 8 + points.length, 8)
  return bytesOf(Buffer.concat([header, meshChunk("JSON", json), meshChunk("BIN\0", points)]))
}

const meshChunk = (type: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(8)
  head.writeUInt32LE(data.length, 0)
  head.write(type, 4, "latin1")
  return Buffer.concat([head, data])
}
