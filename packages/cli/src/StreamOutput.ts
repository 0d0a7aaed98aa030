import type { Parsed } from "@image-skill/core/envelope/Arguments"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import type { Start } from "@image-skill/core/envelope/Start"
import * as DateTime from "effect/DateTime"
import { jsonText, print, type Printed, printedOf } from "./Output.ts"
import { eventFields, factsAfter, nothingKnown, type RunEvent, type RunFacts } from "./RunEvents.ts"

/** Hears what a run does, says it where it is asked to (`--stream`), and knows what an interrupt has to tell. */
export interface Recorder {
  readonly note: (event: RunEvent) => void
  readonly facts: () => RunFacts
  /** The answer as it is printed: by itself, or as the last line of the stream. */
  readonly printed: (answer: Answer) => Printed
}

/** `typed` is read where the words were no command of ours: whoever asked for lines reads lines. */
export const recorderOf = (parsed: Parsed | null, host: Start, typed: ReadonlyArray<string> = []): Recorder => {
  const isStream = parsed === null ? typed.includes("--stream") : isOn(parsed)
  let facts = nothingKnown
  let seq = 0
  const line = (type: string, fields: object): string => {
    seq += 1
    const head = { type, seq, ts: DateTime.formatIso(DateTime.nowUnsafe()) }
    // First in the line, and last to be set: the answer of a service may have fields of these names.
    return `${jsonText({ ...head, ...fields, ...head })}\n`
  }
  return {
    note: (event) => {
      facts = factsAfter(facts, event)
      if (isStream) print(line(event.type, eventFields(event, `image-skill ${parsed?.name ?? ""}`, host)))
    },
    facts: () => facts,
    printed: (answer) =>
      isStream ? { text: line("envelope", answer.envelope), exitCode: answer.exitCode } : printedOf(answer)
  }
}

/** `--stream`, read without loading what reads flags: the last one counts, and only `false` is no. */
export const isOn = ({ flags }: Parsed): boolean => {
  const last = flags.get("stream")?.at(-1)
  return last !== undefined && last !== "false"
}
