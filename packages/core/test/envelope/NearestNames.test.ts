import { assert, describe, it } from "@effect/vitest"
import { read } from "@image-skill/core/envelope/Arguments"
import { commandNames, globalFlags, specOf } from "@image-skill/core/envelope/CommandBook"
import { argv } from "@image-skill/core/envelope/CommandLine"
import { groupNames } from "@image-skill/core/envelope/CommandTree"
import { modalityAliases } from "@image-skill/core/envelope/ModalityAliases"
import { nearestFlags } from "@image-skill/core/envelope/NearestFlags"
import { insteadOf, nearestCommands } from "@image-skill/core/envelope/NearestNames"

/** What was typed, the likeliest command, and what is suggested to be run. */
const lines: ReadonlyArray<readonly [typed: string, likeliest: string, suggested: string]> = [
  ["generate a lighthouse", "create", "create --help --json"],
  ["creat --prompt x", "create", "create --help --json"],
  ["draw", "create", "create --help --json"],
  ["credit quote --credits 5", "credits quote", "credits quote --help --json"],
  ["credits qoute", "credits quote", "credits quote --help --json"],
  ["credits balance", "usage quota", "usage quota --help --json"],
  ["credits packs lst", "credits packs list", "credits packs list --help --json"],
  ["assets download image_1", "assets get", "assets get --help --json"],
  ["download", "assets get", "assets get --help --json"],
  ["login", "auth", "auth --help --json"],
  ["logout", "auth logout", "auth logout --help --json"],
  ["buy", "credits buy", "credits buy --help --json"],
  ["balance", "usage quota", "usage quota --help --json"],
  ["jobs stop job_1", "jobs cancel", "jobs cancel --help --json"],
  ["image creat", "image create", "create --help --json"],
  ["WHOAMI", "whoami", "whoami --help --json"],
  ["--json doctor", "doctor", "doctor --json"],
  ["--json credits methods", "credits methods", "credits methods --json"],
  ["--json create --prompt x", "create", "create --help --json"],
  ["--json auth logout", "auth logout", "auth logout --help --json"],
  ["--verbose", "", "help --json"],
  ["frobnicate", "", "help --json"]
]

describe("NearestNames", () => {
  for (const [typed, likeliest, suggested] of lines) {
    it(`\`${typed}\` ${likeliest === "" ? "is like no command" : `may have meant ${likeliest}`}`, () => {
      const tokens = typed.split(" ")
      assert.strictEqual(nearestCommands(tokens)[0] ?? "", likeliest)
      assert.deepStrictEqual(argv(insteadOf(tokens)), suggested.split(" "))
    })
  }

  it("at most three are named, each once, all of them commands, groups or aliases, and each suggestion parses", () => {
    const known = new Set<string>([...commandNames, ...groupNames, ...modalityAliases.map(({ alias }) => alias)])
    for (const word of [
      "generate",
      "image",
      "status",
      "list",
      "show",
      "cre",
      "models lis",
      "x",
      "login",
      "run",
      "-",
      "--"
    ]) {
      const near = nearestCommands(word.split(" "))
      assert.isAtMost(near.length, 3, word)
      assert.strictEqual(new Set(near).size, near.length, word)
      for (const name of near) assert.isTrue(known.has(name), `${word}: ${name}`)
      assert.include(["Command", "Help"], read(argv(insteadOf(word.split(" "))))._tag, word)
    }
  })

  it("whatever is one letter off leads to its command", () => {
    for (const name of commandNames.filter((command) => command.length > 3)) {
      const typed = `${name.slice(0, -1)}x`
      assert.include(nearestCommands(typed.split(" ")), name, typed)
    }
  })

  it("a flag that is off by a letter, or called otherwise elsewhere, is found", () => {
    const { flags } = specOf("create")
    assert.strictEqual(nearestFlags("promt", flags)[0], "prompt")
    assert.include(nearestFlags("size", flags), "aspect-ratio")
    assert.include(nearestFlags("seed", flags), "model-parameters-json")
    assert.include(nearestFlags("budget", flags), "max-usd")
    assert.include(nearestFlags("max-usd-per-image", flags), "max-estimated-usd-per-image")
    assert.deepStrictEqual(nearestFlags("frobnicate", flags), [])
    assert.notInclude(nearestFlags("size", specOf("whoami").flags), "aspect-ratio")
    for (const name of Object.keys(globalFlags)) assert.include(nearestFlags(name, {}), name)
  })
})
