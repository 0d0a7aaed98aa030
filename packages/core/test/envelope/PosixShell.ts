import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Stands where a command line names the program: a shell function that prints its arguments, each behind a NUL. */
export const program = "argv"

/**
 * The arguments that a real shell passes to `program`, line by line, all in one process.
 *
 * A line that is not inert may do what it likes: it runs in a folder of its own, where every glob has something to
 * match, and finds no program to start.
 */
export const argumentsOf = (lines: ReadonlyArray<string>, { prelude = "", shell = "sh" } = {}): Vectors => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-shell-"))
  for (const name of ["a", "b", "ab"]) writeFileSync(join(folder, name), "")
  const script = [`${program}() { printf '%s\\0' "$#" "$@"; }`, prelude, ...lines, ""].join("\n")
  const env = { PATH: folder, HOME: folder, LC_ALL: "C.UTF-8" }
  const { stdout } = spawnSync(shellPath(shell), [], { cwd: folder, env, input: script, encoding: "utf8" })
  rmSync(folder, { recursive: true })
  return vectorsOf(stdout.split("\0"))
}

type Vectors = ReadonlyArray<ReadonlyArray<string>>

/** Whether this machine has the shell. */
export const hasShell = (shell: string): boolean => spawnSync(shellPath(shell), ["-c", "exit 0"]).status === 0

const shellPath = (shell: string): string => `/bin/${shell}`

/** Each vector comes as its length and its members. */
const vectorsOf = (fields: ReadonlyArray<string>): Vectors => {
  const vectors: Array<ReadonlyArray<string>> = []
  for (let index = 0; index < fields.length - 1;) {
    const end = index + 1 + Number(fields[index])
    vectors.push(fields.slice(index + 1, end))
    index = end
  }
  return vectors
}
