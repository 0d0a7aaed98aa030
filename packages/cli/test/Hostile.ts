/** What a shell, a parser, a terminal or a careless template might take for more than text. */
const fragments = [
  `"`,
  "'",
  `'"'"'`,
  "\\",
  "\\n",
  "\\'",
  "$HOME",
  "$(touch pwned)",
  "`touch pwned`",
  `\${IFS}`,
  "$((1+1))",
  "$'\\x41'",
  "\n",
  "\r\n",
  "\t",
  "\u000b",
  "  ",
  "!",
  "!!",
  "!$",
  "--",
  "--json",
  "--guide=false",
  "--prompt=",
  "--token",
  "-h",
  "-n",
  "-",
  "#",
  "~",
  "*",
  "?",
  "[ab]",
  "{a,b}",
  "; touch pwned;",
  "| touch pwned |",
  "&& touch pwned &&",
  "> pwned",
  "< /dev/null",
  "&",
  "(",
  ")",
  "=",
  "%s%n",
  "PROMPT",
  "KEY",
  "true",
  "false",
  "null",
  "é",
  "日本語",
  "العربية",
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
  "</script>",
  `{"a":"b"}`,
  "a lighthouse at dusk"
]

/** Whole prompts that have broken programs like this one. */
const known = [
  "--json",
  "--",
  "---",
  "-h",
  "--help",
  "-x",
  "--prompt",
  "--prompt=--prompt",
  "'",
  `"`,
  "`",
  "$",
  "\\",
  "!",
  "''",
  `""`,
  "a\nb",
  "line one\nline two\n\nline four",
  "a\tb",
  "a'b\"c`d$e\\f!g",
  'it\'s "quoted" `date` $(date) $USER',
  "PROMPT",
  "a  b",
  "x".repeat(8_000),
  "'".repeat(2_000),
  "日".repeat(8_000),
  "😀".repeat(3_000)
]

/** Numbers that look random and are the same in every run. */
const numbers = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** The known ones, and `count` more that are put together from one to six pieces. None is blank. */
export const hostilePrompts = (count: number): ReadonlyArray<string> => {
  const next = numbers(20_261_121)
  const pick = (): string => fragments[Math.floor(next() * fragments.length)] ?? ""
  const made = Array.from({ length: count }, () =>
    Array.from({ length: 1 + Math.floor(next() * 6) }, () => (next() < 0.3 ? `${pick()} ` : pick())).join("")
  )
  return [...known, ...made.filter((text) => text.trim() !== "")]
}
