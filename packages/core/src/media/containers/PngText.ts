import * as Effect from "effect/Effect"
import { inflate } from "./Inflate.ts"
import type { Part } from "./Parts.ts"
import { latin1, type Source } from "./Source.ts"
import { xmpText } from "./Xmp.ts"

/** A text chunk of a PNG (PNG third edition, 11.3.3). */
export interface PngText {
  readonly chunk: Part
  readonly keyword: string
  /** Null when it was not read: damaged, longer than a mebibyte when unpacked, or beyond what is read of one file. */
  readonly text: string | null
}

export const xmpKeyword = "XML:com.adobe.xmp"

/** With the zero that ends it. */
const keywordBytes = 80
const mostTextBytes = 1_048_576
/** Of all texts of a file, packed and unpacked: unpacking a mebibyte takes some tens of milliseconds. */
const mostBytes = 4_194_304

/** The texts under the wanted keywords; others are not unpacked. Whoever else is served need not wait for all of them. */
export const pngTexts = Effect.fnUntraced(function* <E>(
  source: Source<E>,
  chunks: ReadonlyArray<Part>,
  isWanted: (keyword: string) => boolean
) {
  const texts: Array<PngText> = []
  let left = mostBytes
  for (const chunk of chunks) {
    const { dataEnd, dataStart, type } = chunk
    if (!textTypes.has(type)) continue
    const keyword = keywordOf(yield* source.read(dataStart, Math.min(dataEnd, dataStart + keywordBytes)))
    if (!isWanted(keyword)) continue
    if (dataEnd - dataStart > left) {
      texts.push({ chunk, keyword, text: null })
      continue
    }
    left -= dataEnd - dataStart
    const { bytes, isPacked } = bodyOf(type, yield* source.read(dataStart, dataEnd))
    const most = Math.min(mostTextBytes, left)
    const plain = isPacked ? inflate(bytes, most) : bytes
    if (isPacked) left -= plain?.length ?? most
    texts.push({ chunk, keyword, text: plain === null ? null : xmpText(plain) })
    yield* Effect.yieldNow
  }
  return texts
})

const textTypes: ReadonlySet<string> = new Set(["iTXt", "tEXt", "zTXt"])

const keywordOf = (head: Uint8Array): string => {
  const end = head.indexOf(0)
  return latin1(head, 0, Math.min(keywordBytes - 1, end === -1 ? head.length : end))
}

interface Body {
  readonly bytes: Uint8Array
  readonly isPacked: boolean
}

const bodyOf = (type: string, data: Uint8Array): Body => {
  const end = data.indexOf(0)
  if (type === "tEXt") return { bytes: data.subarray(end + 1), isPacked: false }
  if (type === "zTXt") return { bytes: data.subarray(end + 2), isPacked: true }
  // Two flags stand before the language and the translated keyword, each ended by a zero.
  const language = data.indexOf(0, end + 3)
  const translated = data.indexOf(0, language + 1)
  if (language === -1 || translated === -1) return { bytes: new Uint8Array(0), isPacked: false }
  return { bytes: data.subarray(translated + 1), isPacked: data[end + 1] === 1 }
}
