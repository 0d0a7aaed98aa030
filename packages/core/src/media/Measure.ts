import type { Size } from "../models/Model.ts"
import { avifSize } from "./containers/AvifSize.ts"

/** What the bytes themselves say they are. */
export interface Measured {
  readonly mimeType: string
  /**
   * Null for audio, for meshes, and where the header does not tell. As the pixels are stored: whether Exif turns them may
   * stand at the end of a file, which `uprightSize` looks up.
   */
  readonly size: Size | null
}

/**
 * Reads type and dimensions from the first bytes: PNG, JPEG, WebP, GIF, AVIF, MP4, WAV, MP3, GLB. Null for everything
 * else. Reads headers only, so a hostile file costs nothing.
 */
export const measure = (bytes: Uint8Array): Measured | null => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const read of readers) {
    const measured = read(bytes, view)
    if (measured !== null) return measured
  }
  return null
}

type Reader = (bytes: Uint8Array, view: DataView) => Measured | null

const ascii = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end))

const png: Reader = (bytes, view) =>
  bytes.length >= 24 && ascii(bytes, 1, 4) === "PNG" && bytes[0] === 0x89 && ascii(bytes, 12, 16) === "IHDR"
    ? { mimeType: "image/png", size: { width: view.getUint32(16), height: view.getUint32(20) } }
    : null

const gif: Reader = (bytes, view) =>
  bytes.length >= 10 && /^GIF8[79]a$/u.test(ascii(bytes, 0, 6))
    ? { mimeType: "image/gif", size: { width: view.getUint16(6, true), height: view.getUint16(8, true) } }
    : null

/** Walks the segments up to the frame header; a file that has none has no known size. */
const jpeg: Reader = (bytes, view) => {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8 || bytes[2] !== 0xff) return null
  let offset = 2
  while (offset + 9 < bytes.length && bytes[offset] === 0xff) {
    const marker = bytes[offset + 1] ?? 0
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) {
      return { mimeType: "image/jpeg", size: { width: view.getUint16(offset + 7), height: view.getUint16(offset + 5) } }
    }
    // Any marker may stand behind fill bytes (ITU T.81, B.1.1.2).
    offset += marker === 0xff ? 1 : 2 + view.getUint16(offset + 2)
  }
  return { mimeType: "image/jpeg", size: null }
}

const riff: Reader = (bytes, view) => {
  if (bytes.length < 16 || ascii(bytes, 0, 4) !== "RIFF") return null
  const form = ascii(bytes, 8, 12)
  if (form === "WAVE") return { mimeType: "audio/wav", size: null }
  return form === "WEBP" ? { mimeType: "image/webp", size: webpSize(bytes, view) } : null
}

const webpSize = (bytes: Uint8Array, view: DataView): Size | null => {
  if (bytes.length < 30) return null
  switch (ascii(bytes, 12, 16)) {
    case "VP8 ":
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    case "VP8L": {
      const packed = view.getUint32(21, true)
      return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 }
    }
    case "VP8X":
      return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) }
    default:
      return null
  }
}

const uint24 = (view: DataView, offset: number): number =>
  view.getUint8(offset) | (view.getUint8(offset + 1) << 8) | (view.getUint8(offset + 2) << 16)

const isoMedia: Reader = (bytes) => {
  if (bytes.length < 12 || ascii(bytes, 4, 8) !== "ftyp") return null
  const brand = ascii(bytes, 8, 12)
  if (brand === "avif" || brand === "avis") return { mimeType: "image/avif", size: avifSize(bytes) }
  return mp4Brand.test(brand) ? { mimeType: "video/mp4", size: null } : null
}

/** Other brands of the same container are pictures (HEIC) or films that browsers do not play (QuickTime). */
const mp4Brand = /^(?:iso[2-9m]|mp4[12]|avc1|dash|M4V |MSNV|f4v )$/u

const glb: Reader = (bytes) =>
  bytes.length >= 12 && ascii(bytes, 0, 4) === "glTF" ? { mimeType: "model/gltf-binary", size: null } : null

const mp3: Reader = (bytes) =>
  ascii(bytes, 0, 3) === "ID3" || (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe6) === 0xe2)
    ? { mimeType: "audio/mpeg", size: null }
    : null

const readers: ReadonlyArray<Reader> = [png, jpeg, riff, gif, isoMedia, glb, mp3]
