import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

/** A file of the caller could not be read or written. `reason` is what a program may act on. */
export class LocalFileFailed extends Data.TaggedError("LocalFileFailed")<{
  readonly path: string
  readonly reason: "missing" | "exists" | "denied" | "full" | "not_a_file" | "too_large" | "not_text" | "unknown"
  /** The system's own words, without anything of the content. */
  readonly message: string
}> {}

/** A file that appears under its name only when it is whole. */
export interface PendingFile {
  readonly write: (chunk: Uint8Array) => Effect.Effect<void, LocalFileFailed>
  /** SHA-256 of what was written so far, 64 lower-case hex digits, and how many bytes that is. */
  readonly digest: Effect.Effect<{ readonly sha256: string; readonly bytes: number }>
  /** Puts the file in its place, all at once. Fails with `exists` when overwriting was not asked for. */
  readonly commit: Effect.Effect<void, LocalFileFailed>
}

/** A file that was opened for reading. It is read as long as it was then; one that changes meanwhile fails. */
export interface OpenedFile {
  readonly bytes: number
  /** As many of the first bytes as there are, at most `count`. */
  readonly head: (count: number) => Effect.Effect<Uint8Array, LocalFileFailed>
  /** In chunks, at bounded memory. Running it again reads it again. */
  readonly body: Stream.Stream<Uint8Array, LocalFileFailed>
}

/** The caller's own files: prompts and media that are read, media that are saved. */
export class LocalFiles extends Context.Service<
  LocalFiles,
  {
    /** UTF-8 text of at most `maxBytes`; `-` is standard input. */
    readText(path: string, maxBytes: number): Effect.Effect<string, LocalFileFailed>
    /**
     * A whole file of at most `maxBytes`, judged by its length before any of it is read; `-` is standard input.
     * Folders, pipes and devices are refused.
     */
    readBytes(path: string, maxBytes: number): Effect.Effect<Uint8Array, LocalFileFailed>
    /** The same for files that do not fit into memory, without standard input. */
    open(path: string, maxBytes: number): Effect.Effect<OpenedFile, LocalFileFailed, Scope.Scope>
    exists(path: string): Effect.Effect<boolean>
    /**
     * Opens a temporary file beside `path`, making missing parent folders. Unless it is committed, nothing is left
     * behind when the scope ends.
     */
    create(path: string, overwrite: boolean): Effect.Effect<PendingFile, LocalFileFailed, Scope.Scope>
  }
>()("core/media/LocalFiles") {}
