import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert } from "@effect/vitest"

/** Stands where a command names the program: a shell function that tells which arguments it got. */
export const program = "argv"

/** The token that the shell knows, as an agent's runtime would hand it over. */
export const heldToken = "isk_r_held"

export interface Call {
  readonly args: ReadonlyArray<string>
  /** `IMAGE_SKILL_TOKEN` as the call sees it. */
  readonly token: string
  /** What is on its standard input. */
  readonly stdin: string
}

/**
 * What a real shell makes of these lines, each as if it had been pasted, all in one process. It runs in a folder of its
 * own, where every glob matches something, and with no program to start; a line that wrote a file there was not inert.
 */
export const callsOf = (lines: ReadonlyArray<string>, shell = "sh"): ReadonlyArray<Call> => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-shell-"))
  const files = ["a", "b", "ab"]
  for (const name of files) writeFileSync(join(folder, name), "")
  const script = join(folder, "script")
  // A call reads its standard input only where a pipe was put before it: it would take the lines that follow otherwise.
  const prelude = `${program}() { printf '%s\\0' "$#" "$@" "\${IMAGE_SKILL_TOKEN-}"; if [ -p /dev/stdin ]; then read -r line; printf '%s\\0' "$line"; else printf '\\0'; fi; }`
  writeFileSync(script, [prelude, "exec </dev/null", ...lines, ""].join("\n"))
  const env = { PATH: "", HOME: folder, LC_ALL: "C.UTF-8", IMAGE_SKILL_TOKEN: heldToken }
  const { stderr, stdout } = spawnSync(`/bin/${shell}`, [script], {
    cwd: folder,
    env,
    encoding: "utf8",
    maxBuffer: 2 ** 28
  })
  const left = readdirSync(folder).filter((name) => name !== "script")
  rmSync(folder, { recursive: true })
  assert.deepStrictEqual(left.toSorted(), files.toSorted(), "a printed line did more than call the program")
  assert.strictEqual(stderr, "")
  return calls(stdout.split("\0"))
}

/** Each call comes as the number of its arguments, the arguments, the token, and a line of standard input. */
const calls = (fields: ReadonlyArray<string>): ReadonlyArray<Call> => {
  const found: Array<Call> = []
  for (let index = 0; index < fields.length - 1;) {
    const end = index + 1 + Number(fields[index])
    found.push({ args: fields.slice(index + 1, end), token: fields[end] ?? "", stdin: fields[end + 1] ?? "" })
    index = end + 2
  }
  return found
}

export const hasShell = (shell: string): boolean => existsSync(`/bin/${shell}`)
