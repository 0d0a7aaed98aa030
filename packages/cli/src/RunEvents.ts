import type { Command } from "@image-skill/core/envelope/CommandLine"
import { lineOf, type Start } from "@image-skill/core/envelope/Start"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Again } from "./Repeat.ts"

/** What happens while a command runs. Plain data: a process in the background tells its caller the same. */
export type RunEvent =
  /** Everything was judged; `again` repeats it safely. */
  | { readonly type: "started"; readonly again: Again }
  | { readonly type: "uploaded"; readonly assetId: string }
  /** From now on money may be spent. `goesOn` says who works on it when nobody waits any more. */
  | { readonly type: "submitted"; readonly again: Again; readonly goesOn: GoesOn }
  | { readonly type: "job"; readonly jobId: string; readonly status: string | null; readonly goesOn: GoesOn }
  | { readonly type: "progress"; readonly status: string | null; readonly elapsedMs: number }

/** The service that was asked, a process of this machine, or nobody before the next command is run here. */
export type GoesOn = "service" | "background" | "next_command"

/** Who is told. Nobody, unless the program says otherwise. */
export const RunEvents = Context.Reference<{ readonly tell: (event: RunEvent) => Effect.Effect<void> }>(
  "cli/RunEvents",
  { defaultValue: () => ({ tell: () => Effect.void }) }
)

export const tell = (event: RunEvent): Effect.Effect<void> => Effect.flatMap(RunEvents, (events) => events.tell(event))

/** What is known of a run when it is cut short. */
export interface RunFacts {
  readonly again: Command | null
  readonly key: string | null
  /** Null while nothing was sent that could be charged. */
  readonly goesOn: GoesOn | null
  readonly jobId: string | null
}

export const nothingKnown: RunFacts = { again: null, key: null, goesOn: null, jobId: null }

export const factsAfter = (facts: RunFacts, event: RunEvent): RunFacts => {
  switch (event.type) {
    case "started":
      return { ...facts, again: event.again.command, key: event.again.key }
    case "submitted":
      return { ...facts, again: event.again.command, key: event.again.key, goesOn: event.goesOn }
    case "job":
      return { ...facts, goesOn: event.goesOn, jobId: event.jobId }
    default:
      return facts
  }
}

/** As a line of a stream, without what every line has. */
export const eventFields = (event: RunEvent, command: string, host: Start): Schema.JsonObject => {
  switch (event.type) {
    case "started":
      return { command, idempotency_key: event.again.key, recover_command: lineOf(event.again.command, host) }
    case "uploaded":
      return { asset_id: event.assetId }
    case "submitted":
      return { idempotency_key: event.again.key }
    case "job":
      return { job_id: event.jobId, status: event.status }
    case "progress":
      return { status: event.status, elapsed_ms: event.elapsedMs }
  }
}
