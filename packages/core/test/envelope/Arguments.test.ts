import { assert, describe, it } from "@effect/vitest"
import { read } from "@image-skill/core/envelope/Arguments"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { hostileText } from "./HostileText.ts"

/** A command that was understood, as the tables below write it. */
interface Understood {
  readonly name: string
  readonly flags?: { readonly [name: string]: ReadonlyArray<string | true> }
  readonly positionals?: ReadonlyArray<string>
  readonly unknown?: ReadonlyArray<string>
}

type Case<Expected> = readonly [rule: string, tokens: ReadonlyArray<string>, expected: Expected]

/** contract/cli.md 2, with its hardening [H]: what stands where after the command's words. */
const understood: ReadonlyArray<Case<Understood>> = [
  ["a flag takes the next word", ["create", "--prompt", "a b"], { name: "create", flags: { prompt: ["a b"] } }],
  [
    "a flag with an equals sign takes the rest",
    ["create", "--prompt=a b"],
    { name: "create", flags: { prompt: ["a b"] } }
  ],
  ["only the first equals sign counts", ["create", "--prompt=a=b=c"], { name: "create", flags: { prompt: ["a=b=c"] } }],
  ["a value after an equals sign may be empty", ["create", "--prompt="], { name: "create", flags: { prompt: [""] } }],
  [
    "a value after an equals sign may start with two dashes",
    ["create", "--prompt=--text"],
    { name: "create", flags: { prompt: ["--text"] } }
  ],
  [
    "a word that starts with two dashes is no value",
    ["create", "--prompt", "--text"],
    { name: "create", flags: { prompt: [true] }, unknown: ["text"] }
  ],
  ["a flag at the end has no value", ["create", "--prompt"], { name: "create", flags: { prompt: [true] } }],
  [
    "a flag before another flag has no value",
    ["create", "--prompt", "--json"],
    { name: "create", flags: { prompt: [true], json: [true] } }
  ],
  ["an empty word is a value", ["create", "--prompt", ""], { name: "create", flags: { prompt: [""] } }],
  ["a word with one dash is a value", ["create", "--intent", "-x"], { name: "create", flags: { intent: ["-x"] } }],
  ["a lone dash is a value", ["create", "--prompt-file", "-"], { name: "create", flags: { "prompt-file": ["-"] } }],
  [
    "a negative number is a value",
    ["jobs", "wait", "--timeout-ms", "-1"],
    { name: "jobs wait", flags: { "timeout-ms": ["-1"] } }
  ],
  [
    "every occurrence is kept in order, so that the last can win",
    ["create", "--model", "a", "--model=b", "--model"],
    { name: "create", flags: { model: ["a", "b", true] } }
  ],
  [
    "flags and positionals may be mixed",
    ["create", "a", "--model", "b", "c", "--json", "d"],
    { name: "create", flags: { model: ["b"], json: [true] }, positionals: ["a", "c", "d"] }
  ],
  ["a word with one dash is a positional", ["create", "-x"], { name: "create", positionals: ["-x"] }],
  ["an empty word is a positional", ["create", ""], { name: "create", positionals: [""] }],
  [
    "a switch leaves the next word alone",
    ["create", "--guide", "a robot"],
    { name: "create", flags: { guide: [true] }, positionals: ["a robot"] }
  ],
  [
    "a switch for every command does so, too",
    ["models", "show", "--json", "local.storyboard"],
    { name: "models show", flags: { json: [true] }, positionals: ["local.storyboard"] }
  ],
  [
    "a switch takes the word true",
    ["create", "--guide", "true", "a"],
    { name: "create", flags: { guide: ["true"] }, positionals: ["a"] }
  ],
  [
    "a switch takes the word false",
    ["create", "--guide", "false", "a"],
    { name: "create", flags: { guide: ["false"] }, positionals: ["a"] }
  ],
  [
    "a switch takes no other spelling of them",
    ["create", "--guide", "False", "0"],
    { name: "create", flags: { guide: [true] }, positionals: ["False", "0"] }
  ],
  [
    "a switch with an equals sign keeps what it was given",
    ["create", "--guide=no", "--json="],
    { name: "create", flags: { guide: ["no"], json: [""] } }
  ],
  [
    "a switch leaves a word with one dash alone",
    ["create", "--guide", "-x"],
    { name: "create", flags: { guide: [true] }, positionals: ["-x"] }
  ],
  [
    "a bare -- is a flag with an empty name and no end of flags",
    ["create", "--", "a", "--json"],
    { name: "create", flags: { json: [true] }, unknown: [""] }
  ],
  ["a flag that is only an equals sign has an empty name", ["create", "--=a"], { name: "create", unknown: [""] }],
  [
    "an unknown flag is reported and takes its value along",
    ["create", "--promt", "a", "b"],
    { name: "create", positionals: ["b"], unknown: ["promt"] }
  ],
  [
    "unknown flags are reported in typed order, each time",
    ["create", "--b=1", "--a", "--b"],
    { name: "create", unknown: ["b", "a", "b"] }
  ],
  [
    "a flag of another command is unknown",
    ["models", "list", "--dry-run"],
    { name: "models list", unknown: ["dry-run"] }
  ],
  ["names of flags are case-sensitive", ["create", "--Prompt", "a"], { name: "create", unknown: ["Prompt"] }],
  [
    "a flag named like a property of every object is unknown",
    ["create", "--constructor", "--__proto__=a", "--toString"],
    { name: "create", unknown: ["constructor", "__proto__", "toString"] }
  ],
  [
    "flags for every command are known everywhere",
    ["whoami", "--json", "--api-base-url", "embedded:", "--token", "t", "--token-stdin"],
    { name: "whoami", flags: { json: [true], "api-base-url": ["embedded:"], token: ["t"], "token-stdin": [true] } }
  ],
  ["a text flag takes the word true", ["create", "--prompt", "true"], { name: "create", flags: { prompt: ["true"] } }],
  ["models stands for models list", ["models"], { name: "models list" }],
  [
    "models with flags stands for models list",
    ["models", "--available"],
    { name: "models list", flags: { available: [true] } }
  ],
  [
    "capabilities stands for capabilities list",
    ["capabilities", "--json"],
    { name: "capabilities list", flags: { json: [true] } }
  ],
  ["usage stands for usage quota", ["usage"], { name: "usage quota" }],
  [
    "usage with any flag stands for usage quota",
    ["usage", "--anything"],
    { name: "usage quota", unknown: ["anything"] }
  ],
  [
    "a command of three words is found",
    ["credits", "packs", "list", "x"],
    { name: "credits packs list", positionals: ["x"] }
  ],
  ["a word behind a whole command is a positional", ["quota", "list"], { name: "quota", positionals: ["list"] }],
  [
    "a sub-command behind a flag is a positional",
    ["models", "--json", "show"],
    { name: "models list", flags: { json: [true] }, positionals: ["show"] }
  ],
  ["version is a command", ["version", "--json"], { name: "version", flags: { json: [true] } }],
  ["--version is a command", ["--version"], { name: "version" }],
  ["-v is a command", ["-v", "x"], { name: "version", positionals: ["x"] }],
  [
    "-h is the value of a flag that takes one",
    ["create", "--intent", "-h"],
    { name: "create", flags: { intent: ["-h"] } }
  ],
  ["-h is the value of an unknown flag, too", ["create", "--colour", "-h"], { name: "create", unknown: ["colour"] }],
  [
    "--help is a value behind an equals sign",
    ["create", "--prompt=--help"],
    { name: "create", flags: { prompt: ["--help"] } }
  ],
  [
    "-h inside a longer word asks for nothing",
    ["create", "-help", "a -h"],
    { name: "create", positionals: ["-help", "a -h"] }
  ]
]

