import { assert, describe, it } from "@effect/vitest"
import { read } from "@image-skill/core/envelope/Arguments"
import { commandNames, globalFlags, specOf } from "@image-skill/core/envelope/CommandBook"
import type { FlagSpec } from "@image-skill/core/envelope/CommandSpec"
import { placeholders } from "@image-skill/core/envelope/Placeholders"
import { words } from "@image-skill/core/envelope/ShellWords"
import * as Option from "effect/Option"

/** The commands of contract/cli.md 6.1 and ours, each with what it may do at most. */
const effects: { readonly [name: string]: string } = {
  help: "read",
  schema: "read",
  completions: "read",
  version: "read",
  doctor: "read",
  trust: "read",
  conformance: "write",
  mcp: "write",
  signup: "write",
  "auth status": "read",
  "auth save": "write",
  "auth logout": "write",
  whoami: "read",
  "usage quota": "read",
  quota: "read",
  "credits methods": "read",
  "credits packs list": "read",
  "credits plan": "read",
  "credits quote": "write",
  "credits buy": "write",
  "credits status": "read",
  "credits settle": "spend",
  "credits fake-purchase": "write",
  "models list": "read",
  "models show": "read",
  "capabilities list": "read",
  "capabilities show": "read",
  create: "spend",
  upload: "write",
  edit: "spend",
  "assets list": "read",
  "assets show": "read",
  "assets get": "read",
  "assets lineage": "read",
  "assets delete": "write",
  "jobs list": "read",
  "jobs show": "read",
  "jobs wait": "read",
  "jobs cancel": "write",
  "activity list": "read",
  "activity show": "read",
  "feedback create": "write",
  "claim request": "write",
  "spend-policy show": "read",
  "spend-policy set": "write",
  "admin agents": "read",
  "admin revoke": "write",
  "admin claim": "approve",
  "admin grant": "approve",
  "admin reversals": "write",
  "admin freeze": "write",
  "admin owner-token": "approve",
  "admin policy": "approve",
  "admin approve": "approve",
  serve: "write"
}

/** Who needs a token: contract/cli.md 6.18. */
const auth: { readonly [name: string]: string } = {
  whoami: "required",
  "usage quota": "required",
  quota: "required",
  "credits quote": "required",
  "credits buy": "required",
  "credits status": "required",
  "credits settle": "required",
  "credits fake-purchase": "required",
  create: "optional",
  "auth status": "optional",
  conformance: "optional",
  mcp: "optional",
  upload: "required",
  edit: "required",
  "assets list": "required",
  "assets show": "required",
  "assets get": "required",
  "assets lineage": "required",
  "assets delete": "required",
  "jobs list": "required",
  "jobs show": "required",
  "jobs wait": "required",
  "jobs cancel": "required",
  "activity list": "required",
  "activity show": "required",
  "feedback create": "required",
  "claim request": "required",
  "spend-policy show": "required",
  "spend-policy set": "required"
}

const pictured: ReadonlySet<string> = new Set(["upload", "edit"])

describe("CommandBook", () => {
  it("the commands and their effects are those of the contract", () => {
    assert.deepStrictEqual(Object.fromEntries(commandNames.map((name) => [name, specOf(name).effect])), effects)
  })

  it("a token is required, optional or unused as the contract says", () => {
    for (const name of commandNames) assert.strictEqual(specOf(name).auth, auth[name] ?? "none", name)
  })

  it("every example is its own command and has only flags that the command has", () => {
    for (const name of commandNames) {
      const { examples } = specOf(name)
      assert.isNotEmpty(examples, name)
      for (const example of examples) {
        const reading = read(Option.getOrThrow(words(example)))
        if (name === "help") assert.strictEqual(reading._tag, "Help")
        else assert.deepInclude(reading, { _tag: "Command", name, unknown: [] })
      }
    }
  })

  it("a command's own flags hide none that every command has", () => {
    for (const name of commandNames) {
      // Of an upload and an edit `--input` is the picture, and a request only after an @.
      const own = Object.keys(specOf(name).flags).filter((flag) => flag !== "input" || !pictured.has(name))
      for (const flag of own) assert.notProperty(globalFlags, flag, name)
    }
  })

  it("every flag is explained, and one that takes a value names it", () => {
    for (const name of commandNames) {
      const flags: { readonly [flag: string]: FlagSpec } = { ...globalFlags, ...specOf(name).flags }
      for (const [flag, { about, kind, value }] of Object.entries(flags)) {
        assert.isNotEmpty(about, `${name} --${flag}`)
        assert.strictEqual(value === undefined, kind === "switch", `${name} --${flag}`)
      }
    }
  })

  it("a placeholder stands under the word that is printed", () => {
    for (const [word, { example, name }] of Object.entries(placeholders)) {
      assert.strictEqual(name, word)
      assert.match(word, /^[A-Z]+(?:_[A-Z]+)*$/u)
      assert.isNotEmpty(example)
    }
  })
})
