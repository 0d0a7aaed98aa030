import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** Where nothing waits for a disk, if there is such a place: what these tests prove does not depend on one. */
const base = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()

/** A folder of its own, gone when the scope ends. */
export const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(base, "image-skill-test-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)
