import { assert, describe, it } from "@effect/vitest"
import { read } from "@image-skill/core/envelope/Arguments"
import type * as Schema from "effect/Schema"
import { type Machine, thisMachine } from "../src/Machine.ts"
import { presented, printedOf } from "../src/Output.ts"

const answer = (data: Schema.Json) => ({
  envelope: {
    ok: true,
    command: "image-skill quota",
    trace_id: "trace_1",
    actor: null,
    data,
    warnings: [],
    error: null
  },
  status: 200,
  exitCode: 0
})
const plain = answer({ plan: "free_preview", left: 3 })

const machineOf = (words: ReadonlyArray<string>, changes: Partial<Machine>): Machine => ({
  ...thisMachine("/home/demo/image-skill"),
  arguments: words,
  variable: () => null,
  stdoutIsTerminal: true,
  stdoutColumns: 80,
  ...changes
})

const present = async (line: string, changes: Partial<Machine> = {}, given = plain) => {
  const words = line.split(" ")
  return (await presented(given, read(words), machineOf(words, changes))).text
}

const cases: ReadonlyArray<readonly [what: string, line: string, changes: Partial<Machine>, isPage: boolean]> = [
  ["at a terminal is a page", "quota", {}, true],
  ["in a pipe is JSON", "quota", { stdoutIsTerminal: false }, false],
  ["with --json is JSON", "quota --json", {}, false],
  ["with --json=false is a page", "quota --json=false", {}, true],
  ["with --stream is for a program", "quota --stream", {}, false],
  ["of a command that is none is a page", "nonsense", {}, true],
  ["of a command that is none, with --json, is JSON", "nonsense --json", {}, false],
  [
    "to a shell that says so is JSON",
    "quota",
    { variable: (name) => (name === "IMAGE_SKILL_OUTPUT" ? "json" : null) },
    false
  ]
]

describe("an answer", () => {
  for (const [what, line, changes, isPage] of cases) {
    it(what, async () => {
      const text = await present(line, changes)
      if (isPage) assert.match(text, /free preview/u)
      else assert.strictEqual(text, printedOf(plain).text)
    })
  }

  it("with --fields is reduced, as a page and as JSON", async () => {
    const less = printedOf(answer({ left: 3 })).text
    assert.strictEqual(await present("quota --fields left --json"), less)
    assert.strictEqual(await present("quota --fields=left", { stdoutIsTerminal: false }), less)
    const page = await present("quota --fields left")
    assert.match(page, /Left.*3/u)
    assert.notInclude(page, "preview")
  })

  it("that is a text for a shell stays that text, also at a terminal", async () => {
    assert.strictEqual(await present("quota", {}, Object.assign(answer({}), { raw: "complete -F" })), "complete -F")
  })

  it("that cannot be drawn is not lost: it is printed as JSON", async () => {
    const data = Object.defineProperty({}, "odd", {
      enumerable: true,
      get: () => {
        throw new Error("odd")
      }
    })
    const odd = Object.assign(answer(null), { envelope: { ...plain.envelope, data } })
    const words = ["quota"]
    const printed = await presented(odd, read(words), machineOf(words, {}), () => ({ text: "{}", exitCode: 0 }))
    assert.strictEqual(printed.text, "{}")
  })
})
