import { inflate } from "./Inflate.ts"
import { latin1 } from "./Source.ts"
import { xmpText } from "./Xmp.ts"

/** A text chunk of a PNG (PNG third edition, 11.3.3). */
export interface PngText {
  readonly keyword: string
  /** Null when it is compressed and cannot be read: damaged, or longer than a mebibyte. */
  readonly text: string | null
}

const mostTextBytes = 1_048_576

export const xmpKeyword = "XML:com.adobe.xmp"

/** `type` is `tEXt`, `zTXt` or `iTXt`. */
export const pngText = (type: string, data: Uint8Array): PngText => {
  const end = data.indexOf(0)
  const keyword = latin1(data, 0, Math.min(79, end === -1 ? data.length : end))
  if (type === "tEXt") return { keyword, text: xmpText(data.subarray(end + 1)) }
  if (type === "zTXt") return { keyword, text: unpacked(data.subarray(end + 2)) }
  // Two flags stand before the language and the translated keyword, each ended by a zero.
  const language = data.indexOf(0, end + 3)
  const translated = data.indexOf(0, language + 1)
  if (language === -1 || translated === -1) return { keyword, text: "" }
  const text = data.subarray(translated + 1)
  return { keyword, text: data[end + 1] === 1 ? unpacked(text) : xmpText(text) }
}

const unpacked = (zlib: Uint8Array): string | null => {
  const bytes = inflate(zlib, mostTextBytes)
  return bytes === null ? null : xmpText(bytes)
}
