import type { Answer } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { Ids } from "@image-skill/core/envelope/Ids"
import type { CommandEffect } from "@image-skill/core/envelope/NextAction"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Effect from "effect/Effect"
import type { Context } from "./Context.ts"
import { type Known, reprint } from "./Reprint.ts"

/** The answer of a service as this process prints it: its commands are rendered anew, its label may be ours. */
export const relay = (
  { host }: Context,
  answer: Answer,
  options: { readonly label?: string; readonly known?: Known } = {}
): Answer => {
  const envelope = reprint(answer.envelope, host, options.known)
  return { ...answer, envelope: options.label === undefined ? envelope : { ...envelope, command: options.label } }
}

/** An envelope that this program answers by itself. */
export const answerLocally = (
  context: Context,
  refusal: Refusal,
  effect: CommandEffect
): Effect.Effect<Answer, never, Ids> =>
  Effect.map(
    Effect.flatMap(Ids, ({ trace }) => trace),
    (traceId) => toAnswer(refusal, { command: labelOf(context), traceId, actor: null, effect, start: context.host })
  )

export const labelOf = ({ parsed }: Context): string => `image-skill ${parsed.name}`
