import type * as Schema from "effect/Schema"
import { maybePrintable } from "../envelope/Printable.ts"
import { scrub } from "../envelope/Redaction.ts"

/** What a service sent, as data in one line: printable, without secrets, and cut. */
export const shownText = (text: string): string => maybePrintable(scrub(text.slice(0, 2_000)), longest) ?? "nothing"

const longest = 120

export const shown = (value: Schema.Json | undefined): string =>
  value === undefined ? "nothing" : shownText(JSON.stringify(value))
