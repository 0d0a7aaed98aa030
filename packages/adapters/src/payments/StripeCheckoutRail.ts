import { docsUrl } from "@image-skill/core/envelope/Product"
import type { Attempt } from "@image-skill/core/payments/Attempt"
import { stripeCheckout } from "@image-skill/core/payments/KnownRails"
import type { Opened, PaymentOrder, PaymentRail, PaymentTruth } from "@image-skill/core/payments/PaymentRail"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type Stripe from "stripe"
import type { StripeClient, StripeFailure } from "./StripeClient.ts"
import { Session } from "./StripeObjects.ts"
import * as Reads from "./StripeReads.ts"
import { describeCheckout } from "./StripeSettings.ts"
import * as Truth from "./StripeTruth.ts"

export interface CheckoutOptions {
  /** Whether the page takes promotion codes of the Stripe account. */
  readonly promotionCodes?: boolean
}

/**
 * A person pays on Stripe's hosted page (https://docs.stripe.com/api/checkout/sessions). The attempt's id is the
 * idempotency key and stands on the session and on the payment, so a lost answer is found again.
 */
export const make = (client: StripeClient, { promotionCodes = false }: CheckoutOptions = {}): PaymentRail => {
  const { methodId } = stripeCheckout
  const toRailError = Reads.toRailError(methodId)

  const retrieve = (id: string) =>
    client.call(Session, (stripe) => stripe.checkout.sessions.retrieve(id, { expand: [...expanded] }))

  const find = (attemptId: string, createdSince: number) =>
    Reads.findByAttempt(client, attemptId, (stripe, after) =>
      stripe.checkout.sessions.list({ created: { gte: createdSince }, limit: 100, ...after })
    )

  /** For an order whose key cannot make anything any more: what it made, if it did. */
  const found = Effect.fnUntraced(function* (order: PaymentOrder, otherwise: StripeFailure) {
    const now = Reads.secondsOf(yield* DateTime.now)
    const id = yield* find(order.attemptId, now - longestSeconds)
    return id === null ? yield* otherwise : yield* retrieve(id)
  })

  const create = Effect.fnUntraced(function* (order: PaymentOrder) {
    const now = Reads.secondsOf(yield* DateTime.now)
    const wanted = Reads.secondsOf(DateTime.makeUnsafe(order.expiresAt))
    if (wanted <= now) return yield* found(order, Reads.refused("the time to pay it is over"))
    const expiresAt = Math.min(Math.max(wanted, now + shortestSeconds), now + longestSeconds)
    const params = sessionParams(order, expiresAt, promotionCodes)
    return yield* client
      .call(Session, (stripe) =>
        stripe.checkout.sessions.create(params, { idempotencyKey: `${order.attemptId}:checkout:v1` })
      )
      .pipe(
        Effect.catchTag("StripeFailure", (failure) => {
          // The key is spent: on the same order with another time to live, or on a failure that is now repeated.
          if (failure.isKeyTaken) return found(order, failure)
          if (failure.isStored && failure.reason === "unknown")
            return found(order, Reads.refused("the payment provider failed to make the checkout page"))
          return Effect.fail(failure)
        })
      )
  })

  const truthOf = Effect.fnUntraced(function* (session: Session, attempt: Pick<Attempt, "id">) {
    if (session.clientReferenceId !== attempt.id)
      return yield* Reads.malformed("the payment provider's checkout page belongs to another payment")
    const standing = Truth.ofSession(session, Reads.isLive(client))
    return yield* Reads.withReversals(client, standing, session.paymentIntent?.id ?? null)
  })

  const sessionIdOf = (attempt: Attempt) => {
    const id = attempt.checkout?.sessionId ?? attempt.handles.find((handle) => handle.startsWith("cs_"))
    return id === undefined ? find(attempt.id, Reads.since(attempt)) : Effect.succeed(id)
  }

  const read = Effect.fn("StripeCheckoutRail.read")(function* (attempt: Attempt) {
    const id = yield* sessionIdOf(attempt)
    return id === null ? yield* Reads.neverMade(attempt) : yield* truthOf(yield* retrieve(id), attempt)
  }, Effect.mapError(toRailError))

  const close = Effect.fn("StripeCheckoutRail.close")(function* (attempt: Attempt) {
    const id = yield* sessionIdOf(attempt)
    if (id === null) return Reads.closedUnmade
    const idempotencyKey = yield* Reads.onceNow(`${attempt.id}:expire`)
    const session = yield* client
      .call(Session, (stripe) => stripe.checkout.sessions.expire(id, { expand: [...expanded] }, { idempotencyKey }))
      .pipe(
        Effect.catchIf(
          ({ reason }) => reason === "refused" || reason === "denied",
          () => retrieve(id)
        )
      )
    return yield* truthOf(session, attempt)
  }, Effect.mapError(toRailError))

  return {
    methodId,
    provider: "stripe",
    purchaseProvider: "stripe",
    describe: Effect.succeed(describeCheckout(client.settings, null)),
    open: Effect.fn("StripeCheckoutRail.open")(function* (order: PaymentOrder) {
      const session = yield* create(order)
      const truth = yield* truthOf(session, { id: order.attemptId })
      return yield* toOpened(session, truth)
    }, Effect.mapError(toRailError)),
    read,
    close
  }
}

const expanded = ["payment_intent.latest_charge"] as const

/** A session lives for 30 minutes to 24 hours (https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-expires_at); a minute is left to the way there. */
const shortestSeconds = 31 * 60
const longestSeconds = 24 * 3600 - 60

const sessionParams = (
  order: PaymentOrder,
  expiresAt: number,
  promotionCodes: boolean
): Stripe.Checkout.SessionCreateParams => {
  const metadata = Reads.metadataOf(order)
  const page = order.returnUrl ?? docsUrl()
  return {
    mode: "payment",
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: "usd",
          unit_amount: order.amountCents,
          product_data: { name: `${order.credits} Image Skill credits` }
        }
      }
    ],
    client_reference_id: order.attemptId,
    metadata,
    payment_intent_data: { metadata },
    expires_at: expiresAt,
    success_url: page,
    cancel_url: page,
    expand: [...expanded],
    ...(promotionCodes ? { allow_promotion_codes: true } : {})
  }
}

/** The URL stays as it came: what follows its `#` is part of it. */
const toOpened = ({ id, status, url }: Session, truth: PaymentTruth): Effect.Effect<Opened, StripeFailure> => {
  const { handles, reason } = truth
  if (truth.status === "expired" || truth.status === "canceled")
    return Effect.fail(Reads.refused("the checkout page is closed already"))
  if (status === "open" && (url === null || url === ""))
    return Effect.fail(Reads.malformed("the payment provider gave no address of the checkout page"))
  return Effect.succeed({
    status: truth.status,
    reason,
    handles,
    checkout: url === null ? null : { sessionId: id, url },
    deposit: null
  })
}
