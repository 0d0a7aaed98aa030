import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as DateTime from "effect/DateTime"
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

/** Some of the names that are stored, and where the next ones begin; null at the end. */
export interface ListedArtifacts {
  readonly names: ReadonlyArray<string>
  readonly next: string | null
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
    /**
     * Frees the bytes, unless somebody put them, or put them once more, after `before`: also while this runs, and in
     * another process. False when they stay.
     */
    removeOlder(sha256: string, before: DateTime.DateTime): Effect.Effect<boolean, ArtifactStoreFailed>
    /**
     * About `limit` names in their order, from `next` of the page before, or from any hexadecimal digits, on. Nothing
     * where bytes may belong to somebody whom this service does not know.
     */
    list(from: string | null, limit: number): Effect.Effect<ListedArtifacts, ArtifactStoreFailed>
    /** Where a local program may read it, for the `file:` URLs of the embedded service; null where there is no such place. */
    readonly locate: (sha256: string) => string | null
    /** Whether it can take bytes now, asked before a provider is called. */
    readonly check: Effect.Effect<void, ArtifactStoreFailed>
  }
>()("core/media/ArtifactStore") {}
