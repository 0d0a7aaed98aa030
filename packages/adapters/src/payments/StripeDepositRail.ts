import type { Attempt } from "@image-skill/core/payments/Attempt"
import { stripeDeposit } from "@image-skill/core/payments/KnownRails"
import type { Opened, PaymentOrder, PaymentRail } from "@image-skill/core/payments/PaymentRail"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { StripeClient, StripeFailure } from "./StripeClient.ts"
import { PaymentIntent } from "./StripeObjects.ts"
import * as Reads from "./StripeReads.ts"
import { describeDeposit } from "./StripeSettings.ts"
import * as Truth from "./StripeTruth.ts"

/** The version of Stripe's API that has deposits; it is asked for by each call, and the SDK's own stays as it is. */
export const depositVersion = "2026-03-04.preview"

/**
 * An agent sends USDC on Base to a fresh address (https://docs.stripe.com/payments/deposit-mode-stablecoin-payments). Only
 * the exact amount of that token on that network is matched; anything else is lost to the payer.
 */
export const make = (client: StripeClient): PaymentRail => {
  const { methodId } = stripeDeposit
  const toRailError = Reads.toRailError(methodId)
  const options = { apiVersion: depositVersion }

  const retrieve = (id: string) =>
    client.call(PaymentIntent, (stripe) => stripe.paymentIntents.retrieve(id, { expand: ["latest_charge"] }, options))

  const find = (attemptId: string, createdSince: number) =>
    Reads.findByAttempt(client, attemptId, (stripe, after) =>
      stripe.paymentIntents.list({ created: { gte: createdSince }, limit: 100, ...after }, options)
    )

  const found = Effect.fnUntraced(function* (order: PaymentOrder, otherwise: StripeFailure) {
    const now = Reads.secondsOf(yield* DateTime.now)
    const id = yield* find(order.attemptId, now - 24 * 3600)
    return id === null ? yield* otherwise : yield* retrieve(id)
  })

  const create = Effect.fnUntraced(function* (order: PaymentOrder) {
    const now = Reads.secondsOf(yield* DateTime.now)
    if (Reads.secondsOf(DateTime.makeUnsafe(order.expiresAt)) <= now)
      return yield* found(order, Reads.refused("the time to pay it is over"))
    return yield* client
      .call(PaymentIntent, (stripe) =>
        stripe.rawRequest("POST", "/v1/payment_intents", intentParams(order), {
          ...options,
          idempotencyKey: `${order.attemptId}:deposit:v1`
        })
      )
      .pipe(
        Effect.catchTag("StripeFailure", (failure) => {
          if (failure.isKeyTaken) return found(order, failure)
          if (failure.isStored && failure.reason === "unknown")
            return found(order, Reads.refused("the payment provider failed to make the deposit address"))
          return Effect.fail(failure)
        })
      )
  })

  const truthOf = Effect.fnUntraced(function* (intent: PaymentIntent, attempt: Pick<Attempt, "id">) {
    if (intent.metadata["payment_attempt_id"] !== attempt.id)
      return yield* Reads.malformed("the payment provider's deposit belongs to another payment")
    return yield* Reads.withReversals(client, Truth.ofDeposit(intent, Reads.isLive(client)), intent.id)
  })

  const intentIdOf = (attempt: Attempt) => {
    const id = attempt.handles.find((handle) => handle.startsWith("pi_"))
    return id === undefined ? find(attempt.id, Reads.since(attempt)) : Effect.succeed(id)
  }

  return {
    methodId,
    provider: "stripe",
    purchaseProvider: "stripe_x402",
    describe: Effect.succeed(describeDeposit(client.settings, null)),
    open: Effect.fn("StripeDepositRail.open")(function* (order: PaymentOrder) {
      const intent = yield* create(order)
      const { handles, reason, status } = yield* truthOf(intent, { id: order.attemptId })
      if (status === "expired" || status === "canceled")
        return yield* Reads.refused("the deposit address is closed already")
      const deposit = Truth.depositOf(intent.nextAction)
      if (Option.isNone(deposit))
        return yield* Reads.malformed("the payment provider's deposit address cannot be trusted")
      return { status, reason, handles, checkout: null, deposit: deposit.value } satisfies Opened
    }, Effect.mapError(toRailError)),
    read: Effect.fn("StripeDepositRail.read")(function* (attempt: Attempt) {
      const id = yield* intentIdOf(attempt)
      return id === null ? yield* Reads.neverMade(attempt) : yield* truthOf(yield* retrieve(id), attempt)
    }, Effect.mapError(toRailError)),
    close: Effect.fn("StripeDepositRail.close")(function* (attempt: Attempt) {
      const id = yield* intentIdOf(attempt)
      if (id === null) return Reads.closedUnmade
      const idempotencyKey = yield* Reads.onceNow(`${attempt.id}:cancel`)
      const intent = yield* client
        .call(PaymentIntent, (stripe) =>
          stripe.paymentIntents.cancel(id, { expand: ["latest_charge"] }, { ...options, idempotencyKey })
        )
        .pipe(
          Effect.catchIf(
            ({ reason }) => reason === "refused" || reason === "denied",
            () => retrieve(id)
          )
        )
      return yield* truthOf(intent, attempt)
    }, Effect.mapError(toRailError))
  }
}

const intentParams = (order: PaymentOrder) => ({
  amount: order.amountCents,
  currency: "usd",
  payment_method_types: ["crypto"],
  payment_method_data: { type: "crypto" },
  payment_method_options: { crypto: { mode: "deposit", deposit_options: { networks: ["base"] } } },
  confirm: true,
  metadata: Reads.metadataOf(order),
  expand: ["latest_charge"]
})
