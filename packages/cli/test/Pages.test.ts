import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, expect, it } from "@effect/vitest"
import { isJsonObject, jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import * as CliOutput from "effect/cli/CliOutput"
import { render } from "../src/page/Render.ts"
import { goldenNames, lifelike, undrawn } from "./Lifelike.ts"

const pages = fileURLToPath(new URL("pages/", import.meta.url))
const plain = { columns: 80, color: false, hyperlinks: false, unicode: true } as const

/** Pages that a person has looked at, at 80 columns. */
const looked = [
  "activity-list",
  "activity-show",
  "assets-get",
  "assets-lineage",
  "assets-list",
  "assets-show",
  "auth-status.config",
  "create",
  "create.dry-run",
  "create.too-many",
  "create-guide.auth-required",
  "create-guide.ready",
  "credits-buy",
  "credits-methods.fake",
  "credits-packs",
  "credits-plan",
  "credits-quote",
  "credits-quote.unavailable",
  "credits-status",
  "doctor.damaged-database",
  "doctor.fresh",
  "help",
  "help.create",
  "hosted.create.reset",
  "hosted.guide.quota-required",
  "jobs-cancel",
  "jobs-list",
  "jobs-show",
  "models-list",
  "models-show",
  "serve",
  "signup",
  "upload",
  "usage-quota",
  "version"
]
const narrowAndWide = ["create", "credits-methods.fake", "models-list"]

const cases = [
  ...looked.map((name) => ({ name, columns: 80 })),
  ...narrowAndWide.flatMap((name) => [40, 120].map((columns) => ({ name, columns })))
]

describe("a page", () => {
  for (const { columns, name } of cases) {
    it(`of ${name} at ${columns} columns is the one that was looked at`, async () => {
      const page = render(lifelike(name), { ...plain, columns })
      await expect(page).toMatchFileSnapshot(`${pages}${name}.${columns}.page.txt`)
    })
  }

  it("that is kept belongs to a test", () => {
    assert.deepStrictEqual(
      readdirSync(pages).toSorted(),
      cases.map(({ columns, name }) => `${name}.${columns}.page.txt`).toSorted()
    )
  })

  it("fits a terminal of any width, except for the command that must stay whole", () => {
    for (const name of goldenNames) {
      for (const columns of [20, 47, 80]) {
        const lines = render(lifelike(name), { ...plain, columns })
          .trimEnd()
          .split("\n")
        const body = commandOf(name) === null ? lines : lines.slice(0, -1)
        for (const line of body)
          assert.isAtMost(CliOutput.displayWidth(line), columns, `${name} at ${columns}: ${line}`)
      }
    }
  })

  it("ends with the next command as one line, just as the envelope has it but for --json", () => {
    let commands = 0
    for (const name of goldenNames) {
      const command = commandOf(name)
      if (command === null || /\p{Cc}/u.test(command)) continue
      commands += 1
      const last = render(lifelike(name), { ...plain, columns: 40 })
        .trimEnd()
        .split("\n")
        .at(-1)
      assert.strictEqual(last, command.replace(/ --json$/u, ""), name)
    }
    assert.isAbove(commands, 150)
  })

  it("hides nothing: each fact stands in it, or its field is named as one that the JSON has", () => {
    for (const name of goldenNames.filter((one) => one !== "version" && one !== "version.with-flags")) {
      const envelope = lifelike(name)
      const page = render(envelope, { ...plain, columns: 200 })
      const squeezed = page.replaceAll(/\s+/gu, "")
      const names = (/More with --json: ([\s\S]*?)(?:\n\n|\n$)/u.exec(page)?.[1] ?? "")
        .split(/,\s*/u)
        .map((one) => one.trim())
      const named = new Set(names)
      for (const [field, value] of Object.entries(envelope["data"] ?? {})) {
        if (typeof value !== "string" || value.length < 6 || /_command/u.test(field)) continue
        const isShown = [
          value.replace(/ --json$/u, ""),
          value.replaceAll("_", " "),
          value.replace(/T(\S+)\.\d+Z$/u, "$1UTC")
        ].some((text) => squeezed.includes(text.replaceAll(/\s+/gu, "")))
        assert.isTrue(isShown || named.has(field) || understood.has(field), `${name}: ${field} = ${value}`)
      }
    }
  })

  it("without unicode and colours is plain ASCII where the answer is", () => {
    for (const name of goldenNames) {
      const page = render(lifelike(name), { ...plain, unicode: false })
      assert.match(page, /^[\n\u0020-\u007e]*$/u, name)
      if (!name.startsWith("version")) assert.match(page, /^(?:OK|FAILED|ATTENTION) /u, name)
    }
  })

  it("says the same with colours and links as without", () => {
    for (const name of goldenNames) {
      const coloured = render(lifelike(name), { ...plain, color: true, hyperlinks: true })
      assert.strictEqual(undrawn(coloured), render(lifelike(name), plain), name)
    }
  })
})

/** Their words stand in the page in another form. */
const understood = new Set([
  "schema",
  "operation",
  "contract_version",
  "usage",
  "trace_id",
  "package",
  "mode",
  "source"
])

const commandOf = (name: string): string | null => {
  const { data, error } = lifelike(name)
  const holder = error === null ? (data ?? null) : (jsonField(error, "recovery") ?? null)
  const wanted = textField(holder, error === null ? "next_command" : "suggested_command")
  if (wanted !== "") return wanted
  const actions = jsonField(holder, "next_actions")
  const [first] = isJsonObject(actions) ? Object.values(actions).map((action) => textField(action, "command")) : []
  return first ?? null
}
