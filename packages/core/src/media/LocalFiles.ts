import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

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

/** The caller's own files: prompts that are read, media that are saved. */
export class LocalFiles extends Context.Service<
  LocalFiles,
  {
    /** UTF-8 text of at most `maxBytes`; `-` is standard input. */
    readText(path: string, maxBytes: number): Effect.Effect<string, LocalFileFailed>
    exists(path: string): Effect.Effect<boolean>
    /**
     * Opens a temporary file beside `path`, making missing parent folders. Unless it is committed, nothing is left
     * behind when the scope ends.
     */
    create(path: string, overwrite: boolean): Effect.Effect<PendingFile, LocalFileFailed, Scope.Scope>
  }
>()("core/media/LocalFiles") {}
