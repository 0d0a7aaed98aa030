import { ArtifactStore, type ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import { containerFacts } from "@image-skill/core/media/containers/ContainerFacts"
import { sourceOf } from "@image-skill/core/media/containers/Source"
import {
  type Evidence,
  InspectionFailed,
  MediaInspector,
  type StoredMedia
} from "@image-skill/core/media/MediaInspector"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** What is to be found in one file instead of what is there. */
export interface Scripted {
  /** Laid over the facts of the file. */
  readonly evidence?: Partial<Evidence>
  /** Every look at it fails with this. */
  readonly fails?: InspectionFailed
  /** The answer for an output of an edit. */
  readonly changedOutside?: number
}

/** By SHA-256. May grow while the inspector is in use. */
export type Script = ReadonlyMap<string, Scripted>

/**
 * Reads headers and tables of the real bytes and decodes no pixel: those facts are null unless a script states them. A
 * thumbnail is a real WebP of the right size in one flat colour. Comparisons are `unsupported` unless scripted.
 */
export const layer = (script: Script = new Map()): Layer.Layer<MediaInspector, never, ArtifactStore> =>
  Layer.effect(
    MediaInspector,
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore

      const inspect = Effect.fnUntraced(function* ({ bytes, sha256 }: StoredMedia) {
        const { evidence, fails } = script.get(sha256) ?? {}
        if (fails !== undefined) return yield* fails
        const readAt = (start: number, end: number) => artifacts.get(sha256, { start, end: end - 1 })
        const facts = yield* Effect.mapError(containerFacts(sourceOf(readAt, bytes)), notStored)
        return facts === null
          ? yield* failed("unreadable", "its first bytes are of no known type")
          : { ...facts, ...evidence }
      })

      const thumbnail = Effect.fnUntraced(function* (media: StoredMedia, maxEdge: number) {
        const { mimeType, size } = yield* inspect(media)
        if (!mimeType.startsWith("image/")) return yield* failed("unsupported", "only pictures have thumbnails")
        if (size === null) return yield* failed("unreadable", "it does not say how large it is")
        const scale = Math.min(1, maxEdge / Math.max(size.width, size.height))
        const small = {
          width: Math.max(1, Math.round(size.width * scale)),
          height: Math.max(1, Math.round(size.height * scale))
        }
        const color = Number.parseInt(media.sha256.slice(0, 6), 16)
        return { bytes: flatWebp(small.width, small.height, color), mimeType: "image/webp" as const, size: small }
      })

      return MediaInspector.of({
        inspect,
        thumbnail,
        changedOutside: ({ output }) => {
          const { changedOutside, fails } = script.get(output.sha256) ?? {}
          if (fails !== undefined) return Effect.fail(fails)
          return changedOutside === undefined
            ? failed("unsupported", "no pixels are compared here")
            : Effect.succeed(changedOutside)
        }
      })
    })
  )

const failed = (reason: InspectionFailed["reason"], message: string) =>
  Effect.fail(new InspectionFailed({ reason, message }))

const notStored = ({ message }: ArtifactStoreFailed) => new InspectionFailed({ reason: "storage", message })

/**
 * A lossless WebP of one colour, `0xrrggbb` (RFC 9649, 3.4 to 3.7): where a prefix code has one symbol only, a pixel takes
 * no bit at all.
 */
const flatWebp = (width: number, height: number, color: number): Uint8Array => {
  const bits: Array<number> = []
  const write = (value: number, count: number): void => {
    for (let bit = 0; bit < count; bit += 1) bits.push((value >>> bit) & 1)
  }
  write(0x2f, 8)
  write(width - 1, 14)
  write(height - 1, 14)
  // No transparency, version 0, no transform, no colour cache, one set of prefix codes.
  write(0, 1 + 3 + 1 + 1 + 1)
  // Green, red, blue, alpha: a simple code of one symbol of eight bits.
  for (const symbol of [(color >>> 8) & 255, color >>> 16, color & 255, 255]) {
    write(0b101, 3)
    write(symbol, 8)
  }
  // Distances: a simple code whose one symbol is zero.
  write(0b0001, 4)
  const data = Buffer.alloc(Math.ceil(bits.length / 16) * 2)
  for (const [index, bit] of bits.entries()) data[index >> 3] = (data[index >> 3] ?? 0) | (bit << (index & 7))
  const head = Buffer.alloc(20)
  head.write("RIFF", 0, "latin1")
  head.writeUInt32LE(12 + data.length, 4)
  head.write("WEBPVP8L", 8, "latin1")
  head.writeUInt32LE(data.length, 16)
  return new Uint8Array(Buffer.concat([head, data]))
}
