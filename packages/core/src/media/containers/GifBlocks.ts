import * as Effect from "effect/Effect"
import { mostParts, type Part } from "./Parts.ts"
import { latin1, type Source } from "./Source.ts"

/**
 * The blocks of a GIF89a: `image`, `extension`, or an application's extension by its eleven characters
 * (https://www.w3.org/Graphics/GIF/spec-gif89a.txt). `data` begins with the first sub-block.
 */
export const gifBlocks = Effect.fnUntraced(function* <E>(source: Source<E>) {
  const blocks: Array<Part> = []
  let at = 13 + colorTableBytes((yield* source.read(10, 11))[0] ?? 0)
  while (at < source.length && blocks.length < mostParts) {
    const head = yield* source.read(at, at + 14)
    const found = blockAt(head, at)
    if (found === null) break
    const end = yield* endOfSubBlocks(source, found.dataStart)
    blocks.push({ ...found, start: at, dataEnd: end, end })
    at = end
  }
  return blocks
})

const blockAt = (head: Uint8Array, at: number): { readonly type: string; readonly dataStart: number } | null => {
  if (head[0] === 0x2c) return { type: "image", dataStart: at + 11 + colorTableBytes(head[9] ?? 0) }
  if (head[0] !== 0x21) return null
  return head[1] === 0xff && head[2] === 11
    ? { type: latin1(head, 3, 14), dataStart: at + 14 }
    : { type: "extension", dataStart: at + 2 }
}

const colorTableBytes = (packed: number): number => ((packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 7) + 1))

/** Behind the empty sub-block that ends a chain of them, or the end of the file. */
const endOfSubBlocks = Effect.fnUntraced(function* <E>(source: Source<E>, from: number) {
  let at = from
  while (at < source.length) {
    const bytes = yield* source.read(at, at + 32_768)
    let offset = 0
    while (offset < bytes.length) {
      const size = bytes[offset] ?? 0
      offset += 1 + size
      if (size === 0) return at + offset
    }
    at += offset
  }
  return source.length
})
