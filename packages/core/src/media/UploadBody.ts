import * as Data from "effect/Data"

/** What one upload may hold: 256 MiB (decision D4a.6). */
export const maxUploadBytes = 268_435_456

/**
 * The body of an upload did not come whole. Nothing of it is kept.
 *
 * - `too_large`: more than `maxUploadBytes`. `interrupted`: it ended before its announced length.
 * - `stalled`: nothing came for a while.
 */
export class UploadBodyFailed extends Data.TaggedError("UploadBodyFailed")<{
  readonly reason: "too_large" | "interrupted" | "stalled"
  readonly message: string
}> {}