/** `--help` and `-h` anywhere explain, and nothing else is done. */
const helps: ReadonlyArray<Case<ReadonlyArray<string>>> = [
  ["no word at all", [], []],
  ["help", ["help"], []],
  ["--help", ["--help"], []],
  ["-h", ["-h"], []],
  ["help with a topic", ["help", "credits", "methods", "--json"], ["credits", "methods"]],
  ["--help with a topic", ["--help", "create"], ["create"]],
  ["help with a switch before its topic", ["help", "--json", "credits", "quote"], ["credits", "quote"]],
  ["help with a token, which is no topic", ["help", "create", "--token", "isk_r_x", "--json"], ["create"]],
  ["--help behind a command", ["create", "--help"], ["create"]],
  ["-h behind a command", ["create", "-h"], ["create"]],
  ["--help behind a command of three words", ["credits", "packs", "list", "--help"], ["credits", "packs", "list"]],
  ["--help behind flags and values", ["create", "--prompt", "a", "--model=b", "--help"], ["create"]],
  ["--help right behind a flag that wants a value", ["create", "--prompt", "--help"], ["create"]],
  ["-h behind a switch, which takes no value", ["create", "--dry-run", "-h"], ["create"]],
  ["-h behind a value", ["create", "--prompt", "a", "-h"], ["create"]],
  ["--help before the rest of a command that changes state", ["auth", "logout", "--help"], ["auth", "logout"]],
  ["--help with a value", ["auth", "logout", "--help=true"], ["auth", "logout"]],
  ["--help on a command that lacks its sub-command", ["credits", "--help"], ["credits"]],
  ["-h on a command with a wrong sub-command", ["credits", "nonsense", "-h"], ["credits"]],
  ["--help on a command that has a shorthand", ["models", "--help"], ["models"]],
  ["--help on version", ["version", "--help"], ["version"]],
  ["-h on --version", ["--version", "-h"], ["version"]]
]

