// What an agent spends on a story besides credits: the commands that it runs, and the bytes that it has to read.
// By itself: node bench/main.mjs agent
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { note } from "./row.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))

/**
 * The stories of the tests, each proved to end well and to pay once while it is measured.
 *
 * @returns {ReadonlyArray<import("./row.mjs").Row>}
 */
export const run = () => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-stories-"))
  try {
    const figures = join(folder, "figures.json")
    const vitest = join(root, "node_modules", "vitest", "vitest.mjs")
    const { status, stdout } = spawnSync(
      process.execPath,
      [vitest, "run", "--project", "cli", "test/Stories.test.ts"],
      { cwd: root, env: { ...process.env, IMAGE_SKILL_STORY_FIGURES: figures }, encoding: "utf8" }
    )
    if (status !== 0) throw new Error(`a story did not end well:\n${stdout}`)
    /** @type {ReadonlyArray<{ readonly story: string, readonly commands: number, readonly bytes: number }>} */
    const costs = JSON.parse(readFileSync(figures, "utf8"))
    const [first] = costs
    if (first === undefined) throw new Error("no story was told")
    return costs.flatMap(({ bytes, commands, story }) => [
      note(`${story}: commands beside the first image`, commands, first.commands, ""),
      note(`${story}: read beside the first image`, bytes / 1_000, first.bytes / 1_000, "kB")
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
