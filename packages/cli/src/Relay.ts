import type { Answer } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { Ids } from "@image-skill/core/envelope/Ids"
import type { CommandEffect } from "@image-skill/core/envelope/NextAction"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Effect from "effect/Effect"
import type { Context } from "./Context.ts"
import { reprint } from "./Reprint.ts"
import type { Target } from "./Target.ts"

/** The answer of a service as this process prints it: its commands are rendered anew, its label may be ours. */
export const relay = (
  { host }: Context,
  target: Target,
  answer: Answer,
  options: { readonly label?: string; readonly known?: { readonly [placeholder: string]: string } } = {}
): Answer => {
  const printing = { prefix: host.prefix, apiBaseUrl: target.byFlag, known: options.known ?? {} }
  const envelope = reprint(answer.envelope, printing)
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
    (traceId) =>
      toAnswer(refusal, { command: labelOf(context), traceId, actor: null, effect, prefix: context.host.prefix })
  )

export const labelOf = ({ parsed }: Context): string => `image-skill ${parsed.name}`
