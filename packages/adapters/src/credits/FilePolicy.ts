import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type FilePolicy, readPolicy } from "@image-skill/core/credits/SpendPolicy"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { hasModes } from "./internal/CurrentProcess.ts"

/** The owner's own caps, beside the database. */
export const fileName = "spend-policy.json"

const maxBytes = 65_536

/**
 * Reads the owner's file anew each time. Where there is none, it says nothing; one that cannot be read, that others may
 * write to, or that is no policy stops all spending. A symbolic link is not followed.
 */
export const inFolder = (folder: string): Effect.Effect<FilePolicy> =>
  Effect.acquireUseRelease(open(join(folder, fileName)), readWhole, (descriptor) =>
    Effect.ignore(Effect.try(() => closeSync(descriptor)))
  ).pipe(
    Effect.map((text) =>
      Result.match(readPolicy(text), {
        onSuccess: (policy): FilePolicy => ({ _tag: "Read", policy }),
        onFailure: broken
      })
    ),
    Effect.catch((problem) => Effect.succeed<FilePolicy>(problem === missing ? { _tag: "Absent" } : broken(problem)))
  )

const missing = "ENOENT"

const broken = (problem: string): FilePolicy => ({ _tag: "Broken", problem })

/** A pipe is not waited for. */
const open = (path: string): Effect.Effect<number, string> =>
  Effect.try({
    try: () => openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
    catch: codeOf
  })

const readWhole = Effect.fnUntraced(function* (descriptor: number) {
  const found = yield* Effect.try({ try: () => fstatSync(descriptor), catch: codeOf })
  if (!found.isFile()) return yield* Effect.fail("it is no file")
  if (hasModes && (found.mode & 0o022) !== 0) return yield* Effect.fail("others may write to it; chmod 600 it")
  if (found.size > maxBytes) return yield* Effect.fail("it is too large")
  return yield* Effect.try({ try: () => readFileSync(descriptor, "utf8"), catch: codeOf })
})

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "it cannot be read"
