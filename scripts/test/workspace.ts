import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))

/** What the checks are made of. A test judges the real ones, byte for byte. */
const checks = [
  ".oxfmtrc.json",
  ".oxlintrc.json",
  "package.json",
  "tsconfig.base.json",
  "scripts/check.mjs",
  "scripts/lint",
  "scripts/tsconfig.json"
]

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Workspace {
  readonly folder: string
  /** Runs a script of this workspace, named from its root, on the Node of the tests. */
  run(script: string, ...args: ReadonlyArray<string>): Ran
  remove(): void
}

/** A workspace of its own in a temporary folder: our checks, the installed packages, and `files` by their path. */
export const makeWorkspace = (files: { readonly [path: string]: string }): Workspace => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-checks-"))
  for (const path of checks) cpSync(join(root, path), join(folder, path), { recursive: true })
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction")
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return {
    folder,
    run: (script, ...args) => {
      const { status, stderr, stdout } = spawnSync(process.execPath, [join(folder, script), ...args], {
        cwd: folder,
        encoding: "utf8"
      })
      return { status, stdout, stderr }
    },
    remove: () => rmSync(folder, { recursive: true, force: true })
  }
}
