import { command, flag as flagPart, json } from "@image-skill/core/envelope/CommandLine"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField, withFields } from "@image-skill/core/envelope/JsonFields"
import { recovering } from "@image-skill/core/envelope/Refusal"
import { lineOf } from "@image-skill/core/envelope/Start"
import { forNext } from "@image-skill/core/identity/AuthHandoff"
import { quoteEffect } from "@image-skill/core/payments/PaymentEffects"
import { packOrCredits } from "@image-skill/core/payments/PaymentRefusals"
import { requests, type RequestOf } from "@image-skill/core/service/Requests"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Context } from "../../Context.ts"
import { count, flagReader, text } from "../../Flags.ts"
import { judge } from "../../Judge.ts"
import type { Leaf } from "../../Leaf.ts"
import { quoteKey } from "../../QuoteKey.ts"
import { relay } from "../../Relay.ts"
import { withRepeat } from "../../Repeat.ts"
import { resolveTarget } from "../../Target.ts"
import { requireToken } from "../../Tokens.ts"
import { withService } from "../../Wiring.ts"

/**
 * The price of credits on a rail. What can be judged from the arguments is judged before a token is looked for; which
 * rails there are is the service's to say.
 */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const { givenKey, terms } = yield* readTerms(context)
    const given = givenKey === null ? terms : { ...terms, idempotencyKey: givenKey }
    yield* judge(context, requests.creditsQuote, given)
    const target = yield* resolveTarget(context)
    const key = givenKey ?? (yield* quoteKey)
    const token = yield* Effect.mapError(requireToken(context, target), (refusal) =>
      refusal.code === "AUTH_REQUIRED"
        ? // The signup stands there as a line; as data, too, the error would be longer than an error may be.
          recovering(refusal, { ...refusal.recovery, nextActions: {}, afterAuth: afterAuth(context, terms, key) })
        : refusal
    )
    const ask = Effect.flatMap(ServiceApi, (service) =>
      service.creditsQuote({ ...terms, idempotencyKey: key }, token.value)
    )
    const answer = withAfterAuth(
      relay(context, yield* withService(context, target, ask)),
      afterAuth(context, terms, key)
    )
    const repeatable = withRepeat(context, answer, { command: repeat(terms, key), key })
    if (givenKey !== null) return repeatable
    const { envelope } = repeatable
    return { ...repeatable, envelope: { ...envelope, warnings: [...envelope.warnings, generated(key)] } }
  })

type Terms = Pick<RequestOf<"creditsQuote">, "credits" | "packId"> & { readonly paymentMethod: string }

const readTerms = Effect.fnUntraced(function* ({ parsed }: Context) {
  const flag = flagReader(parsed)
  const pack = yield* flag(text("pack"))
  const credits = yield* flag(count("credits"))
  // Published clients say it always; a service may have another default.
  const paymentMethod = (yield* flag(text("payment-method"))) ?? "stripe_checkout"
  const givenKey = yield* flag(text("idempotency-key"))
  if ((pack === null) === (credits === null)) return yield* packOrCredits()
  const terms: Terms = {
    ...(credits === null ? {} : { credits }),
    ...(pack === null ? {} : { packId: pack }),
    paymentMethod
  }
  return { terms, givenKey }
})

/** The caller's own command with its key: what to run when nobody knows whether this one arrived. */
const repeat = ({ credits, packId, paymentMethod }: Terms, key: string) =>
  command(
    "credits quote",
    credits === undefined ? null : flagPart("credits", `${credits}`),
    packId === undefined ? null : flagPart("pack", packId),
    flagPart("payment-method", paymentMethod),
    flagPart("idempotency-key", key),
    json
  )

/** The quote to ask for again once somebody is signed in, under the key of this one (contract/after-0.1.24.md 6). */
const afterAuth = ({ host }: Context, terms: Terms, key: string): Schema.JsonObject => {
  const quote = repeat(terms, key)
  const next = forNext("env", quote, host)
  const { label, live_money, no_spend } = quoteEffect(terms.paymentMethod !== "fake")
  return {
    command: lineOf(quote, host),
    command_copy_runnable: true,
    // A long key stands there once, not three times.
    ...(key.length > 60
      ? { omitted: ["with_env", "with_stdin"] }
      : { with_env: next.nextCommand?.withEnv ?? null, with_stdin: next.nextCommand?.withStdin ?? null }),
    accepted_methods: next.acceptedMethods,
    requires_auth: true,
    command_effect: { label, no_spend, live_money }
  }
}

/** The same where a service does not accept the token. */
const withAfterAuth = (answer: Answer, after: Schema.JsonObject): Answer => {
  const { error } = answer.envelope
  if (textField(error, "code") !== "AUTH_REQUIRED") return answer
  const recovery = withFields(jsonField(error, "recovery"), { after_auth: after, next_actions: {} })
  return { ...answer, envelope: { ...answer.envelope, error: withFields(error, { recovery }) } }
}

const generated = (key: string): string =>
  `no --idempotency-key was given; ${key} was used, repeat with it to get the same quote`
