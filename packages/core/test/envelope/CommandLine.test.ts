import { assert, describe, it } from "@effect/vitest"
import { read } from "@image-skill/core/envelope/Arguments"
import {
  append,
  argv,
  type Command,
  command,
  flag,
  json,
  missingInputs,
  type Part,
  placeholder,
  positional,
  quote,
  quoted,
  render
} from "@image-skill/core/envelope/CommandLine"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { hostileText } from "./HostileText.ts"
import { argumentsOf, hasShell, program } from "./PosixShell.ts"

const textFlags = ["prompt", "prompt-file", "provider", "model", "intent", "idempotency-key"] as const
const switches = ["dry-run", "accept-unknown-cost", "guide", "json"] as const

/** What a caller means by a command: its words, its flags in order, its switches. */
interface Intent {
  readonly positionals: ReadonlyArray<string>
  readonly texts: ReadonlyArray<{ readonly name: string; readonly value: string }>
  readonly switches: ReadonlyArray<string>
}

/** The grammar has no way to say a positional that starts with two dashes, and `-h` asks for help (contract/cli.md 2). */
const isPositional = (value: string): boolean => !value.startsWith("--") && value !== "-h"

const intents: Arbitrary.Arbitrary<Intent> = Arbitrary.all({
  positionals: Arbitrary.array(Arbitrary.filter(hostileText, isPositional), { maxLength: 2 }),
  texts: Arbitrary.array(Arbitrary.all({ name: Arbitrary.schema(Schema.Literals(textFlags)), value: hostileText }), {
    maxLength: 4
  }),
  switches: Arbitrary.array(Arbitrary.schema(Schema.Literals(switches)), { maxLength: 2 })
})

/** Every other value asks to be shown between quotes, as the guide does; a shell must not see a difference. */
const commandOf = (intent: Intent): Command => {
  const parts: ReadonlyArray<Part> = [
    ...intent.positionals.map((value, index) => positional(index % 2 === 0 ? value : quoted(value))),
    ...intent.texts.map(({ name, value }, index) => flag(name, index % 2 === 0 ? value : quoted(value))),
    ...intent.switches.map((name) => flag(name))
  ]
  return command("create", ...parts)
}

/** The reading that such a command must have, without a word of the renderer or the parser. */
const readingOf = (intent: Intent) => {
  const flags = new Map<string, Array<string | true>>()
  const given = [...intent.texts, ...intent.switches.map((name) => ({ name, value: true as const }))]
  for (const { name, value } of given) flags.set(name, [...(flags.get(name) ?? []), value])
  return { _tag: "Command", name: "create", flags, positionals: intent.positionals, unknown: [] }
}

/** contract/cli.md 10.2 and decision D3.10: each value as it stands in a line behind `--prompt`. */
const rendered: ReadonlyArray<readonly [what: string, value: string, line: string]> = [
  ["a plain word", "robot", "--prompt robot"],
  ["words", "a lighthouse at dusk", `--prompt "a lighthouse at dusk"`],
  ["an empty value", "", `--prompt ""`],
  ["a blank", " ", `--prompt " "`],
  ["an apostrophe", "the cat's hat", `--prompt "the cat's hat"`],
  ["operators that double quotes disarm", "a; b | c && d > e < f * ? ~ #", `--prompt "a; b | c && d > e < f * ? ~ #"`],
  ["letters beyond ASCII", "日本語 café", `--prompt "日本語 café"`],
  ["an emoji of several code points", "a 👩‍🚀", `--prompt "a 👩‍🚀"`],
  ["text that turns the reading direction", "a\u202eb", `--prompt "a\u202eb"`],
  ["a dollar sign", "$5", "--prompt '$5'"],
  ["a substitution", "$(rm -r x)", "--prompt '$(rm -r x)'"],
  ["a backquote", "`id`", "--prompt '`id`'"],
  ["a double quote", `say "hi"`, `--prompt 'say "hi"'`],
  ["a backslash", "a\\nb", "--prompt 'a\\nb'"],
  ["an exclamation mark", "wow!", "--prompt 'wow!'"],
  ["a newline", "a\nb", "--prompt 'a\nb'"],
  ["a tab", "a\tb", "--prompt 'a\tb'"],
  ["an escape sequence", "\u001b[31mred", "--prompt '\u001b[31mred'"],
  ["a delete character", "a\u007f", "--prompt 'a\u007f'"],
  ["a C1 control character", "a\u0085b", "--prompt 'a\u0085b'"],
  ["an apostrophe and a dollar sign", "it's $5", "--prompt 'it'\\''s $5'"],
  ["two leading dashes", "--text", "--prompt='--text'"],
  ["two leading dashes and an apostrophe", "--it's", "--prompt='--it'\\''s'"],
  ["one leading dash", "-x", "--prompt -x"]
]

