import { assert, describe, it } from "@effect/vitest"
import { read } from "@image-skill/core/envelope/Arguments"
import { commandNames, specOf } from "@image-skill/core/envelope/CommandBook"
import { errorsOf, exitsOf } from "@image-skill/core/envelope/CommandExits"
import type { FlagSpec } from "@image-skill/core/envelope/CommandSpec"
import {
  commandNamed,
  commandsBelow,
  groupAbout,
  groupNames,
  isGroup,
  relatedTo,
  wordsAfter
} from "@image-skill/core/envelope/CommandTree"

describe("CommandTree", () => {
  it("following the words from the top comes to every command, and to nothing else", () => {
    const walk = (words: ReadonlyArray<string>): ReadonlyArray<string> => [
      ...(commandNamed(words) === null ? [] : [words.join(" ")]),
      ...wordsAfter(words.join(" ")).flatMap((word) => walk([...words, word]))
    ]
    assert.sameMembers([...walk([])], [...commandNames])
  })

  it("every group has commands, a sentence of its own, and its help", () => {
    assert.include(groupNames, "credits packs")
    for (const group of groupNames) {
      assert.isNotEmpty(commandsBelow(group), group)
      assert.notMatch(groupAbout(group), /^The commands of/u, group)
      assert.isTrue(isGroup(group))
      assert.strictEqual(read([...group.split(" "), "--help"])._tag, "Help", group)
    }
  })

  it("what is related to a command are one to four other commands", () => {
    for (const name of commandNames) {
      const related = relatedTo(name)
      assert.notInclude(related, name)
      assert.isAtMost(related.length, 4, name)
      assert.strictEqual(new Set(related).size, related.length, name)
    }
    assert.isAtLeast(commandNames.filter((name) => relatedTo(name).length > 0).length, commandNames.length - 4)
  })

  it("a flag says as data what its sentence says: required, or its default", () => {
    for (const name of commandNames) {
      for (const [flag, spec] of Object.entries<FlagSpec>(specOf(name).flags)) {
        const where = `${name} --${flag}`
        assert.strictEqual(spec.required === true, spec.about.startsWith("required:"), where)
        if (spec.default !== undefined) assert.include(spec.about, `default ${spec.default}`, where)
      }
    }
  })
})

describe("CommandExits", () => {
  it("each exit code stands once, ascending, with a meaning, and with every code that ends so", () => {
    for (const name of commandNames) {
      const exits = exitsOf(name)
      const numbers = exits.map(({ exitCode }) => exitCode)
      assert.deepStrictEqual(
        numbers,
        [...new Set(numbers)].toSorted((left, right) => left - right),
        name
      )
      assert.strictEqual(numbers.at(0), 0)
      assert.strictEqual(numbers.includes(130), name !== "serve" && name !== "mcp", name)
      for (const { meaning } of exits) assert.isNotEmpty(meaning, name)
      assert.sameMembers(
        exits.flatMap(({ codes }) => codes),
        [...errorsOf(name)],
        name
      )
    }
  })

  it("only a command that needs a token can lack one, and only one that changes something refuses unknown flags", () => {
    assert.include(errorsOf("whoami"), "AUTH_REQUIRED")
    assert.notInclude(errorsOf("models list"), "AUTH_REQUIRED")
    assert.include(errorsOf("create"), "PUBLIC_CLI_FLAG_NOT_AVAILABLE")
    assert.notInclude(errorsOf("models list"), "PUBLIC_CLI_FLAG_NOT_AVAILABLE")
    assert.notInclude(errorsOf("help"), "HOSTED_API_REQUEST_FAILED")
  })
})
