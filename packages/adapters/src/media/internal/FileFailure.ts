import { LocalFileFailed } from "@image-skill/core/media/LocalFiles"
import * as Effect from "effect/Effect"

/** Runs what the file system does, with its refusals in our words. */
export const attempt = <A>(path: string, run: () => Promise<A>): Effect.Effect<A, LocalFileFailed> =>
  Effect.tryPromise({ try: run, catch: (error) => toFailure(path, error) })

const reasons: { readonly [code: string]: LocalFileFailed["reason"] } = {
  ENOENT: "missing",
  EEXIST: "exists",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "denied",
  ENOSPC: "full",
  EDQUOT: "full",
  EISDIR: "not_a_file",
  ENOTDIR: "not_a_file",
  // What opening a socket gives.
  ENXIO: "not_a_file",
  ENODEV: "not_a_file"
}

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "")

export const toFailure = (path: string, error: unknown): LocalFileFailed => {
  const message = error instanceof Error ? error.message : "the file system did not do what was asked"
  return new LocalFileFailed({ path, reason: reasons[codeOf(error)] ?? "unknown", message })
}

export const tooLarge = (path: string, maxBytes: number): LocalFileFailed =>
  new LocalFileFailed({ path, reason: "too_large", message: `it has more than ${maxBytes} bytes` })
