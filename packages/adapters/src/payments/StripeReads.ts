import type { Attempt } from "@image-skill/core/payments/Attempt"
import { PaymentRailError, type PaymentTruth } from "@image-skill/core/payments/PaymentRail"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type Stripe from "stripe"
import { type StripeClient, StripeFailure } from "./StripeClient.ts"
import { Dispute, Listed, page, Refund } from "./StripeObjects.ts"
import { isEmulated } from "./StripeSettings.ts"
import { disputedCents, refundedCents, type Standing } from "./StripeTruth.ts"

/** What both rails ask of Stripe in the same way. */

export const toRailError =
  (methodId: string) =>
  ({ message, reason }: StripeFailure): PaymentRailError =>
    new PaymentRailError({ methodId, reason, message })

export const malformed = (message: string): StripeFailure =>
  new StripeFailure({ reason: "malformed", message, isKeyTaken: false, isStored: false })

export const refused = (message: string): StripeFailure =>
  new StripeFailure({ reason: "refused", message, isKeyTaken: false, isStored: false })

/** The emulator's objects say test, and stand for live ones. */
export const isLive =
  ({ settings }: StripeClient) =>
  (livemode: boolean): boolean =>
    livemode || isEmulated(settings)

/** Seconds since 1970, as Stripe counts time. */
export const secondsOf = (time: DateTime.DateTime): number => Math.floor(DateTime.toEpochMillis(time) / 1000)

/** What every object of an attempt carries, so that an event can be brought home. */
export const metadataOf = (order: {
  readonly attemptId: string
  readonly quoteId: string
  readonly organizationId: string
}) => ({
  payment_attempt_id: order.attemptId,
  quote_id: order.quoteId,
  organization_id: order.organizationId
})

/** Adds what came back of a settled payment; before there is money, nothing can. */
export const withReversals = Effect.fnUntraced(function* (
  client: StripeClient,
  standing: Standing,
  paymentIntent: string | null
) {
  if (standing.settled === null || paymentIntent === null)
    return { ...standing, refundedCents: 0, disputedCents: 0 } satisfies PaymentTruth
  const { currency } = standing.settled
  const of = { payment_intent: paymentIntent, limit: 100 }
  const refunds = yield* pages(client, Refund, (stripe, after) => stripe.refunds.list({ ...of, ...after }))
  const disputes = yield* pages(client, Dispute, (stripe, after) => stripe.disputes.list({ ...of, ...after }))
  const refunded = refundedCents(refunds.items, currency)
  const disputed = disputedCents(disputes.items, currency)
  if (refunded === null || disputed === null || !refunds.isWhole || !disputes.isWhole)
    return yield* malformed("the payment provider's refunds or disputes cannot be added up")
  return { ...standing, refundedCents: refunded, disputedCents: disputed } satisfies PaymentTruth
})

/** The object of an attempt of which no id was kept, since the answer that named it never arrived. */
export const findByAttempt = Effect.fnUntraced(function* (
  client: StripeClient,
  attemptId: string,
  list: (stripe: Stripe, after: After) => Promise<unknown>
) {
  const isOurs = ({ clientReferenceId, metadata }: Listed) =>
    clientReferenceId === attemptId || metadata?.["payment_attempt_id"] === attemptId
  const { isWhole, items } = yield* pages(client, Listed, list, isOurs)
  const found = items.find(isOurs)
  if (found !== undefined || isWhole) return found?.id ?? null
  return yield* new StripeFailure({
    reason: "unknown",
    message: "the payment provider has too many payments to find this one among them",
    isKeyTaken: false,
    isStored: false
  })
})

/** Nothing of the attempt is at the provider: until its time is up, something may still be made of it. */
export const neverMade = (attempt: Attempt) =>
  Effect.map(DateTime.now, (now): PaymentTruth => {
    const isOver = attempt.expiresAt <= DateTime.formatIso(now)
    return {
      ...closedUnmade,
      status: isOver ? "expired" : "requires_action",
      reason: isOver ? closedUnmade.reason : null
    }
  })

export const closedUnmade: PaymentTruth = {
  status: "canceled",
  reason: "it never reached the payment provider",
  handles: [],
  settled: null,
  refundedCents: 0,
  disputedCents: 0
}

/** A key for what may be done any number of times: a failure that was stored under an earlier one does not stick. */
export const onceNow = (prefix: string) => Effect.map(DateTime.now, (now) => `${prefix}:${DateTime.toEpochMillis(now)}`)

/** When objects of an attempt can have been made: from a little before it, since two clocks differ. */
export const since = ({ createdAt }: Pick<Attempt, "createdAt">): number =>
  secondsOf(DateTime.makeUnsafe(createdAt)) - clockSkewSeconds

const clockSkewSeconds = 300

export interface After {
  readonly starting_after?: string
}

const maxPages = 20

/** Up to 20 pages of a list, newest first, or as far as `isEnough` says. */
export const pages = Effect.fnUntraced(function* <A extends { readonly id: string }, E>(
  client: StripeClient,
  item: Schema.Codec<A, E>,
  list: (stripe: Stripe, after: After) => Promise<unknown>,
  isEnough: (item: A) => boolean = () => false
) {
  const items: Array<A> = []
  let after: After = {}
  for (let read = 0; read < maxPages; read += 1) {
    const from = after
    const { data, hasMore } = yield* client.call(page(item), (stripe) => list(stripe, from))
    items.push(...data)
    const last = data.at(-1)
    if (!hasMore || last === undefined) return { items, isWhole: true }
    if (data.some(isEnough)) return { items, isWhole: false }
    after = { starting_after: last.id }
  }
  return { items, isWhole: false }
})
