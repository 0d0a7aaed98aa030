import { isJsonObject } from "@image-skill/core/envelope/JsonFields"
import { describeRest } from "./GenericPage.ts"
import { forPeople } from "./Next.ts"
import { facts, type Page, paragraph, table } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"
import { plain } from "./Values.ts"

export const versionPage = (data: Sheet): Page => {
  data.skip("mode")
  return { title: `${data.text("package") ?? "image-skill"} ${data.text("version") ?? ""}`.trimEnd(), blocks: [] }
}

/** Every command with what it is for. */
export const overviewPage = (data: Sheet): Page => {
  data.skip("usage", "commands")
  const start = data.text("start_here")
  return {
    title: "The commands",
    blocks: [
      ...facts(null, ...entriesOf(data, "about")),
      ...facts(null, ["Documentation", data.text("docs_url")]),
      ...describeRest(data, "more", "More"),
      ...paragraph("Start here", start === null ? null : forPeople(start))
    ]
  }
}

export const commandHelpPage = (data: Sheet): Page => ({
  title: `${data.text("command") ?? "A command"}: ${data.text("description") ?? ""}`,
  blocks: [
    ...facts(
      null,
      ["Usage", data.text("usage")],
      ["Effect", data.text("effect")],
      ["Only reads with", data.text("read_with")],
      ["Signed in", data.text("auth")],
      ["Documentation", data.text("docs_url")]
    ),
    ...paragraph("Examples", ...data.texts("examples")),
    ...subcommandsOf(data),
    ...facts("Flags that are required", ...entriesOf(data, "required_flags")),
    ...facts("Flags", ...entriesOf(data, "flags"), ...entriesOf(data, "optional_flags")),
    ...facts("Flags of every command", ...entriesOf(data, "global_flags")),
    ...facts("Exit codes", ...entriesOf(data, "exit_codes")),
    ...facts(null, ["Related", data.text("related")]),
    ...describeRest(data, "more", "More"),
    ...describeRest(data, "", "Besides")
  ]
})

const subcommandsOf = (data: Sheet) => {
  data.skip("subcommands")
  const effects = new Map(entriesOf(data, "effects"))
  return table(
    "Commands",
    [{ title: "Command", wraps: true }, { title: "Effect" }, { title: "What it does", wraps: true }],
    entriesOf(data, "about").map(([name, about]) => [name, effects.get(name) ?? null, about])
  )
}

/** The commands, or all that one of them takes and answers. */
export const schemaPage = (data: Sheet): Page => ({
  title: data.text("command") ?? "What the commands take and answer",
  blocks: [...facts(null, ...entriesOf(data, "commands")), ...describeRest(data, "", "Schema")]
})

/** The script itself is for a shell, and `--raw` prints it alone. */
export const completionsPage = (data: Sheet): Page => ({
  title: `Completions for ${data.text("shell") ?? "a shell"}`,
  blocks: describeRest(without(data, "script"), "", "How to use them")
})

const without = (data: Sheet, name: string): Sheet => ({
  ...data,
  wasSeen: (path) => path === name || data.wasSeen(path)
})

/** The fields of an object, or texts of which each begins with a name and a colon. */
const entriesOf = (data: Sheet, path: string): ReadonlyArray<readonly [string, string]> => {
  const value = data.take(path) ?? null
  if (isJsonObject(value)) return Object.entries(value).map(([name, text]) => [name, plain(text)] as const)
  return data.texts(path).map((text) => {
    const end = text.indexOf(": ")
    return end === -1 ? ([text, ""] as const) : ([text.slice(0, end), text.slice(end + 2)] as const)
  })
}
