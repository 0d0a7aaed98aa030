import type { Attempt } from "@image-skill/core/payments/Attempt"
import { stripeCheckout, stripeDeposit } from "@image-skill/core/payments/KnownRails"
import {
  type Opened,
  type PaymentOrder,
  type PaymentRail,
  PaymentRailError,
  type PaymentTruth
} from "@image-skill/core/payments/PaymentRail"
import type { Rail } from "@image-skill/core/payments/Rail"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"

/** What a provider of payments knows of one order. Values are replaced, never changed. */
interface Payment {
  readonly order: PaymentOrder
  readonly number: number
  readonly stage: "payable" | "declined" | "ended" | "paid"
  readonly paidCents: number
  readonly refundedCents: number
  readonly disputedCents: number
}

/** A rail without a provider behind it, and the hands of those who pay on it. */
export interface ScriptedRail {
  readonly rail: PaymentRail
  /** The ids of the attempts that were opened, in their order. */
  readonly opened: () => ReadonlyArray<string>
  /** The exact amount arrives; also after the attempt ended, as it does in the world. */
  readonly pay: (attemptId: string) => void
  readonly decline: (attemptId: string) => void
  /** Gives back so many cents, on top of what was given back before. */
  readonly refund: (attemptId: string, cents: number) => void
  /** A dispute takes the whole payment back, until it is won. */
  readonly dispute: (attemptId: string) => void
  readonly winDispute: (attemptId: string) => void
  /** What a payer is shown: the hosted page, or the address of the deposit. */
  readonly handles: (attemptId: string) => ReadonlyArray<string>
}

/**
 * `hosted`: `stripe_checkout`, a page that only a person can pay. `deposit`: `stripe_x402.exact.usdc`, an address that
 * an agent pays to by itself. Neither moves money, and neither says that it does.
 */
export const make = (kind: "hosted" | "deposit"): ScriptedRail => {
  const described: Rail = { ...(kind === "hosted" ? stripeCheckout : stripeDeposit), liveMoney: false, notice }
  const payments = new Map<string, Payment>()

  const change = (attemptId: string, next: (payment: Payment) => Payment): void => {
    const payment = payments.get(attemptId)
    if (payment === undefined)
      throw new Error(
        `there is no payment of the attempt ${attemptId}; opened were ${[...payments.keys()].join(", ") || "none"}`
      )
    payments.set(attemptId, next(payment))
  }

  const open = (order: PaymentOrder): Opened => {
    const known = payments.get(order.attemptId)
    const payment: Payment = known ?? {
      order,
      number: payments.size + 1,
      stage: "payable",
      paidCents: 0,
      refundedCents: 0,
      disputedCents: 0
    }
    payments.set(order.attemptId, payment)
    const truth = truthOf(kind, payment)
    return {
      status: truth.status === "canceled" || truth.status === "expired" ? "requires_action" : truth.status,
      reason: truth.reason,
      handles: truth.handles,
      checkout: kind === "hosted" ? { sessionId: sessionOf(payment), url: pageOf(payment) } : null,
      deposit: kind === "deposit" ? depositOf(payment) : null
    }
  }

  const look = (attempt: Attempt, isOver: boolean, now: string): Effect.Effect<PaymentTruth, PaymentRailError> =>
    Effect.suspend(() => {
      const payment = payments.get(attempt.id)
      if (payment === undefined)
        return Effect.succeed(unheard(isOver ? "canceled" : attempt.expiresAt <= now ? "expired" : "requires_action"))
      const isLate = payment.order.expiresAt <= now
      const after: Payment =
        payment.stage === "payable" && (isOver || isLate) ? { ...payment, stage: "ended" } : payment
      payments.set(attempt.id, after)
      return Effect.succeed(truthOf(kind, after))
    })
  const looking = (attempt: Attempt, isOver: boolean) =>
    Effect.flatMap(DateTime.now, (now) => look(attempt, isOver, DateTime.formatIso(now)))

  return {
    rail: {
      methodId: described.methodId,
      provider: "stripe",
      purchaseProvider: kind === "hosted" ? "stripe" : "stripe_x402",
      describe: Effect.succeed(described),
      open: (order) =>
        Effect.flatMap(DateTime.now, (now) =>
          order.expiresAt <= DateTime.formatIso(now) && !payments.has(order.attemptId)
            ? Effect.fail(late(described.methodId))
            : Effect.sync(() => open(order))
        ),
      read: (attempt) => looking(attempt, false),
      close: (attempt) => looking(attempt, true)
    },
    opened: () => [...payments.keys()],
    pay: (id) => change(id, (payment) => ({ ...payment, stage: "paid", paidCents: payment.order.amountCents })),
    decline: (id) => change(id, (payment) => ({ ...payment, stage: "declined" })),
    refund: (id, cents) =>
      change(id, (payment) => ({
        ...payment,
        refundedCents: Math.min(payment.paidCents, payment.refundedCents + cents)
      })),
    dispute: (id) => change(id, (payment) => ({ ...payment, disputedCents: payment.paidCents })),
    winDispute: (id) => change(id, (payment) => ({ ...payment, disputedCents: 0 })),
    handles: (id) => {
      const payment = payments.get(id)
      return payment === undefined ? [] : [sessionOf(payment)]
    }
  }
}

const late = (methodId: string): PaymentRailError =>
  new PaymentRailError({ methodId, reason: "refused", message: "the time of the order is over" })

const notice = "a scripted rail of the test kit: it moves no money"

const sessionOf = ({ number }: Payment): string => `cs_fake_${number}`

/** What follows the `#` belongs to the page's address, as it does with the real provider. */
const pageOf = (payment: Payment): string => `https://pay.example.test/${sessionOf(payment)}#fake`

const depositOf = ({ number }: Payment): Opened["deposit"] => ({
  network: "base",
  tokenCurrency: "usdc",
  tokenContractAddress: stripeDeposit.settlement.assetAddress,
  address: `0x${`${number}`.padStart(40, "0")}`,
  supportedTokenCurrencies: ["usdc"]
})

const statuses = { payable: "requires_action", declined: "failed", ended: "canceled", paid: "succeeded" } as const

const reasons = { payable: null, declined: "the payment was declined", ended: "nobody paid it", paid: null } as const

const truthOf = (kind: "hosted" | "deposit", payment: Payment): PaymentTruth => ({
  status: statuses[payment.stage],
  reason: reasons[payment.stage],
  handles: [sessionOf(payment)],
  settled:
    payment.stage === "paid"
      ? {
          quotedCents: payment.order.amountCents,
          paidCents: payment.paidCents,
          currency: "usd",
          liveMoney: false,
          chain:
            kind === "hosted"
              ? null
              : { network: "base", transaction: `0x${`${payment.number}`.padStart(64, "0")}`, payer: null }
        }
      : null,
  refundedCents: payment.refundedCents,
  disputedCents: payment.disputedCents
})

/** An order that nobody has heard of may still be on its way, until its time is over. */
const unheard = (status: "requires_action" | "canceled" | "expired"): PaymentTruth => ({
  status,
  reason: status === "requires_action" ? null : "nobody paid it",
  handles: [],
  settled: null,
  refundedCents: 0,
  disputedCents: 0
})
