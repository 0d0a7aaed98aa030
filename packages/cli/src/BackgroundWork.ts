import { specOf } from "@image-skill/core/envelope/CommandBook"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { Ids } from "@image-skill/core/envelope/Ids"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { lineOf } from "@image-skill/core/envelope/Start"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Message } from "./Background.ts"
import { backgroundVariable } from "./BackgroundNeed.ts"
import type { CallerShape } from "./Caller.ts"
import type { Context } from "./Context.ts"
import { flagWarnings } from "./Guards.ts"
import type { Machine } from "./Machine.ts"
import { withWarnings } from "./Output.ts"
import { stoppedNote } from "./Progress.ts"
import { labelOf } from "./Relay.ts"
import type { Again } from "./Repeat.ts"
import type { RunEvent } from "./RunEvents.ts"

/** How long it goes on after its answer. What takes longer is parked, and gone on with by the next command. */
const patience = Duration.minutes(15)

/** A process in the background of another one, which prints what it is told. */
export interface BackgroundWork {
  /** With the terminal of the caller. */
  readonly machine: Machine
  /** The answer that the caller prints; only the first one counts. */
  readonly tell: (answer: Answer) => Promise<void>
  /** What happens meanwhile. */
  readonly note: (event: RunEvent) => Promise<void>
  readonly callerOf: (context: Context) => Effect.Effect<CallerShape, never, Ids>
}

/** From here on everything that is written to stderr goes to the caller, in order with the answer. */
export const attach = (own: Machine): BackgroundWork => {
  const columns = Number(process.env[backgroundVariable])
  // Programs that this one starts are not in its place.
  Reflect.deleteProperty(process.env, backgroundVariable)
  process.stderr.write = (chunk: string | Uint8Array): boolean => {
    void send({ type: "stderr", text: typeof chunk === "string" ? chunk : Buffer.from(chunk).toString() })
    return true
  }
  return {
    machine: { ...own, stderrIsTerminal: columns > 0, stderrColumns: columns },
    tell: (answer) => send({ type: "answer", answer }),
    note: (event) => send({ type: "event", event }),
    callerOf
  }
}

/** Tells the caller of this command what it has to know, and keeps this process at work until its jobs are done. */
const callerOf = (context: Context): Effect.Effect<CallerShape, never, Ids> =>
  Effect.map(Ids, (ids) => ({
    isBackground: true,
    asking: (again) =>
      Effect.flatMap(ids.trace, (traceId) => {
        const lost = toAnswer(gone(context, again), {
          command: labelOf(context),
          traceId,
          actor: null,
          effect: specOf(context.parsed.name).effect,
          start: context.host
        })
        const stopped = stoppedNote(lineOf(again.command, context.host))
        return Effect.promise(() => send({ type: "asking", stopped, lost }))
      }),
    answered: (answer, idle) =>
      Effect.andThen(
        Effect.promise(() => send({ type: "answer", answer: withWarnings(answer, flagWarnings(context.parsed)) })),
        Effect.ignore(Effect.timeoutOption(idle, patience))
      )
  }))

/** Resolves when the message was handed over, or when there is nobody left to hand it to. */
const send = (message: Message): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined) resolve()
    else process.send(message, () => resolve())
  })

const gone = ({ parsed }: Context, { command, key }: Again): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_FAILED",
    message:
      "the process that did the work ended without an answer, and whether the provider was paid is unknown; the same key is charged once",
    retryable: true,
    recovery: {
      suggestedCommand: command,
      ...(key === null ? {} : { idempotencyKey: key }),
      docsUrl: docsUrl(`image-skill-${parsed.name}`)
    }
  })
