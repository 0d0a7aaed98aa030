import { assert, describe, it } from "@effect/vitest"
import { documents, served, withSections } from "@image-skill/core/documents/Documents"
import { file, list, paragraph, table } from "@image-skill/core/documents/Markdown"

describe("prose", () => {
  it("is filled to one width, and no code is broken", () => {
    const command = `\`image-skill create --prompt "${"a lighthouse ".repeat(6)}"\``
    const text = paragraph(`${"word ".repeat(30)}${command}, ${"word ".repeat(30)}end.`)
    const lines = text.split("\n")
    assert.isAtLeast(lines.length, 4)
    assert.isTrue(lines.every((line) => line.length <= 110 || line.includes(command)))
    assert.include(text, `${command},`)
    assert.strictEqual(text.replaceAll("\n", " "), `${"word ".repeat(30)}${command}, ${"word ".repeat(30)}end.`)
  })

  it("goes on below its item in a list", () => {
    const [first = "", second = ""] = list(["word ".repeat(40)]).split("\n")
    assert.isTrue(first.startsWith("- word"))
    assert.isTrue(second.startsWith("  word"))
  })

  it("stays one row of a table, whatever is in it", () => {
    assert.strictEqual(table(["A"], [["a|b\nc"]]), "| A |\n| --- |\n| a\\|b c |")
  })

  it("ends a file with one newline", () => {
    assert.strictEqual(file(["a", "b"]), "a\n\nb\n")
  })
})

describe("documents", () => {
  it("have clean lines, blocks that end, and no word that stands for a missing value", () => {
    for (const { path, text } of documents()) {
      assert.notMatch(text, /undefined|\[object|[ \t]$|\n{3}/mu, path)
      assert.strictEqual((text.match(/^```/gmu) ?? []).length % 2, 0, path)
      assert.isTrue(text.endsWith("\n"))
    }
  })

  it("are the same on every call, and those that are served are among them", () => {
    const [first, second] = [documents(), documents()]
    assert.deepStrictEqual(first, second)
    for (const [path, make] of Object.entries(served)) {
      assert.strictEqual(first.find((document) => document.path === path.slice(1))?.text, make())
    }
    assert.strictEqual(new Set(first.map(({ path }) => path)).size, first.length)
  })

  it("keep the pages that lead to one version small", () => {
    for (const { path, text } of documents()) {
      const most = path.endsWith("llms.txt")
        ? 14_000
        : path.endsWith("cli.md") || path.endsWith("errors.md")
          ? 150_000
          : 20_000
      assert.isBelow(text.length, most, path)
    }
  })
})

const marked = (inner: string) => `# A\n\n<!-- made: commands -->\n${inner}\n<!-- end: commands -->\n\nafter\n`

describe("a made section", () => {
  it("is replaced between its marks, and what is around it stays", () => {
    const made = withSections(marked("old"))
    assert.notInclude(made, "old")
    assert.match(made, /^# A\n\n<!-- made: commands -->\n\| Command \|/u)
    assert.isTrue(made.endsWith("\n<!-- end: commands -->\n\nafter\n"))
    assert.strictEqual(withSections(made), made)
    assert.strictEqual(withSections("no marks\n"), "no marks\n")
  })
})
