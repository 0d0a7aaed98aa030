import type { Envelope } from "@image-skill/core/envelope/Envelope"
import { isJsonObject, textField } from "@image-skill/core/envelope/JsonFields"
import type * as Schema from "effect/Schema"
import type { Machine } from "../Machine.ts"
import { failurePage } from "./FailurePage.ts"
import { isSafe, shown } from "./Foreign.ts"
import { genericPage } from "./GenericPage.ts"
import { ink, type Role } from "./Ink.ts"
import { layOut, textLines } from "./Layout.ts"
import { effectOf, forPeople, type Step, stepsOf } from "./Next.ts"
import { type Block, facts, type Page } from "./Page.ts"
import { pageOf } from "./Pages.ts"
import { type Screen, screenOf } from "./Screen.ts"
import { type Sheet, sheetOf } from "./Sheet.ts"
import { wrap } from "./Wrap.ts"

/** A page for the terminal of this machine. */
export const draw = (envelope: Envelope, machine: Machine, isReduced: boolean): string =>
  render({ ...envelope }, screenOf(machine), isReduced)

/**
 * An envelope as a page for a person: what happened, the facts, warnings, what only the JSON holds, and the next
 * command as the last line. Pure: the same envelope and screen are the same text. The envelope must have gone through
 * `Reprint`, as every answer that is printed has. Of a reduced one only the facts are shown that are left.
 */
export const render = (envelope: Schema.Json, screen: Screen, isReduced = false): string => {
  const command = textField(envelope, "command").replace(/^image-skill (?=.)/u, "")
  const ok = isJsonObject(envelope) && envelope["ok"] === true
  const data = fieldOf(envelope, "data")
  const error = fieldOf(envelope, "error")
  const sheet = sheetOf(ok ? data : error)
  sheet.skip(...(ok ? stepFields : ["recovery.suggested_command", "recovery.next_actions"]))
  const page = ok
    ? ((isReduced ? null : pageOf(command, sheet)) ?? genericPage(command, sheet))
    : failurePage(command, sheet)
  if (command === "version" && ok && !isReduced) return `${shown(page.title, screen.unicode)}\n`
  const { next, others } = stepsOf(data, ok ? null : error)
  const sections = [
    titleLines(page, ok, screen),
    ...page.blocks.map((block) => layOut(block, screen)),
    ...alternatives(others).map((block) => layOut(block, screen)),
    warningLines(fieldOf(envelope, "warnings"), screen),
    footerLines(envelope, sheet, screen),
    next === null ? [] : nextLines(next, screen)
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`
}

const fieldOf = (envelope: Schema.Json, name: string): Schema.Json =>
  isJsonObject(envelope) ? (envelope[name] ?? null) : null

/** They are the end of the page, and no facts of their own. */
const stepFields = ["next_command", "next_actions", "next_command_copy_runnable", "next_command_missing_inputs"]

const marks = {
  good: { sign: "\u2713", word: "OK" },
  bad: { sign: "\u2717", word: "FAILED" },
  warning: { sign: "!", word: "ATTENTION" }
} as const

const titleLines = ({ needsAttention = false, title }: Page, ok: boolean, screen: Screen): ReadonlyArray<string> => {
  const role = !ok ? "bad" : needsAttention ? "warning" : "good"
  const mark = marks[role][screen.unicode ? "sign" : "word"]
  const indent = " ".repeat(mark.length + 1)
  return wrap(shown(title, screen.unicode), screen.columns - indent.length).map((line, index) => {
    const start = index === 0 ? `${ink(mark, role, screen)} ` : indent
    return start + ink(line, "title", screen)
  })
}

const alternatives = (others: ReadonlyArray<Step>): ReadonlyArray<Block> =>
  facts("Also", ...others.map(({ command, name }) => [name, forPeople(command)] as const))

const warningLines = (warnings: Schema.Json, screen: Screen): ReadonlyArray<string> =>
  (Array.isArray(warnings) ? warnings : []).flatMap((warning: Schema.Json) =>
    drawn(
      textLines(typeof warning === "string" ? warning : JSON.stringify(warning), screen, "    ").map((line, index) =>
        index === 0 ? `  ! ${line.slice(4)}` : line
      ),
      "warning",
      screen
    )
  )

/** Where to look an answer up, and what of it only stands in the JSON. */
const footerLines = (envelope: Schema.Json, sheet: Sheet, screen: Screen): ReadonlyArray<string> => {
  const hidden = sheet.unseen()
  const lines = [
    ...(textField(envelope, "trace_id") === "" ? [] : [`Trace ${textField(envelope, "trace_id")}`]),
    ...(hidden.length === 0 ? [] : [`More with --json: ${hidden.join(", ")}`])
  ]
  return drawn(
    lines.flatMap((line) => textLines(line, screen)),
    "quiet",
    screen
  )
}

const drawn = (lines: ReadonlyArray<string>, role: Role, screen: Screen): ReadonlyArray<string> =>
  lines.map((line) => {
    const start = line.length - line.trimStart().length
    return line.slice(0, start) + ink(line.slice(start), role, screen)
  })

/** The command stands alone in its line, whole and from the first column on, so that it can be copied and run. */
const nextLines = (next: Step, screen: Screen): ReadonlyArray<string> => {
  const command = forPeople(next.command)
  if (isSafe(command)) {
    const heading = wrap(shown(effectOf(next, screen.unicode ? "\u2014" : "-"), screen.unicode), screen.columns)
    return [...heading.map((line) => ink(line, "heading", screen)), ink(command, "command", screen)]
  }
  return textLines(
    "The next command holds characters that a terminal would obey, so it is not shown here; --json has it whole.",
    screen
  )
}
