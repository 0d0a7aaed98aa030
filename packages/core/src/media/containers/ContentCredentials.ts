import * as Effect from "effect/Effect"
import { gifBlocks } from "./GifBlocks.ts"
import { isoItems } from "./IsoItems.ts"
import { jpegSegments, type Part, pngChunks, riffChunks, topBoxes } from "./Parts.ts"
import { pngTexts, xmpKeyword } from "./PngText.ts"
import { hasText, latin1, type Source } from "./Source.ts"
import { namesSource, xmpText } from "./Xmp.ts"

/** More text than this is not looked through. */
const mostTextBytes = 1_048_576

/**
 * Claims about the origin that a file carries: `c2pa` for a manifest store (C2PA 2.2, A.3), `iptc` for a Digital Source
 * Type in its XMP. That they are there is all that is said.
 */
export const contentCredentials = <E>(source: Source<E>, mimeType: string): Effect.Effect<ReadonlyArray<string>, E> => {
  const find = finders[mimeType]
  return find === undefined ? Effect.succeed([]) : Effect.map(find(source), claimed)
}

interface Claims {
  readonly c2pa: boolean
  readonly xmp: ReadonlyArray<string>
}

const claimed = ({ c2pa, xmp }: Claims): ReadonlyArray<string> => [
  ...(c2pa ? ["c2pa"] : []),
  ...(xmp.some(namesSource) ? ["iptc"] : [])
]

const none: Claims = { c2pa: false, xmp: [] }

const textOf = <E>(source: Source<E>, start: number, end: number): Effect.Effect<string, E> =>
  Effect.map(source.read(start, Math.min(end, start + mostTextBytes)), xmpText)

const textsOf = <E>(source: Source<E>, parts: ReadonlyArray<Pick<Part, "dataStart" | "dataEnd">>) =>
  Effect.forEach(parts.slice(0, 16), ({ dataEnd, dataStart }) => textOf(source, dataStart, dataEnd))

const png = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const chunks = yield* pngChunks(source)
  const texts = yield* pngTexts(
    source,
    chunks.filter(({ type }) => type !== "tEXt"),
    (keyword) => keyword === xmpKeyword
  )
  return {
    c2pa: chunks.some(({ type }) => type === "caBX"),
    xmp: texts.flatMap(({ text }) => (text === null ? [] : [text]))
  }
})

const jpeg = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const segments = yield* jpegSegments(source)
  let c2pa = false
  for (const { dataStart, type } of segments) {
    // JUMBF (ISO/IEC 19566-5, annex D): an identifier, two numbers, then the box and its description.
    if (type === "eb") c2pa ||= isManifest(yield* source.read(dataStart, dataStart + 64))
  }
  const texts = yield* textsOf(
    source,
    segments.filter(({ type }) => type === "e1")
  )
  return { c2pa, xmp: texts.filter((text) => text.startsWith("http://ns.adobe.com/x")) }
})

const isManifest = (segment: Uint8Array): boolean => {
  const text = latin1(segment)
  return text.startsWith("JP") && text.includes("jumb") && text.includes("c2pa")
}

const webp = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const chunks = yield* riffChunks(source)
  const xmp = yield* textsOf(
    source,
    chunks.filter(({ type }) => type === "XMP ")
  )
  return { c2pa: chunks.some(({ type }) => type === "C2PA"), xmp }
})

const wav = <E>(source: Source<E>): Effect.Effect<Claims, E> =>
  Effect.map(riffChunks(source), (chunks) => ({ ...none, c2pa: chunks.some(({ type }) => type === "C2PA") }))

const gif = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const blocks = yield* gifBlocks(source)
  const xmp = yield* textsOf(
    source,
    blocks.filter(({ type }) => type === "XMP DataXMP")
  )
  return { c2pa: blocks.some(({ type }) => type.startsWith("C2PA_GIF")), xmp }
})

const c2paBox = "\u00d8\u00fe\u00c3\u00d6\u001b\u000e\u0048\u003c\u0092\u0097\u0058\u0028\u0087\u007e\u00c4\u0081"
const xmpBox = "\u00be\u007a\u00cf\u00cb\u0097\u00a9\u0042\u00e8\u009c\u0071\u0099\u0094\u0091\u00e3\u00af\u00ac"

/** Extended boxes are told apart by sixteen bytes. */
const film = Effect.fnUntraced(function* <E>(source: Source<E>) {
  let c2pa = false
  const xmp: Array<string> = []
  for (const { dataEnd, dataStart } of (yield* topBoxes(source)).filter(({ type }) => type === "uuid").slice(0, 64)) {
    const id = yield* source.read(dataStart, dataStart + 16)
    if (hasText(id, 0, c2paBox)) c2pa = true
    if (hasText(id, 0, xmpBox)) xmp.push(yield* textOf(source, dataStart + 16, dataEnd))
  }
  return { c2pa, xmp } satisfies Claims
})

const avif = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const { c2pa, xmp } = yield* film(source)
  const items = (yield* isoItems(source)).filter(({ contentType }) => contentType === "application/rdf+xml")
  const texts = yield* Effect.forEach(items.flatMap(({ extents }) => extents).slice(0, 16), ({ end, start }) =>
    textOf(source, start, end)
  )
  return { c2pa, xmp: [...xmp, ...texts] }
})

const finders: { readonly [mimeType: string]: <E>(source: Source<E>) => Effect.Effect<Claims, E> } = {
  "image/png": png,
  "image/jpeg": jpeg,
  "image/webp": webp,
  "image/gif": gif,
  "image/avif": avif,
  "video/mp4": film,
  "audio/wav": wav
}
