import * as Effect from "effect/Effect"
import { crc32 } from "./Crc32.ts"
import { type Allowance, type Edit, removed, withoutOverlap } from "./Edits.ts"
import { resourcesMark, resourcesWithoutLocation } from "./Iptc.ts"
import { pngChunks } from "./Parts.ts"
import { pngTexts, xmpKeyword } from "./PngText.ts"
import { bytesOfText, concatBytes, hasText, type Source, viewOf } from "./Source.ts"
import { withoutGps } from "./Tiff.ts"
import { namesLocation, xmpText } from "./Xmp.ts"

/** What of a PNG tells a place: Exif is kept without it, a text is taken out. */
export const pngCuts = Effect.fnUntraced(function* <E>(source: Source<E>, allowance: Allowance) {
  const chunks = yield* pngChunks(source)
  const edits: Array<Edit> = []
  for (const chunk of chunks) {
    if (chunk.type !== "eXIf") continue
    const { dataEnd, dataStart, end } = chunk
    if (!allowance.take(dataEnd - dataStart)) {
      edits.push(removed(chunk))
      continue
    }
    const kept = withoutGps(yield* source.read(dataStart, dataEnd))
    if (kept !== null) edits.push({ start: dataStart, end, replacement: withChecksum("eXIf", kept) })
  }
  for (const { chunk, keyword, text } of yield* pngTexts(source, chunks, mayTellLocation)) {
    if (text === null || tellsLocation(keyword, text)) edits.push(removed(chunk))
  }
  return withoutOverlap(edits)
})

/** The data of a chunk and its checksum, which covers the type. */
const withChecksum = (type: string, data: Uint8Array): Uint8Array => {
  const sum = new Uint8Array(4)
  viewOf(sum).setUint32(0, crc32(concatBytes([bytesOfText(type), data])))
  return concatBytes([data, sum])
}

/** Profiles in hexadecimal, as older programs write Exif, XMP and IPTC. */
const rawProfile = /^Raw profile type (?:exif|app1|xmp|iptc|8bim)$/iu

/** Exif that was copied to a text of its own, e.g. `exif:GPSLatitude`. */
const locationKeyword = /^(?:location|geo(?:location)?|(?:exif:)?gps.*)$/iu

const mayTellLocation = (keyword: string): boolean =>
  keyword === xmpKeyword || rawProfile.test(keyword) || locationKeyword.test(keyword)

const tellsLocation = (keyword: string, text: string): boolean => {
  if (keyword === xmpKeyword) return namesLocation(text)
  return locationKeyword.test(keyword) || profileTellsLocation(profileOf(text))
}

const profileTellsLocation = (bytes: Uint8Array): boolean => {
  const resources = hasText(bytes, 0, resourcesMark) ? bytes.subarray(resourcesMark.length) : bytes
  return withoutGps(bytes) !== null || resourcesWithoutLocation(resources) !== null || namesLocation(xmpText(bytes))
}

/** A name and a length stand in front of the digits, each on its line; what is no digit between them is passed over. */
const profileOf = (text: string): Uint8Array => {
  let start = 0
  for (let line = 0; line < 3; line += 1) {
    const end = text.indexOf("\n", start)
    start = end === -1 ? text.length : end + 1
  }
  const bytes = new Uint8Array((text.length - start) >> 1)
  let digits = 0
  for (let at = start; at < text.length; at += 1) {
    const digit = digitOf(text.charCodeAt(at))
    if (digit === -1) continue
    bytes[digits >> 1] = ((bytes[digits >> 1] ?? 0) << 4) | digit
    digits += 1
  }
  return bytes.subarray(0, digits >> 1)
}

/** Of a hexadecimal digit by its code in ASCII; -1 for every other character. */
const digitOf = (code: number): number => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
