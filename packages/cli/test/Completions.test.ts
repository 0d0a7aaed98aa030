import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { commandNames, globalFlags, specOf } from "@image-skill/core/envelope/CommandBook"
import { wordsAfter } from "@image-skill/core/envelope/CommandTree"
import { bashScript } from "../src/commands/completions/bash.ts"
import { fishScript } from "../src/commands/completions/fish.ts"
import { zshScript } from "../src/commands/completions/zsh.ts"
import { folder } from "./Cli.ts"

/** A line up to the cursor, and everything that may stand there. */
type Line = readonly [typed: string, offered: ReadonlyArray<string>]

const lines: ReadonlyArray<Line> = [
  ["image-skill cre", ["create", "credits"]],
  ["image-skill ", wordsAfter("")],
  ["image-skill credits ", wordsAfter("credits")],
  ["image-skill credits packs ", ["list"]],
  ["image-skill create --max", ["--max-estimated-usd-per-image", "--max-usd"]],
  ["image-skill create --prompt x --acc", ["--accept-unknown-cost"]],
  ["image-skill create --visibility ", ["public", "private"]],
  ["image-skill jobs list --status f", ["failed"]],
  ["image-skill credits buy --provider stripe_", ["stripe_x402"]],
  ["image-skill whoami --tok", ["--token", "--token-stdin"]],
  ["image-skill create --prompt ", []],
  ["image-skill completions ", ["bash", "zsh", "fish"]],
  ["image-skill schema cr", ["create", "credits"]],
  ["image-skill help jo", ["jobs"]],
  ["image-skill upload pho", ["photo.jpg"]],
  ["image-skill assets get --output pho", ["photo.jpg"]],
  ["image-skill nonsense ", []]
]

const has = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0

/** A folder with one picture in it, and the script beside. */
const prepared = (script: string): { readonly cwd: string; readonly file: string } => {
  const root = folder()
  const cwd = join(root, "work")
  mkdirSync(cwd)
  writeFileSync(join(cwd, "photo.jpg"), "")
  const file = join(root, "script")
  writeFileSync(file, script)
  return { cwd, file }
}

const sorted = (words: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(words)].toSorted()

describe("completions", () => {
  // Skipped where there is no bash; it runs wherever one is installed.
  it.skipIf(!has("bash"))("bash offers exactly what may be typed next", () => {
    const { cwd, file } = prepared(bashScript())
    const asked = lines
      .map(
        ([typed]) =>
          `COMP_WORDS=(${words(typed)}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); COMPREPLY=(); _image_skill; echo "\${COMPREPLY[*]}"`
      )
      .join("\n")
    const output = execFileSync(
      "bash",
      ["--norc", "-c", `source ${file}\ncomplete -p image-skill >&2 || exit 1\n${asked}`],
      {
        cwd,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"]
      }
    )
    const offered = output.split("\n")
    for (const [index, [typed, expected]] of lines.entries()) {
      assert.deepStrictEqual(sorted((offered[index] ?? "").split(" ").filter(isWord)), sorted(expected), typed)
    }
  })

  // Skipped where there is no bash; it runs wherever one is installed.
  it.skipIf(!has("bash"))("bash offers every flag of every command, also where an equals sign breaks words", () => {
    const { cwd, file } = prepared(bashScript())
    const asked = commandNames.map(
      (name) =>
        `COMP_WORDS=(image-skill ${name} --); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); COMPREPLY=(); _image_skill; echo "\${COMPREPLY[*]}"`
    )
    const broken = `COMP_WORDS=(image-skill create --visibility = p); COMP_CWORD=4; COMPREPLY=(); _image_skill; echo "\${COMPREPLY[*]}"`
    const output = execFileSync("bash", ["--norc", "-c", [`source ${file}`, ...asked, broken].join("\n")], {
      cwd,
      encoding: "utf8"
    })
    const offered = output.split("\n")
    for (const [index, name] of commandNames.entries()) {
      const flags = Object.keys({ ...specOf(name).flags, ...globalFlags }).map((flag) => `--${flag}`)
      assert.deepStrictEqual(sorted((offered[index] ?? "").split(" ")), sorted(flags), name)
    }
    assert.strictEqual(offered[commandNames.length], "public private")
  })

  // Skipped where there is no fish; it runs wherever one is installed.
  it.skipIf(!has("fish"))("fish offers exactly what may be typed next", () => {
    const { cwd, file } = prepared(fishScript())
    const asked = lines.map(([typed]) => `echo (complete -C'${typed}' | string split -f1 \\t | string join ' ')`)
    const output = execFileSync("fish", ["--no-config", "-c", [`source ${file}`, ...asked].join("\n")], {
      cwd,
      encoding: "utf8"
    })
    const offered = output.split("\n")
    for (const [index, [typed, expected]] of lines.entries()) {
      assert.deepStrictEqual(sorted((offered[index] ?? "").split(" ").filter(isWord)), sorted(expected), typed)
    }
  })

  // Skipped where there is no zsh; it runs wherever one is installed.
  it.skipIf(!has("zsh"))("zsh reads its script", () => {
    const { cwd, file } = prepared(zshScript())
    execFileSync("zsh", ["-f", "-n", file], { cwd })
  })

  it("no script holds anything that a shell would run", () => {
    for (const script of [bashScript(), zshScript(), fishScript()]) {
      assert.notMatch(script, /`|\$\(rm|;\s*rm /u)
      assert.isAtMost(Buffer.byteLength(script), 64_000)
    }
  })
})

const isWord = (word: string): boolean => word !== ""

/** As an array of bash; a line that ends in a space goes on with an empty word. */
const words = (typed: string): string =>
  typed
    .split(" ")
    .map((word) => `'${word}'`)
    .join(" ")
