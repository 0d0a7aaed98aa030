import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"

/** What a shell, a parser or a terminal might take for more than text. */
const fragments = [
  `"`,
  "'",
  "\\",
  "\\n",
  "$HOME",
  "$(id)",
  "`id`",
  `\${IFS}`,
  "\n",
  "\r\n",
  "\t",
  " ",
  "!",
  "!!",
  "--",
  "--json",
  "--prompt=",
  "-h",
  "-",
  "#",
  "~",
  "*",
  "?",
  "[ab]",
  "{a,b}",
  ";",
  "|",
  "&&",
  "<a",
  ">a",
  "(",
  ")",
  "=",
  "%s",
  "true",
  "false",
  "PROMPT",
  "é",
  "日本語",
  "😀",
  "👩‍🚀",
  "\u00a0",
  "\u0007",
  "\u001b[31m",
  "\u007f",
  "\u0085",
  "\u200b",
  "\u2028",
  "\u202e",
  "\ufeff"
] as const

/** Any text, with a taste for the hostile. No NUL and no half of a surrogate pair: neither can be an argument. */
export const hostileText: Arbitrary.Arbitrary<string> = Arbitrary.array(
  Arbitrary.schema(Schema.Union([Schema.Literals(fragments), Schema.Literals(fragments), Schema.String])),
  { maxLength: 6 }
).pipe(Arbitrary.map((pieces) => pieces.join("").replaceAll(/[\0\p{Surrogate}]/gu, "")))
