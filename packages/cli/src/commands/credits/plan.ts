import { localRails } from "@image-skill/adapters/agent/LocalRails"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { readPayments } from "@image-skill/core/guide/ReadAnswers"
import { centsOf } from "@image-skill/core/payments/Cents"
import { PlanAnswer, planAnswer } from "@image-skill/core/payments/PlanAnswer"
import type { PaymentWish } from "@image-skill/core/payments/RailPlan"
import { RailSelection } from "@image-skill/core/payments/RailSelection"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Context } from "../../Context.ts"
import { discardToken } from "../../DiscardToken.ts"
import { count, flagReader, number, toggle } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { quoteKey } from "../../QuoteKey.ts"
import { labelOf, relay } from "../../Relay.ts"
import { resolveTarget } from "../../Target.ts"
import { withService } from "../../Wiring.ts"

/** Which rail to buy on, and why not on the others. Asks only for the rails, and moves no money. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const wish = yield* readWish(context)
    yield* discardToken(context)
    const target = yield* resolveTarget(context)
    const answer = yield* withService(
      context,
      target,
      Effect.flatMap(ServiceApi, (service) => service.paymentMethods({}))
    )
    if (!answer.envelope.ok) return relay(context, answer, { label: labelOf(context) })
    const { checked, rails } = readPayments(answer.envelope.data)
    const selection = yield* RailSelection
    const local = yield* localRails(context.machine, rails, target.origin)
    const plan = selection.plan(rails, wish, local.facts)
    const data = yield* Effect.orDie(
      Schema.encodeEffect(PlanAnswer)(planAnswer(wish, plan, yield* quoteKey, context.host))
    )
    return planned(context, answer, data, [...(checked ? [] : [unreadable]), ...local.warnings])
  }).pipe(Effect.provide(RailSelection.layer))

const defaultCredits = 500

/** What a wallet may be asked for at most, in US dollars; more is taken for a slip. */
const mostUsd = 1_000

const readWish = Effect.fnUntraced(function* ({ parsed }: Context) {
  const flag = flagReader(parsed)
  const maxUsd = yield* flag(number("max-usd"))
  if (maxUsd !== null && (maxUsd < 0 || maxUsd > mostUsd)) return yield* outOfRange()
  const wish: PaymentWish = {
    credits: (yield* flag(count("credits"))) ?? defaultCredits,
    maxUsdCents: maxUsd === null ? null : centsOf(maxUsd),
    noHuman: yield* flag(toggle("no-human")),
    // Each rail has a quote of its own, so only the chosen one has a key.
    key: null
  }
  return wish
})

const outOfRange = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "--max-usd must be a number of US dollars from 0 to 1,000",
    outcome: "not_sent",
    recovery: { requiredFlag: "--max-usd", docsUrl: docsUrl("image-skill-credits-plan") }
  })

/** The service's answer with the plan in the place of its rails. */
const planned = (
  context: Context,
  { envelope, ...rest }: Answer,
  data: Schema.Json,
  warnings: ReadonlyArray<string>
): Answer => ({
  ...rest,
  envelope: {
    ok: true,
    command: labelOf(context),
    trace_id: envelope.trace_id,
    actor: envelope.actor,
    data,
    warnings: [...envelope.warnings, ...warnings],
    error: null
  }
})

const unreadable = "the service did not say which rails it has"
