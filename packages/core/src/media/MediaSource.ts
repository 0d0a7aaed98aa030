import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

/** Media could not be fetched. */
export class MediaFetchFailed extends Data.TaggedError("MediaFetchFailed")<{
  readonly reason: "not_owned" | "missing" | "unreachable" | "interrupted"
  readonly message: string
}> {}

export interface FetchedMedia {
  readonly contentType: string | null
  /** What the sender announces; null when it does not. */
  readonly contentLength: number | null
  readonly body: Stream.Stream<Uint8Array, MediaFetchFailed>
}

/** The bytes of owned media, wherever the service keeps them. A URL outside its own media origin is refused. */
export class MediaSource extends Context.Service<
  MediaSource,
  { fetch(url: string): Effect.Effect<FetchedMedia, MediaFetchFailed, Scope.Scope> }
>()("core/media/MediaSource") {}
