import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Ids } from "../envelope/Ids.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Agent } from "../identity/Actor.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import { type Attempt, isOpen } from "./Attempt.ts"
import { Fulfilment } from "./Fulfilment.ts"
import { buyCommand, planCommand, quotaCommand, statusCommand } from "./PaymentCommands.ts"
import type { PaymentRail } from "./PaymentRail.ts"
import { PaymentRails } from "./PaymentRails.ts"
import * as Refusals from "./PaymentRefusals.ts"
import { PaymentStore } from "./PaymentStore.ts"
import type { Quote } from "./Quote.ts"
import { isUsable } from "./RailChoice.ts"
import { railPolicy } from "./RailPolicy.ts"

/** How long an attempt can be paid: within what a hosted page of Stripe may live (contract/api.md 5.4). */
export const attemptLifetime = Duration.minutes(60)

export interface PurchaseRequest {
  readonly methodId: string
  readonly quoteId: string
  readonly key: string
}

export interface Purchased {
  readonly attempt: Attempt
  readonly quote: Quote
  readonly replayed: boolean
}

/**
 * Begins to pay a quote. The attempt is written before the provider is asked, and its id is what the provider sees as
 * the key: so a crash, a lost answer and a repeated command all lead to one thing to pay.
 */
export class Purchases extends Context.Service<
  Purchases,
  {
    buy(agent: Agent, request: PurchaseRequest, traceId: string): Effect.Effect<Purchased, Refusal | StoreUnavailable>
  }
>()("core/payments/Purchases") {
  static readonly layer = Layer.effect(
    Purchases,
    Effect.gen(function* () {
      const rows = yield* PaymentStore
      const store = yield* Store
      const rails = yield* PaymentRails
      const fulfilment = yield* Fulfilment
      const ids = yield* Ids
      const policy = yield* railPolicy

      const quoteOf = Effect.fnUntraced(function* (agent: Agent, id: string) {
        const quote = yield* rows.quote(agent.organizationId, id)
        return Option.isSome(quote) ? quote.value : yield* Refusals.quoteNotFound()
      })

      /** The attempt that answers this key already, or the open one of the quote. */
      const standing = Effect.fnUntraced(function* (agent: Agent, { key, quoteId }: PurchaseRequest) {
        const byKey = yield* rows.attemptByKey(agent.id, key)
        if (Option.isSome(byKey)) {
          if (byKey.value.quoteId !== quoteId) return yield* Refusals.purchaseKeyConflict(byKey.value)
          return { attempt: byKey.value, quote: yield* quoteOf(agent, quoteId) }
        }
        const quote = yield* quoteOf(agent, quoteId)
        const open = (yield* rows.attemptsOfQuote(quote.id)).find(isOpen)
        if (open !== undefined) yield* rows.rememberKey(agent.id, key, open.id)
        return { attempt: open ?? null, quote }
      })

      const begin = Effect.fnUntraced(
        function* (agent: Agent, request: PurchaseRequest, traceId: string) {
          const { attempt, quote } = yield* standing(agent, request)
          const rail = rails.find(request.methodId)
          if (quote.methodId !== request.methodId || rail === null)
            return yield* Refusals.methodMismatch(quote, rails.find(quote.methodId))
          if (attempt !== null) return { attempt, quote, rail, replayed: true }
          if (quote.state === "fulfilled" || quote.state === "canceled")
            return yield* Refusals.notPurchasable(quote, quotaCommand)
          const now = yield* DateTime.now
          if (quote.state === "expired" || quote.expiresAt <= DateTime.formatIso(now))
            return yield* Refusals.quoteExpired(quote)
          const described = yield* rail.describe
          if (!isUsable(described)) return yield* Refusals.methodUnavailable(rail.methodId, described, null)
          const id = yield* ids.next("payatt")
          yield* policy.take(agent, quote, id)
          const begun: Attempt = {
            id,
            quoteId: quote.id,
            organizationId: agent.organizationId,
            agentId: agent.id,
            key: request.key,
            methodId: rail.methodId,
            provider: rail.provider,
            credits: quote.credits,
            amountCents: quote.credits,
            liveMoney: quote.liveMoney,
            status: "opening",
            reason: null,
            handles: [],
            checkout: null,
            deposit: null,
            exception: null,
            traceId,
            createdAt: DateTime.formatIso(now),
            expiresAt: DateTime.formatIso(DateTime.addDuration(now, attemptLifetime)),
            checkAt: DateTime.formatIso(DateTime.addDuration(now, Duration.seconds(5))),
            checks: 0
          }
          yield* rows.insertAttempt(begun)
          const started: Quote = { ...quote, state: "purchase_started" }
          yield* rows.updateQuote(started, quote.state)
          return { attempt: begun, quote: started, rail, replayed: false }
        },
        store.transaction,
        Effect.catchTag("SpendBlocked", policy.ask)
      )

      const buy = Effect.fn("Purchases.buy")(function* (agent: Agent, request: PurchaseRequest, traceId: string) {
        const { attempt, quote, rail, replayed } = yield* begin(agent, request, traceId)
        if (attempt.status !== "opening") return { attempt, quote, replayed }
        const opened = yield* fulfilment.open(attempt, rail).pipe(
          Effect.catchTag("PaymentRailError", (error) =>
            Effect.gen(function* () {
              const after = Option.getOrElse(yield* rows.attempt(attempt.id), () => attempt)
              const again = after.status === "opening" ? buyCommand(rail, quote.id, request.key) : onward(after, rail)
              // Whoever is denied the rail finds another one, and does not knock once more.
              return yield* Refusals.providerFailed(
                error,
                error.reason === "denied" ? planCommand(quote.credits) : again
              )
            })
          )
        )
        const after = Option.getOrElse(yield* rows.quote(agent.organizationId, quote.id), () => quote)
        return { attempt: opened, quote: after, replayed }
      })

      return Purchases.of({ buy })
    })
  )
}

/** The purchase that failed under its key is tried again under another. */
const onward = (attempt: Attempt, rail: PaymentRail) =>
  isOpen(attempt) || attempt.status === "succeeded"
    ? statusCommand(attempt)
    : buyCommand(rail, attempt.quoteId, `${attempt.key}:again`.slice(-200))
