/** Text that breaks careless programs; every one of them is something that a person may send. */
export const hostilePrompts: ReadonlyArray<string> = [
  "",
  " \t\r\n",
  "\u0000 a \u001b[31m red \u0007 fox",
  "a fox \ud83e and \udd8a halves of one",
  "‮xof der a‬ \u200b\u200d\ufeff",
  "🦊".repeat(2_000),
  "a ".repeat(4_000),
  "x".repeat(8_000),
  "z̷̧͙̈́a̸͔͝l̵̙̒g̵̮̕o̷͚͝",
  "<svg onload=alert(1)><script>&amp;&#0;</script>]]>",
  "{{constructor}} $__proto__ %s %n ../../etc/passwd",
  "999999999999999999999 cats and -3 dogs"
]
