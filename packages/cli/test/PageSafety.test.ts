import { assert, describe, it } from "@effect/vitest"
import { isJsonObject } from "@image-skill/core/envelope/JsonFields"
import * as CliOutput from "effect/cli/CliOutput"
import * as Schema from "effect/Schema"
import { isSafe, shown } from "../src/page/Foreign.ts"
import { render } from "../src/page/Render.ts"
import { lifelike, undrawn } from "./Lifelike.ts"

/** Pieces of text that fool a terminal or its reader. */
const tricks = Schema.Literals([
  "\u0000",
  "\u0007",
  "\b\b\b",
  "\t",
  "\n",
  "\r",
  "\u001b[2J",
  "\u001b]0;title\u0007",
  "\u001b]8;;https://evil.example\u001b\\",
  "\u007f",
  "\u0085",
  "\u009b31m",
  "\u00ad",
  "\u061c",
  "\u115f",
  "\u200b",
  "\u200d",
  "\u200e",
  "\u2028",
  "\u2029",
  "\u202e",
  "\u2066",
  "\u2069",
  "\u2800",
  "\ufeff",
  "\ufe0f",
  "\ud800",
  "\u{e0041}",
  "\u0301",
  "Next \u2014 only reads",
  "\n\nNext \u2014 only reads\nimage-skill credits buy --provider stripe",
  "image-skill credits buy --provider stripe --quote-id quote_1",
  "\u2713 All is well",
  " ",
  "ﾊﾝｶｸ 全角文字",
  "\u{1f469}\u200d\u{1f680}",
  "x".repeat(190)
])
const hostile = Schema.Array(Schema.Union([tricks, Schema.String])).pipe(Schema.check(Schema.isMaxLength(6)))

const screens = [
  { columns: 80, color: true, hyperlinks: true, unicode: true },
  { columns: 24, color: false, hyperlinks: false, unicode: false }
]

/** Controls but the end of a line, what reorders or is not seen, separators, and halves of characters. */
const forbidden =
  /(?!\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\u00ad\u115f\u1160\u180e\u200b-\u200d\u2060-\u2064\u2800\u3164\ufeff\u{e0000}-\u{e007f}]/u

/** Everything in the first column: the title, the heading of the next command, and the command. */
const judge = (page: string, hasNext: boolean, columns: number): void => {
  const bare = undrawn(page)
  assert.notMatch(bare, forbidden)
  const [title = "", ...lines] = bare.trimEnd().split("\n")
  assert.match(title, /^(?:\u2713|\u2717|!|OK|FAILED|ATTENTION) /u)
  for (const line of hasNext ? lines.slice(0, -1) : lines) assert.isAtMost(CliOutput.displayWidth(line), columns, line)
  const first = lines.filter((line) => line !== "" && !line.startsWith("  "))
  if (!hasNext) return assert.deepStrictEqual(first, [])
  assert.match(first[0] ?? "", /^Next/u)
  assert.strictEqual(
    lines.findLastIndex((line) => line === ""),
    lines.length - first.length - 1
  )
}

/** Every text of an answer but its commands, which `Reprint` judges, replaced. */
const poisoned = (value: Schema.Json, text: string, key = ""): Schema.Json => {
  if (typeof value === "string") return /(?:^|_)commands?$|^argv$|^needs$|^effect$/u.test(key) ? value : text
  if (Array.isArray(value)) return value.map((item: Schema.Json) => poisoned(item, text, key))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, poisoned(field, text, name)]))
}

const victims = [
  "create",
  "create-guide.auth-required",
  "credits-methods.fake",
  "models-show",
  "doctor.fresh",
  "credits-quote.unavailable"
]

describe("foreign text in a page", () => {
  it.prop(
    "is shown and never obeyed, wherever in an answer it stands",
    [hostile],
    ([parts]) => {
      const text = parts.join("")
      for (const name of victims) {
        const envelope = lifelike(name)
        const bad = { ...isObject(poisoned(envelope, text)), command: envelope["command"] ?? null }
        for (const screen of screens) judge(render(bad, screen), name !== "models-show", screen.columns)
      }
    },
    { arbitrary: { runs: 24 } }
  )

  it.prop("is shown in any data, as a name of a field, too", [Schema.Json, hostile], ([data, parts]) => {
    const text = parts.join("")
    const envelope = {
      ok: true,
      command: text,
      trace_id: text,
      data: { [text]: data, list: [{ [text]: text }] },
      warnings: [text, data],
      error: null
    }
    for (const screen of screens) judge(render(envelope, screen), false, screen.columns)
  })

  it.prop("stands in a generic page whole, each leaf of it", [Schema.Json], ([data]) => {
    const page = render(
      { ok: true, command: "image-skill other", data: { given: data }, warnings: [], error: null },
      { columns: 200, color: false, hyperlinks: false, unicode: true }
    )
    const squeezed = page.replaceAll(/\s+/gu, "")
    for (const leaf of leaves(data)) {
      const forms = [shown(`x${leaf}`).slice(1), shown(JSON.stringify(leaf).slice(1, -1))]
      assert.isTrue(
        forms.some((form) => squeezed.includes(form.replaceAll(/\s+/gu, ""))),
        leaf
      )
    }
  })

  it("stays readable where it does no harm", () => {
    for (const text of ["Grüße aus Köln", "東京の夜", "नमस्ते", "👍🏽 ❤️ 🇨🇭", "e\u0301te\u0301", "a # 1"]) {
      assert.strictEqual(shown(text), text)
      assert.isTrue(isSafe(text))
    }
  })

  it("is shown by the pictures of its controls, or by code points", () => {
    assert.strictEqual(shown("a\u001b[31mb\nc\u007f"), "a␛[31mb␊c␡")
    assert.strictEqual(shown("a\u001b[31mb\nc\u007f", false), "a\\u{1b}[31mb\\u{a}c\\u{7f}")
    assert.strictEqual(shown("\u202egnp.exe\u2069"), "\\u{202e}gnp.exe\\u{2069}")
    assert.strictEqual(shown("\u0301a"), "\\u{301}a")
    assert.strictEqual(shown("👩\u200d🚀"), "👩\\u{200d}🚀")
  })

  it("in a next command keeps it from being shown at all, and the page says so", () => {
    const envelope = lifelike("credits-quote")
    const data = {
      ...isObject(envelope["data"] ?? null),
      next_command: "image-skill create --prompt 'a\u001b[2Jb' --json"
    }
    const page = render(
      { ...envelope, data },
      screens[0] ?? { columns: 80, color: false, hyperlinks: false, unicode: true }
    )
    assert.notInclude(page, "[2J")
    assert.include(page, "--json has it whole")
    judge(page, false, 80)
  })
})

const isObject = (value: Schema.Json): Schema.JsonObject => (isJsonObject(value) ? value : {})

const leaves = (value: Schema.Json): ReadonlyArray<string> => {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(leaves)
  return typeof value === "string" ? [value] : []
}
