import { writeSync } from "node:fs"
import type { Reading } from "@image-skill/core/envelope/Arguments"
import type { Answer, Envelope } from "@image-skill/core/envelope/Envelope"
import { variables } from "@image-skill/core/envelope/Product"
import type { Machine } from "./Machine.ts"

/**
 * One JSON document, indented by two spaces, and a newline: the only thing that ever reaches stdout. False when it could
 * not be written; stderr then says why.
 */
export const printEnvelope = (envelope: Envelope): boolean => print(documentOf(envelope))

/** What stands on stdout in the end, and the exit code. */
export interface Printed {
  readonly text: string
  readonly exitCode: number
}

export const printedOf = ({ envelope, exitCode, raw }: WithText): Printed => ({
  text: raw ?? documentOf(envelope),
  exitCode
})

/** An answer of which, if it says so, only this text is printed. */
type WithText = Answer & { readonly raw?: string }

const documentOf = (envelope: Envelope): string => `${jsonText(envelope, 2)}\n`

/** JSON that no terminal takes for orders: of all controls it leaves only those behind ASCII as they are. */
export const jsonText = (value: object, space?: number): string =>
  JSON.stringify(value, null, space).replaceAll(
    /[\u007f-\u009f]/gu,
    (control) => `\\u00${control.charCodeAt(0).toString(16)}`
  )

/**
 * What is printed of an answer: JSON as `json` sets it, and for a person at a terminal a page. With `--fields` only those
 * of its data. What draws is loaded only where it is needed; an answer that cannot be drawn is printed as JSON.
 */
export const presented = async (
  answer: WithText,
  reading: Reading,
  machine: Machine,
  json: (answer: Answer) => Printed = printedOf
): Promise<Printed> => {
  const values = reading._tag === "Command" ? reading.flags.get("fields") : undefined
  const isPage = isForPeople(reading, machine)
  if (answer.raw !== undefined || (values === undefined && !isPage)) return json(answer)
  try {
    const { fieldPaths, onlyFields } = await import("./page/Fields.ts")
    const paths = fieldPaths(values ?? [])
    const less = { ...answer, envelope: onlyFields(answer.envelope, paths) }
    if (!isPage) return json(less)
    const { draw } = await import("./page/Render.ts")
    return { text: draw(less.envelope, machine, paths.length > 0), exitCode: answer.exitCode }
  } catch {
    // An odd answer, or a program that was replaced while it waited and cannot load the rest of itself.
    return json(answer)
  }
}

/** A person looks at it, and did not ask for JSON. */
const isForPeople = (reading: Reading, { arguments: typed, stdoutIsTerminal, variable }: Machine): boolean =>
  stdoutIsTerminal &&
  variable(variables.output) !== "json" &&
  !(reading._tag === "Command" ? isOn(reading, "json") || isOn(reading, "stream") : typed.includes("--json"))

/** The last one counts, and only `false` is no. */
const isOn = ({ flags }: Extract<Reading, { readonly _tag: "Command" }>, name: string): boolean => {
  const last = flags.get(name)?.at(-1)
  return last !== undefined && last !== "false"
}

/** With more sentences for whoever reads it. */
export const withWarnings = (answer: Answer, more: ReadonlyArray<string>): Answer =>
  more.length === 0
    ? answer
    : { ...answer, envelope: { ...answer.envelope, warnings: [...answer.envelope.warnings, ...more] } }

export const print = (document: string): boolean => {
  try {
    writeAll(1, document)
    return true
  } catch (error) {
    process.stderr.write(
      `image-skill: the answer could not be written: ${error instanceof Error ? error.message : ""}\n`
    )
    return false
  }
}

/** Written synchronously, because a pipe that is still full when the process ends would cut the answer short. */
const writeAll = (descriptor: number, text: string): void => {
  const bytes = Buffer.from(text)
  let written = 0
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written)
    } catch (error) {
      if (isCode(error, "EAGAIN")) continue
      // Whoever was reading has gone; there is nobody left to tell.
      if (isCode(error, "EPIPE")) return
      throw error
    }
  }
}

const isCode = (error: unknown, code: string): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === code
