import type { PaymentOrder, PaymentTruth, Settled } from "@image-skill/core/payments/PaymentRail"
import type { Dice } from "./Dice.ts"

/** Money that went back, or is about to. */
export interface Return {
  readonly cents: number
  readonly state: "pending" | "succeeded" | "failed" | "opened" | "withdrawn" | "won" | "lost"
}

/** What the provider of a simulation knows of one attempt. Values are replaced, never changed. */
export interface WorldPayment {
  readonly order: PaymentOrder
  readonly methodId: string
  readonly liveMoney: boolean
  readonly number: number
  readonly stage: "payable" | "processing" | "declined" | "ended" | "settled"
  /** When money was sent that is not seen yet: it arrives soon, whatever happens to the attempt meanwhile. */
  readonly sentAt: string | null
  readonly settled: Settled | null
  readonly refunds: ReadonlyArray<Return>
  readonly disputes: ReadonlyArray<Return>
}

export const sessionOf = ({ number }: WorldPayment): string => `session_${number}`
export const intentOf = ({ number }: WorldPayment): string => `intent_${number}`

const sumOf = (returns: ReadonlyArray<Return>, ...states: ReadonlyArray<Return["state"]>): number =>
  returns.filter(({ state }) => states.includes(state)).reduce((total, { cents }) => total + cents, 0)

const statuses = {
  payable: "requires_action",
  processing: "processing",
  declined: "failed",
  ended: "expired",
  settled: "succeeded"
} as const

export const truthOf = (payment: WorldPayment): PaymentTruth => ({
  status: statuses[payment.stage],
  reason: payment.stage === "declined" ? "the payment was declined" : null,
  handles: payment.stage === "payable" ? [sessionOf(payment)] : [sessionOf(payment), intentOf(payment)],
  settled: payment.settled,
  refundedCents: sumOf(payment.refunds, "pending", "succeeded"),
  disputedCents: sumOf(payment.disputes, "withdrawn", "lost")
})

/** What a change is called, and the payment after it. */
export type Change = readonly [type: string, next: WorldPayment]

/** Something that can happen to this payment next; null when nothing does. */
export const change = (payment: WorldPayment, dice: Dice, now: string): Change | null => {
  switch (payment.stage) {
    case "payable":
      return payment.order.expiresAt <= now ? end(payment) : begin(payment, dice, now)
    case "processing":
      return dice.chance(70) ? settle(payment, dice) : ["payment.failed", { ...payment, stage: "declined" }]
    case "settled":
      return dice.chance(50) ? refund(payment, dice, now) : dispute(payment, dice)
    case "ended":
    case "declined":
      return null
  }
}

/** What was on its way has come to its end, one way or the other. */
export const rest = (payment: WorldPayment, dice: Dice): Change | null =>
  payment.stage === "processing" ? settle(payment, dice) : late(payment)

/** The money that was sent, if there is any, arrives. */
export const late = (payment: WorldPayment): Change | null =>
  payment.sentAt !== null && payment.settled === null ? arrive(payment, "payment.late") : null

/** Nobody can pay it any more, unless the money was faster. */
export const end = (payment: WorldPayment): Change | null =>
  payment.stage === "payable" ? ["payment.expired", { ...payment, stage: "ended" }] : null

const begin = (payment: WorldPayment, dice: Dice, now: string): Change | null => {
  const roll = dice.below(100)
  if (roll < 55) return settle(payment, dice)
  if (roll < 70) return ["payment.processing", { ...payment, stage: "processing" }]
  if (roll < 80) return ["payment.failed", { ...payment, stage: "declined" }]
  return roll < 92 ? ["payment.sent", { ...payment, sentAt: now }] : end(payment)
}

/** Paid to the cent. */
export const arrive = (payment: WorldPayment, type: string): Change => [
  type,
  { ...payment, stage: "settled", sentAt: null, settled: settledOf(payment, {}) }
]

const settledOf = (payment: WorldPayment, change: Partial<Settled>): Settled => ({
  quotedCents: payment.order.amountCents,
  paidCents: payment.order.amountCents,
  currency: "usd",
  liveMoney: payment.liveMoney,
  chain:
    payment.methodId === "stripe_checkout"
      ? null
      : { network: "base", transaction: `0x${`${payment.number}`.padStart(64, "0")}`, payer: null },
  ...change
})

/** Mostly what was asked for; sometimes with a discount, and sometimes what nobody asked for. */
const settle = (payment: WorldPayment, dice: Dice): Change => {
  const price = payment.order.amountCents
  const [paid, odd] = [dice.below(price), dice.between(1, price)]
  const roll = dice.below(100)
  const settled =
    roll < 48
      ? {}
      : roll < 60
        ? { paidCents: paid }
        : roll < 65
          ? { paidCents: 0 }
          : roll < 73
            ? { quotedCents: price + odd, paidCents: price + odd }
            : roll < 86
              ? { quotedCents: price - odd, paidCents: price - odd }
              : roll < 93
                ? { currency: "eur" }
                : { liveMoney: !payment.liveMoney }
  return ["payment.settled", { ...payment, stage: "settled", sentAt: null, settled: settledOf(payment, settled) }]
}

const replaceLast = (returns: ReadonlyArray<Return>, state: Return["state"]): ReadonlyArray<Return> => {
  const last = returns.at(-1)
  return last === undefined ? returns : [...returns.slice(0, -1), { ...last, state }]
}

/**
 * A refund of a part, of the rest, or rarely of more than there is; one under way succeeds or fails. What was too little
 * may be made up while there is time.
 */
const refund = (payment: WorldPayment, dice: Dice, now: string): Change | null => {
  const { refunds, settled } = payment
  if (settled === null) return null
  const isShort = settled.quotedCents < payment.order.amountCents && payment.order.expiresAt > now
  if (isShort && dice.chance(40)) {
    return ["payment.completed", { ...payment, settled: settledOf(payment, {}) }]
  }
  if (refunds.at(-1)?.state === "pending" && dice.chance(70)) {
    const state = dice.chance(60) ? "succeeded" : "failed"
    return [`refund.${state}`, { ...payment, refunds: replaceLast(refunds, state) }]
  }
  const left = settled.paidCents - sumOf(refunds, "pending", "succeeded")
  const cents = dice.chance(4)
    ? left + dice.between(1, 50)
    : dice.chance(40)
      ? left
      : dice.between(1, Math.max(1, left))
  if (cents <= 0 || left <= 0) return null
  const state = dice.chance(50) ? "pending" : "succeeded"
  return ["refund.created", { ...payment, refunds: [...refunds, { cents, state }] }]
}

/** A dispute is opened, its money withdrawn, and then it is won or lost; opening it alone moves nothing. */
const dispute = (payment: WorldPayment, dice: Dice): Change | null => {
  const { disputes, settled } = payment
  if (settled === null || settled.paidCents === 0) return null
  const state = disputes.at(-1)?.state
  const next = state === "opened" ? "withdrawn" : state === "withdrawn" ? dice.pick("won", "lost", "won") : null
  if (next !== null) return [`dispute.${next}`, { ...payment, disputes: replaceLast(disputes, next) }]
  if (dice.chance(60)) return null
  const cents = dice.chance(60) ? settled.paidCents : dice.between(1, settled.paidCents)
  return ["dispute.opened", { ...payment, disputes: [...disputes, { cents, state: "opened" }] }]
}
