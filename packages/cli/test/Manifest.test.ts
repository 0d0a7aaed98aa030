import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { read } from "@image-skill/core/envelope/Arguments"
import { commandNames, specOf } from "@image-skill/core/envelope/CommandBook"
import { commandManifest, manifestText } from "@image-skill/core/service/CommandManifest"

const file = fileURLToPath(new URL("../commands.json", import.meta.url))

describe("the command manifest", () => {
  it("in the package is what the command book says (npm run documents writes it)", () => {
    assert.strictEqual(readFileSync(file, "utf8"), manifestText())
  })

  it("has every command that is advertised, with what the worst of its sub-commands may do", () => {
    const { commands, help_entries } = commandManifest()
    const advertised = commandNames.filter((name) => !["auth", "help", "version"].includes(name.split(" ")[0] ?? ""))
    assert.sameMembers(
      commands.flatMap(({ id, subcommands }) => [
        ...(commandNames.some((name) => name === id) ? [id] : []),
        ...(subcommands ?? []).map((rest) => `${id} ${rest}`)
      ]),
      advertised
    )
    for (const { id, mutation, spend } of commands) {
      const effects = commandNames
        .filter((name) => name === id || name.startsWith(`${id} `))
        .map((name) => specOf(name).effect)
      assert.strictEqual(spend, effects.includes("spend"), id)
      assert.strictEqual(
        mutation,
        effects.some((effect) => effect !== "read"),
        id
      )
    }
    for (const name of commandNames)
      assert.isTrue(
        help_entries.some(({ key }) => key === name),
        name
      )
  })

  it("has the aliases by medium, each of which is read as its command", () => {
    const { modality_aliases } = commandManifest()
    assert.isAtLeast(modality_aliases.length, 7)
    for (const { alias, command } of modality_aliases) {
      const reading = read([...alias.split(" "), "--prompt", "x"])
      assert.strictEqual(reading._tag === "Command" ? reading.name : "", command, alias)
    }
  })
})
