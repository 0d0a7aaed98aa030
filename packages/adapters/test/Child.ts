import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import { fileURLToPath } from "node:url"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** A child that ended before it said what it was waited for. */
export class ChildEnded extends Data.TaggedError("ChildEnded")<{ readonly message: string }> {}

export interface Child {
  /** The next line that it prints, read as JSON. */
  readonly next: Effect.Effect<unknown, ChildEnded>
  readonly say: (line: string) => Effect.Effect<void>
  readonly kill: Effect.Effect<void>
  /** Its exit code once it has ended; null when it was killed. */
  readonly ended: Effect.Effect<number | null>
}

/** Runs a program of this folder, which reads the sources like the tests do, in a process of its own. */
export const start = (program: string, words: ReadonlyArray<string> = []): Effect.Effect<Child, never, Scope.Scope> =>
  open(process.execPath, [...nodeWords(program), ...words])

/** Whether this machine lets us mount disks of our own to fill up and to write-protect (decision D7). */
export const canMount = spawnSync("unshare", ["-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0

if (!canMount) process.stderr.write("Full and read-only disks are not tried: unshare -Urm is refused here.\n")

/**
 * The same on a disk of `size` that only the child sees, mounted over the folder that it gets as its first word. Its
 * program may mount it again, read-only.
 */
export const startOnDisk = (size: string, folder: string, program: string): Effect.Effect<Child, never, Scope.Scope> =>
  open("unshare", [
    "-Urm",
    "sh",
    "-c",
    'mount -t tmpfs -o "size=$1" tmpfs "$2" && shift 2 && exec "$@"',
    "sh",
    size,
    folder,
    process.execPath,
    ...nodeWords(program),
    folder
  ])

const nodeWords = (program: string): ReadonlyArray<string> => [
  "--conditions=@image-skill/source",
  fileURLToPath(new URL(program, import.meta.url))
]

const open = (command: string, words: ReadonlyArray<string>): Effect.Effect<Child, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => spawn(command, words, { stdio: ["pipe", "pipe", "pipe"] })),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    ),
    toChild
  )

const toChild = (child: ChildProcessByStdio<Writable, Readable, Readable>): Child => {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let complaint = ""
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString("utf8")
  })
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
  return {
    next: Effect.flatMap(
      Effect.promise(() => lines.next()),
      (line): Effect.Effect<unknown, ChildEnded> =>
        line.done === true
          ? Effect.flatMap(
              Effect.promise(() => ended),
              (code) => Effect.fail(new ChildEnded({ message: `it ended with ${code}: ${complaint}` }))
            )
          : Effect.sync((): unknown => JSON.parse(line.value))
    ),
    say: (line) => Effect.sync(() => void child.stdin.write(`${line}\n`)),
    kill: Effect.asVoid(
      Effect.promise(() => {
        child.kill("SIGKILL")
        return ended
      })
    ),
    ended: Effect.promise(() => ended)
  }
}