describe("CommandLine", () => {
  it.prop(
    "whatever a prompt contains, a real shell passes it on unchanged and the parser finds what was meant",
    [Arbitrary.array(intents, { minLength: 40, maxLength: 60 })],
    ([batch]) => {
      const received = argumentsOf(batch.map((intent) => render(commandOf(intent), program)))
      assert.strictEqual(received.length, batch.length)
      for (const [index, intent] of batch.entries()) {
        const tokens = received[index] ?? []
        assert.deepStrictEqual(tokens, argv(commandOf(intent)))
        assert.deepStrictEqual<unknown>(read(tokens), readingOf(intent))
      }
    },
    { arbitrary: { runs: 40 } }
  )

  it("a prompt of the greatest length passes through a shell, whatever it is made of", () => {
    const prompts = ["a", " ", "'", `"`, "$(id)", "`", "\\", "!", "\n", "😀", "日"].map((text) => text.repeat(8_000))
    const lines = prompts.map((prompt) => render(command("create", flag("prompt", prompt)), program))
    assert.deepStrictEqual(
      argumentsOf(lines),
      prompts.map((prompt) => ["create", "--prompt", prompt])
    )
  })

  // Debian and macOS have bash; where it is missing there is nobody whose history could be expanded.
  it.skipIf(!hasShell("bash"))("an exclamation mark survives a shell that expands its history", () => {
    const prompts = ["wow!", "!!", "!argv", "a !b\n!c", `"!"`, "it's !x", "--!x"]
    const lines = prompts.map((prompt) => render(command("create", flag("prompt", prompt)), program))
    assert.deepStrictEqual(
      argumentsOf(lines, { shell: "bash", prelude: "set -o history; set -o histexpand" }),
      prompts.map((prompt) =>
        prompt.startsWith("--") ? ["create", `--prompt=${prompt}`] : ["create", "--prompt", prompt]
      )
    )
  })

  for (const [what, value, line] of rendered) {
    it(`${what} is rendered as the contract says`, () => {
      assert.strictEqual(render(command("create", flag("prompt", value)), "image-skill"), `image-skill create ${line}`)
    })
  }

  it.prop("a value that is inert between double quotes keeps exactly the JSON form", [hostileText], ([value]) => {
    const isInert = !/[$`\\"!\p{Cc}]/u.test(value)
    assert.strictEqual(quote(value), isInert ? JSON.stringify(value) : `'${value.split("'").join("'\\''")}'`)
  })

  it("a value that asks for quotes has them even where a shell needs none", () => {
    const self = command("create", flag("model", quoted("demo.sketch-1")), positional(quoted("robot")))
    assert.strictEqual(render(self, "image-skill"), `image-skill create --model "demo.sketch-1" "robot"`)
    assert.deepStrictEqual(argv(self), ["create", "--model", "demo.sketch-1", "robot"])
  })

  it("a placeholder stays a bare word and is named as a missing input, with the flag that takes it", () => {
    const key = placeholder("KEY", "a key", "topup-01")
    const id = placeholder("JOB_ID", "a job", "job_1")
    const self = command("jobs wait", positional(id), flag("idempotency-key", key), json)
    assert.strictEqual(render(self, "image-skill"), "image-skill jobs wait JOB_ID --idempotency-key KEY --json")
    assert.deepStrictEqual(argv(self), ["jobs", "wait", "JOB_ID", "--idempotency-key", "KEY", "--json"])
    assert.deepStrictEqual(
      missingInputs(self).map(({ example, flag, name }) => [name, flag, example]),
      [
        ["JOB_ID", null, "job_1"],
        ["KEY", "--idempotency-key", "topup-01"]
      ]
    )
  })

  it("a command without a placeholder misses nothing, even where a value is spelled like one", () => {
    assert.deepStrictEqual(missingInputs(command("create", flag("prompt", "PROMPT"), json)), [])
  })

  it("the prefix is shell text and stands in front as it is", () => {
    const prefix = `IMAGE_SKILL_HOME="$PWD/.image-skill" npx -y image-skill@0.1.0`
    assert.strictEqual(render(command("doctor", json), prefix), `${prefix} doctor --json`)
  })

  it("parts that are null or undefined are left out, and more may be appended", () => {
    const self = append(command("models list", null, flag("available"), undefined), json)
    assert.deepStrictEqual(argv(self), ["models", "list", "--available", "--json"])
  })
})
