import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Size } from "../models/Model.ts"

/** Stored media, named by content. */
export interface StoredMedia {
  readonly sha256: string
  readonly bytes: number
  readonly mimeType: string
}

/**
 * What was measured in the bytes themselves. Null means that it was not, or could not be, measured; it never means no.
 */
export interface Evidence {
  readonly mimeType: string
  readonly size: Size | null
  /** Pictures of an animation or a film; 1 for a still picture. */
  readonly frames: number | null
  readonly durationSeconds: number | null
  /** Whether any pixel lets something through. */
  readonly transparent: boolean | null
  /** Up to five, the most frequent first, `#rrggbb`. */
  readonly dominantColors: ReadonlyArray<string>
  /** One colour all over, or nearly. */
  readonly blank: boolean | null
  readonly silent: boolean | null
  /** 64 bits of a difference hash, 16 hex digits: few differing bits mean pictures that look alike. */
  readonly lookHash: string | null
  /** Claims about the origin that are embedded in the file, e.g. `c2pa`. They are reported, not verified. */
  readonly contentCredentials: ReadonlyArray<string>
  /** Triangles of a mesh. */
  readonly triangles: number | null
}

/** `unreadable`: damaged or not what it seems. `too_large`: more pixels than are safe. `unsupported`: this machine lacks what it takes. */
export class InspectionFailed extends Data.TaggedError("InspectionFailed")<{
  readonly reason: "unreadable" | "too_large" | "unsupported" | "timeout" | "crashed" | "storage"
  readonly message: string
}> {}

export interface Thumbnail {
  readonly bytes: Uint8Array
  readonly mimeType: "image/webp"
  readonly size: Size
}

/** Looks at media beside the event loop. Hostile bytes cost bounded time and memory. */
export class MediaInspector extends Context.Service<
  MediaInspector,
  {
    inspect(media: StoredMedia): Effect.Effect<Evidence, InspectionFailed>
    /** At most `maxEdge` (16 to 1,024) pixels on the longer side; pictures only. */
    thumbnail(media: StoredMedia, maxEdge: number): Effect.Effect<Thumbnail, InspectionFailed>
    /**
     * The share, 0 to 1, of the pixels outside the mask that an edit changed visibly. All three must have the same
     * size. What the mask lets through (transparent, or white where it has no transparency) may change.
     */
    changedOutside(media: {
      readonly input: StoredMedia
      readonly mask: StoredMedia
      readonly output: StoredMedia
    }): Effect.Effect<number, InspectionFailed>
  }
>()("core/media/MediaInspector") {}
