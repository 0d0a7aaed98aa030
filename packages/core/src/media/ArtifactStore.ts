import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"

/** Bytes could not be stored or read. */
export class ArtifactStoreFailed extends Data.TaggedError("ArtifactStoreFailed")<{
  readonly reason: "full" | "denied" | "missing" | "damaged" | "too_large" | "unreachable" | "unknown"
  readonly message: string
}> {}

export interface StoredArtifact {
  /** 64 lower-case hex digits; also its name. */
  readonly sha256: string
  readonly bytes: number
}

/** Both ends inclusive. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Where media bytes live, by content. Storing the same bytes twice keeps one copy. */
export class ArtifactStore extends Context.Service<
  ArtifactStore,
  {
    /** On return the bytes survive a crash. */
    put(bytes: Uint8Array): Effect.Effect<StoredArtifact, ArtifactStoreFailed>
    /**
     * The same for bytes that do not fit into memory. When the stream fails, or is longer than `maxBytes`
     * (`too_large`), nothing is kept.
     */
    putStream<E>(
      body: Stream.Stream<Uint8Array, E>,
      maxBytes: number
    ): Effect.Effect<StoredArtifact, ArtifactStoreFailed | E>
    /** The bytes, or a part of them. Fails with `missing` when there are none. */
    get(sha256: string, range?: ByteRange): Effect.Effect<Uint8Array, ArtifactStoreFailed>
    /** The same in chunks, at bounded memory. */
    stream(sha256: string, range?: ByteRange): Stream.Stream<Uint8Array, ArtifactStoreFailed>
    /** Frees the bytes. Also when there are none. Whoever asks knows that nothing else needs them. */
    remove(sha256: string): Effect.Effect<void, ArtifactStoreFailed>
    /** Where a local program may read it, for the `file:` URLs of the embedded service; null where there is no such place. */
    readonly locate: (sha256: string) => string | null
    /** Whether it can take bytes now, asked before a provider is called. */
    readonly check: Effect.Effect<void, ArtifactStoreFailed>
  }
>()("core/media/ArtifactStore") {}
