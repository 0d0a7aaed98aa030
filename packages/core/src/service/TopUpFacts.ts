import * as Effect from "effect/Effect"
import type { DailySlots } from "../credits/DailySlots.ts"
import type { LedgerStore } from "../credits/LedgerStore.ts"
import { Limits } from "../credits/Limits.ts"
import { type Quota, quotaOf } from "../credits/Quota.ts"
import type { ShortTopUp } from "../envelope/Recovery.ts"
import { recovering, type Refusal } from "../envelope/Refusal.ts"
import type { Agent } from "../identity/Actor.ts"
import type { Session } from "../identity/Agents.ts"
import { quotaCommand } from "../payments/PaymentCommands.ts"
import { PaymentRails } from "../payments/PaymentRails.ts"
import { factsOf, isUsable, type RailFacts } from "../payments/RailChoice.ts"
import { type TopUp, topUpOf } from "../payments/TopUp.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import { shortTopUp } from "./answers/TopUps.ts"

/** What handlers ask about getting credits. */
export const topUpFacts = Effect.gen(function* () {
  const rails = yield* PaymentRails
  const limits = yield* Limits
  const context = yield* Effect.context<LedgerStore | DailySlots | Limits>()
  const facts: Effect.Effect<ReadonlyArray<RailFacts>> = Effect.map(rails.described, (rows) => rows.map(factsOf))

  /** For a quota that was read already. `required` is what a refused request needed. */
  const ofQuota = (quota: Quota, required: number | null = null): Effect.Effect<TopUp> =>
    Effect.map(facts, (usable) => topUpOf(usable, { quota, limits, required }))

  /** Null while no rail can be used; then the quota is not even read. */
  const open = (agent: Agent, required: number | null = null): Effect.Effect<TopUp | null, StoreUnavailable> =>
    Effect.flatMap(facts, (rows) =>
      rows.some(isUsable)
        ? Effect.map(Effect.provide(quotaOf(agent), context), (quota) => topUpOf(rows, { quota, limits, required }))
        : Effect.succeed(null)
    )

  /** A refusal that credits would cure says how they are got. */
  const recovered = (refusal: Refusal, session: Session | null): Effect.Effect<Refusal, StoreUnavailable> =>
    session === null || !isCurable(refusal)
      ? Effect.succeed(refusal)
      : Effect.map(open(session.agent, refusal.recovery?.requiredCredits ?? null), (topUp) =>
          topUp === null ? refusal : withTopUp(refusal, shortTopUp(topUp))
        )

  return { ofQuota, open, recovered }
})

const withTopUp = (refusal: Refusal, topUp: ShortTopUp): Refusal => {
  const leadsToQuota = refusal.recovery?.suggestedCommand === quotaCommand
  return recovering(refusal, {
    ...refusal.recovery,
    topUp: leadsToQuota ? { ...topUp, omittedCommand: null } : topUp
  })
}

/**
 * Refusals for lack of credits, or of an allowance that credits raise, and of payments that are not there. Those that
 * suggest a quote by themselves need no other one.
 */
const curable: ReadonlySet<string> = new Set([
  "QUOTA_EXCEEDED",
  "DAILY_JOB_CAP_REACHED",
  "CREDIT_QUOTE_NOT_FOUND",
  "PAYMENT_NOT_FOUND"
])

const isCurable = ({ code, details }: Refusal): boolean =>
  curable.has(code) || (code === "CAPABILITY_DENIED" && details?.["lifted_by"] === "paid_credits")
