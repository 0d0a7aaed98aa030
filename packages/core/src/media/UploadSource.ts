import * as Result from "effect/Result"
import { measure } from "./Measure.ts"

/** How much of a picture is sent, and how. In bytes. */
export const uploadLimits = {
  /** Up to here a picture travels in the JSON of a request; a longer one as the body itself. */
  json: 15_000_000,
  /** What is held in memory at most: from a pipe, or from somebody else's URL. */
  memory: 25_000_000,
  /** What a service takes as a body. */
  stream: 256 * 1024 * 1024,
  /** How many first bytes tell what a file is. */
  head: 64 * 1024
} as const

/** Where the bytes of an upload come from. */
export type SourceKind = "stdin" | "local" | "remote"

/** Standard input, a URL, or else a path (contract/cli.md 8.1). */
export const sourceKindOf = (source: string): SourceKind => {
  if (source === "-") return "stdin"
  return /^https?:\/\//iu.test(source) ? "remote" : "local"
}

const byExtension: { readonly [extension: string]: string } = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  avif: "image/avif"
}

const uploadable: ReadonlySet<string> = new Set(Object.values(byExtension))

/** The type that a name claims; null when it claims none. */
export const typeOfName = (name: string): string | null => {
  const extension = /\.([a-z]+)$/iu.exec(name)?.[1]?.toLowerCase() ?? ""
  return Object.hasOwn(byExtension, extension) ? (byExtension[extension] ?? null) : null
}

/** What is known of the bytes without having looked at them. */
export interface Claimed {
  readonly filename: string
  /** What a server said; null for what no server sent. */
  readonly contentType: string | null
}

export interface JudgedType {
  readonly mimeType: string
  /** A claim that the bytes contradict, told and not followed. */
  readonly warning: string | null
}

/**
 * The type of a picture by its first bytes, which win over what a server or a name says. A failure is the rest of a
 * sentence about the file. Only AVIF is believed without proof, because its container has brands that tell nothing.
 */
export const judgeType = (head: Uint8Array, { contentType, filename }: Claimed): Result.Result<JudgedType, string> => {
  const detected = measure(head)?.mimeType ?? null
  const claimed = contentType !== null && uploadable.has(contentType) ? contentType : typeOfName(filename)
  if (detected === null) {
    return claimed === "image/avif"
      ? Result.succeed({ mimeType: claimed, warning: null })
      : Result.fail(`is no picture that is known here; ${known}`)
  }
  if (!uploadable.has(detected)) return Result.fail(`is ${detected}; ${known}`)
  const contradicted = [contentType, typeOfName(filename)].find((claim) => claim !== null && claim !== detected)
  return Result.succeed({
    mimeType: detected,
    warning:
      contradicted === undefined
        ? null
        : `it is said to be ${named(contradicted)}, but its bytes are ${detected}, so it was sent as that`
  })
}

const known = "PNG, JPEG, WebP, GIF and AVIF can be uploaded"

/** A server may say anything. */
const named = (type: string | null): string => (type ?? "").replaceAll(/[^\w.+/-]/gu, "?").slice(0, 40)

/** A file name as an upload may carry it: without a path, and nothing that could be one (contract/api.md 8.4). */
export const uploadName = (path: string, otherwise: string): string => {
  const name = (path.split(/[/\\]/u).at(-1) ?? "")
    .slice(-220)
    .replaceAll(/[\p{Cc}\p{Surrogate}]/gu, "_")
    .replaceAll(/\.{2,}/gu, ".")
  return /^\.?$/u.test(name) ? otherwise : name
}
