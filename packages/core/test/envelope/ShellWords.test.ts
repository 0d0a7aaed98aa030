import { assert, describe, it } from "@effect/vitest"
import { argv, command, flag, positional, render } from "@image-skill/core/envelope/CommandLine"
import { words } from "@image-skill/core/envelope/ShellWords"
import * as Arbitrary from "effect/Arbitrary"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { hostileText } from "./HostileText.ts"
import { argumentsOf, program } from "./PosixShell.ts"

const read: ReadonlyArray<readonly [line: string, words: ReadonlyArray<string>]> = [
  ["", []],
  ["   ", []],
  ["a b  c", ["a", "b", "c"]],
  [" a ", ["a"]],
  [`""`, [""]],
  [`a '' b`, ["a", "", "b"]],
  [`"a b" 'c d'`, ["a b", "c d"]],
  [`a"b c"'d e'f`, ["ab cd ef"]],
  [`'it'\\''s'`, ["it's"]],
  [`"say \\"hi\\" \\\\"`, [`say "hi" \\`]],
  [`--prompt='--x'`, ["--prompt=--x"]],
  [`'$HOME' '\`id\`' '!' '\\n'`, ["$HOME", "`id`", "!", "\\n"]],
  [`"a;b|c&d>e<f#g~h*i"`, ["a;b|c&d>e<f#g~h*i"]],
  ["'two\nlines'", ["two\nlines"]],
  ["A-Z_@%+=:,./-0", ["A-Z_@%+=:,./-0"]]
]

const refused: ReadonlyArray<readonly [what: string, line: string]> = [
  ["a substitution", "a $(b)"],
  ["a substitution between double quotes", `a "$(b)"`],
  ["a backquote", "a `b`"],
  ["a backquote between double quotes", 'a "`b`"'],
  ["a variable", "a $b"],
  ["a variable between double quotes", `a "$b"`],
  ["an expansion with braces", `a \${b}`],
  ["a history reference", "a !b"],
  ["a history reference between double quotes", `a "b!"`],
  ["a second command", "a; b"],
  ["a second command without blanks", "a;b"],
  ["a second line", "a\nb"],
  ["a carriage return", "a\rb"],
  ["a tab", "a\tb"],
  ["a pipe", "a | b"],
  ["an and list", "a && b"],
  ["a background job", "a &"],
  ["an output redirection", "a > b"],
  ["a numbered redirection", "a 2>b"],
  ["an input redirection", "a < b"],
  ["a here document", "a << b"],
  ["a comment", "a # b"],
  ["a glob", "a *"],
  ["a question mark", "a ?"],
  ["a bracket glob", "a [b]"],
  ["a brace list", "a {b,c}"],
  ["a home directory", "a ~"],
  ["a subshell", "(a)"],
  ["an open single quote", "a 'b"],
  ["an open double quote", `a "b`],
  ["a double quote that is only escaped", `a "b\\"`],
  ["an escaped blank", "a\\ b"],
  ["an escaped letter", "a\\b"],
  ["an escape at the end", "a \\"],
  ["an escape that stays between double quotes", `a "b\\n"`],
  ["a dollar quote", "a $'b'"],
  ["a letter beyond ASCII outside of quotes", "a é"]
]

const lineAlphabet = [
  "a",
  "b",
  "-",
  "--x",
  "=",
  ".",
  "/",
  "%s",
  ":",
  "~",
  " ",
  " ",
  "  ",
  "'",
  "'",
  `"`,
  `"`,
  "\\",
  "\\\\",
  `\\"`,
  "'\\''",
  "$a",
  "$(b)",
  "`",
  "!",
  "#",
  "*",
  "?",
  "[",
  "]",
  "{a,b}",
  ";",
  "|",
  "&",
  "<",
  ">",
  "(",
  ")",
  "\n",
  "\t",
  "é",
  "😀"
] as const

const anyLine = Arbitrary.array(Arbitrary.schema(Schema.Literals(lineAlphabet)), { maxLength: 8 }).pipe(
  Arbitrary.map((pieces) => pieces.join(""))
)

describe("ShellWords", () => {
  for (const [line, expected] of read) {
    it(`${JSON.stringify(line)} is ${expected.length} words`, () => {
      assert.deepStrictEqual(words(line), Option.some(expected))
    })
  }

  for (const [what, line] of refused) {
    it(`${what} makes the line unreadable`, () => {
      assert.deepStrictEqual(words(line), Option.none())
    })
  }

  it.prop(
    "a line that is read means the same words to a real shell",
    [Arbitrary.array(anyLine, { minLength: 100, maxLength: 200 })],
    ([lines]) => {
      const understood = lines.flatMap((line) => Option.toArray(Option.map(words(line), (found) => ({ found, line }))))
      assert.deepStrictEqual(
        argumentsOf(understood.map(({ line }) => `${program} ${line}`)),
        understood.map(({ found }) => found)
      )
    },
    { arbitrary: { runs: 40 } }
  )

  it.prop(
    "what the renderer prints is read back as the argument vector",
    [hostileText, hostileText],
    ([left, right]) => {
      const self = command("create", positional(left), flag("prompt", right), flag("intent", left), flag("json"))
      assert.deepStrictEqual(words(render(self, "image-skill")), Option.some(["image-skill", ...argv(self)]))
    }
  )
})
