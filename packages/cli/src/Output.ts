import { writeSync } from "node:fs"
import type { Answer, Envelope } from "@image-skill/core/envelope/Envelope"

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

export const printedOf = ({ envelope, exitCode }: Answer): Printed => ({ text: documentOf(envelope), exitCode })

const documentOf = (envelope: Envelope): string => `${JSON.stringify(envelope, null, 2)}\n`

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