const notAvailable: ReadonlyArray<Case<string>> = [
  ["an unknown word", ["paint"], "paint"],
  ["an unknown word with arguments", ["paint", "--prompt", "a"], "paint"],
  ["a flag in the first place", ["--json", "doctor"], "--json"],
  ["a short flag in the first place", ["-x"], "-x"],
  ["an empty word", [""], ""],
  ["a command in another case", ["Create"], "Create"],
  ["two words in one", ["models list"], "models list"],
  ["the name of a property of every object", ["constructor"], "constructor"],
  ["another such name, with a flag", ["toString", "--json"], "toString"],
  ["a third such name, with a word", ["__proto__", "list"], "__proto__"]
]

const badSubcommands: ReadonlyArray<Case<string>> = [
  ["a missing sub-command", ["auth"], "auth"],
  ["a wrong sub-command", ["auth", "delete"], "auth"],
  ["a sub-command that feedback has not", ["feedback", "list"], "feedback"],
  ["a flag in place of the sub-command of claim", ["claim", "--contact", "a"], "claim"],
  ["a flag before the sub-command", ["credits", "--json", "methods"], "credits"],
  ["a missing third word", ["credits", "packs"], "credits packs"],
  ["a wrong third word", ["credits", "packs", "buy"], "credits packs"],
  ["a flag before the third word", ["credits", "packs", "--json", "list"], "credits packs"],
  ["a wrong sub-command of a command with a shorthand", ["models", "X"], "models"],
  ["a word with one dash in its place", ["models", "-x"], "models"],
  ["a wrong sub-command of usage", ["usage", "other"], "usage"],
  ["a wrong sub-command of capabilities", ["capabilities", "get"], "capabilities"],
  ["a sub-command named like a property of every object", ["jobs", "constructor"], "jobs"]
]

const anyTokens = Arbitrary.array(
  Arbitrary.all([
    Arbitrary.schema(
      Schema.Literals([
        "",
        "",
        "",
        "create",
        "models",
        "usage",
        "credits",
        "packs",
        "--json",
        "--prompt",
        "--help",
        "-h",
        "--"
      ])
    ),
    hostileText
  ]).pipe(Arbitrary.map(([word, text]) => (word === "" ? text : word))),
  { maxLength: 6 }
)

describe("Arguments", () => {
  for (const [rule, tokens, { flags = {}, name, positionals = [], unknown = [] }] of understood) {
    it(rule, () => {
      const expected = { _tag: "Command", name, flags: new Map(Object.entries(flags)), positionals, unknown }
      assert.deepStrictEqual<unknown>(read(tokens), expected)
    })
  }

  for (const [what, tokens, topic] of helps) {
    it(`${what} asks for help`, () => {
      assert.deepStrictEqual(read(tokens), { _tag: "Help", topic })
    })
  }

  for (const [what, tokens, typed] of notAvailable) {
    it(`${what} is no command of this version`, () => {
      assert.deepStrictEqual(read(tokens), { _tag: "NotAvailable", typed })
    })
  }

  for (const [what, tokens, label] of badSubcommands) {
    it(`${what} is answered with the label ${label}`, () => {
      const reading = read(tokens)
      assert.strictEqual(reading._tag === "BadSubcommand" ? reading.label : reading._tag, label)
    })
  }

  it("a wrong sub-command is answered with the ones there are", () => {
    const reading = read(["auth", "delete"])
    assert.deepStrictEqual(reading, {
      _tag: "BadSubcommand",
      label: "auth",
      allowed: ["auth status", "auth save", "auth logout"]
    })
  })

  it.prop(
    "whatever is typed is answered, and a typed request for help is never taken for a command",
    [anyTokens],
    ([tokens]) => {
      const reading = read(tokens)
      assert.include(["Command", "Help", "NotAvailable", "BadSubcommand"], reading._tag)
      if (reading._tag === "Command") assert.notInclude(tokens, "--help")
    },
    { arbitrary: { runs: 1_000 } }
  )
})
