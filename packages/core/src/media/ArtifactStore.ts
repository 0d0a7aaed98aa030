import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/** Bytes could not be stored or read. */
export class ArtifactStoreFailed extends Data.TaggedError("ArtifactStoreFailed")<{
  readonly reason: "full" | "denied" | "missing" | "damaged" | "unknown"
  readonly message: string
}> {}

export interface StoredArtifact {
  /** 64 lower-case hex digits; also its name. */
  readonly sha256: string
  readonly bytes: number
}

/** Where media bytes live, by content. Storing the same bytes twice keeps one copy. */
export class ArtifactStore extends Context.Service<
  ArtifactStore,
  {
    /** On return the bytes survive a crash. */
    put(bytes: Uint8Array): Effect.Effect<StoredArtifact, ArtifactStoreFailed>
    /** The bytes, or a part of them; `end` is inclusive. Fails with `missing` when there are none. */
    get(
      sha256: string,
      range?: { readonly start: number; readonly end: number }
    ): Effect.Effect<Uint8Array, ArtifactStoreFailed>
    /** Where a local program may read it, for the `file:` URLs of the embedded service; null where there is no such place. */
    readonly locate: (sha256: string) => string | null
    /** Whether it can take bytes now, asked before a provider is called. */
    readonly check: Effect.Effect<void, ArtifactStoreFailed>
  }
>()("core/media/ArtifactStore") {}
