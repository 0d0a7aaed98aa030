import { command, json } from "@image-skill/core/envelope/CommandLine"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { Ids } from "@image-skill/core/envelope/Ids"
import type { CommandEffect } from "@image-skill/core/envelope/NextAction"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Context } from "./Context.ts"
import { reprint } from "./Reprint.ts"
import { resolveTarget, type Target } from "./Target.ts"
import { requireToken } from "./Tokens.ts"
import { withService } from "./Wiring.ts"

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

type Ask = (service: ServiceApi["Service"], token: Redacted.Redacted | null) => Effect.Effect<Answer>

/** A read that anybody may do. */
export const askOpenly = (context: Context, ask: Ask): Effect.Effect<Answer, Refusal, Ids> =>
  Effect.gen(function* () {
    const target = yield* resolveTarget(context)
    const answer = yield* withService(
      context,
      target,
      Effect.flatMap(ServiceApi, (service) => ask(service, null))
    )
    return relay(context, target, answer)
  })

/** A read that needs a token. */
export const askSigned = (context: Context, ask: Ask, label?: string): Effect.Effect<Answer, Refusal, Ids> =>
  Effect.gen(function* () {
    const target = yield* resolveTarget(context)
    const token = yield* requireToken(context, target)
    const answer = yield* withService(
      context,
      target,
      Effect.flatMap(ServiceApi, (service) => ask(service, token.value))
    )
    return relay(context, target, answer, label === undefined ? {} : { label })
  })

/** The one positional of a command, or the flag that stands for it. */
export const requiredWord = (
  { parsed }: Context,
  flagValue: string | null,
  flagName: string | null,
  what: string
): Effect.Effect<string, Refusal> => {
  const word = parsed.positionals[0] ?? flagValue
  return word === null || word.trim() === ""
    ? Effect.fail(
        new Refusal({
          code: "INVALID_ARGUMENTS",
          message: `${parsed.name} needs ${what}${flagName === null ? "" : `, as an argument or by --${flagName}`}`,
          outcome: "not_sent",
          recovery: {
            suggestedCommand: command(parsed.name, { _tag: "Flag", name: "help", value: null }, json),
            docsUrl: docsUrl(`image-skill-${parsed.name.replaceAll(" ", "-")}`)
          }
        })
      )
    : Effect.succeed(word)
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
