import type { Attempt } from "@image-skill/core/payments/Attempt"
import { stripeCheckout, stripeDeposit } from "@image-skill/core/payments/KnownRails"
import { EventRefused, PaymentEvents, type ProviderEvent } from "@image-skill/core/payments/PaymentEvents"
import {
  type Opened,
  type PaymentOrder,
  type PaymentRail,
  PaymentRailError,
  type PaymentTruth
} from "@image-skill/core/payments/PaymentRail"
import { type Rail, unavailable } from "@image-skill/core/payments/Rail"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Dice } from "./Dice.ts"
import {
  arrive,
  type Change,
  change,
  end,
  intentOf,
  late,
  rest,
  sessionOf,
  truthOf,
  type WorldPayment
} from "./WorldPayment.ts"

/** How often things go wrong, in percent. */
export interface Weather {
  railTrouble: number
  hintsLost: number
}

/** A provider with payments of its own, for a simulation: what is paid there, and what it tells of it. */
export interface ProviderWorld {
  readonly rails: ReadonlyArray<PaymentRail>
  readonly events: PaymentEvents["Service"]
  /** Something happens to one of the payments. */
  readonly happen: Effect.Effect<void>
  /** Something happens to the payment of this attempt. */
  readonly happenTo: (attemptId: string) => Effect.Effect<void>
  /** Money that was sent half an hour ago arrives. */
  readonly passTime: Effect.Effect<void>
  /** Whatever is under way comes to its end. */
  readonly settleDown: Effect.Effect<void>
  /** Takes one of the hints that arrive, in any order; it may be the same one again. Null when none is there. */
  readonly hint: () => ProviderEvent | null
  /** The hint that arrived last. */
  readonly newest: () => ProviderEvent | null
  /** An event that tells a lie about a payment. */
  readonly forge: () => ProviderEvent | null
  readonly truths: () => ReadonlyMap<string, PaymentTruth>
}

export const make = (dice: Dice, weather: Weather): ProviderWorld => {
  const payments = new Map<string, WorldPayment>()
  const refusals = new Set<string>()
  const log: Array<ProviderEvent> = []
  let arriving: Array<ProviderEvent> = []
  let isDown = false

  const now = Effect.map(DateTime.now, DateTime.formatIso)

  const tell = (type: string, payment: WorldPayment): void => {
    const isOurs = type.startsWith("payment.")
    const id = `event_${log.length + 1}`
    const event: ProviderEvent = {
      id,
      type,
      attemptId: isOurs && dice.chance(70) ? payment.order.attemptId : null,
      handles: isOurs ? [sessionOf(payment)] : [intentOf(payment)],
      payload: `{"id":"${id}","type":"${type}"}`
    }
    log.push(event)
    if (!dice.chance(weather.hintsLost)) arriving.push(event)
  }

  const become = (changed: Change | null): void => {
    if (changed === null) return
    const [type, payment] = changed
    payments.set(payment.order.attemptId, payment)
    tell(type, payment)
  }

  const happenTo = (payment: WorldPayment | null, at: string): void => {
    if (payment !== null) become(change(payment, dice, at))
  }

  const ask = <A>(methodId: string, act: Effect.Effect<A, PaymentRailError>) => asking(dice, weather, methodId, act)

  const open = (methodId: string, order: PaymentOrder) =>
    Effect.gen(function* () {
      const { attemptId } = order
      const refused = new PaymentRailError({ methodId, reason: "refused", message: "the provider does not take it" })
      const known = payments.get(attemptId)
      if (known !== undefined) return openedOf(known)
      if (refusals.has(attemptId) || order.expiresAt <= (yield* now) || dice.chance(weather.railTrouble / 4)) {
        refusals.add(attemptId)
        return yield* refused
      }
      const payment = fresh(order, methodId, payments.size + 1)
      payments.set(attemptId, payment)
      if (dice.chance(8)) become(arrive(payment, "payment.settled"))
      return openedOf(payments.get(attemptId) ?? payment)
    })

  const read = ({ id }: Attempt) =>
    Effect.sync(() => {
      const payment = payments.get(id)
      return payment === undefined ? nothing : truthOf(payment)
    })

  const close = (attempt: Attempt) =>
    Effect.andThen(
      Effect.sync(() => {
        const payment = payments.get(attempt.id)
        if (payment !== undefined) become(end(payment))
      }),
      read(attempt)
    )

  const railOf = (rail: Rail, purchaseProvider: PaymentRail["purchaseProvider"]): PaymentRail => ({
    methodId: rail.methodId,
    provider: "stripe",
    purchaseProvider,
    describe: Effect.sync(() => (isDown ? unavailable(rail, "down", null) : rail)),
    open: (order) => ask(rail.methodId, open(rail.methodId, order)),
    read: (attempt) => ask(rail.methodId, read(attempt)),
    close: (attempt) => ask(rail.methodId, close(attempt))
  })

  const since = (cursor: string | null) =>
    Effect.sync(() => {
      const from = cursor === null ? 0 : log.findIndex(({ id }) => id === cursor) + 1
      const events = log.slice(from, from + 20)
      return { events, cursor: events.at(-1)?.id ?? cursor }
    })

  return {
    rails: [railOf(stripeCheckout, "stripe"), railOf(stripeDeposit, "stripe_x402")],
    events: PaymentEvents.of({
      // The bytes of a webhook are the matter of an adapter.
      verify: () => Effect.fail(new EventRefused({ reason: "not_configured" })),
      since: (cursor) => ask("events", since(cursor))
    }),
    happen: Effect.map(now, (at) => {
      isDown = dice.chance(weather.railTrouble / 3)
      happenTo(dice.oneOf([...payments.values()]), at)
    }),
    happenTo: (attemptId) => Effect.map(now, (at) => happenTo(payments.get(attemptId) ?? null, at)),
    passTime: Effect.map(DateTime.now, (at) => {
      const sentBefore = DateTime.formatIso(DateTime.subtract(at, { minutes: 30 }))
      for (const payment of payments.values()) {
        if (payment.sentAt !== null && payment.sentAt <= sentBefore) become(late(payment))
      }
    }),
    settleDown: Effect.sync(() => {
      isDown = false
      for (const payment of payments.values()) become(rest(payment, dice))
    }),
    hint: () => {
      const event = dice.oneOf(arriving)
      if (event !== null && !dice.chance(25)) arriving = arriving.filter(({ id }) => id !== event.id)
      return event
    },
    newest: () => arriving.at(-1) ?? null,
    forge: () => {
      const payment = dice.oneOf([...payments.values()])
      if (payment === null) return null
      const id = `event_forged_${dice.below(1_000_000)}`
      const { attemptId } = payment.order
      return { id, type: "payment.settled", attemptId, handles: [sessionOf(payment)], payload: `{"id":"${id}"}` }
    },
    truths: () => new Map([...payments].map(([id, payment]) => [id, truthOf(payment)]))
  }
}

/** An answer takes its time, and by then it may be old, or lost on the way. */
const asking = <A>(
  dice: Dice,
  { railTrouble }: Weather,
  methodId: string,
  act: Effect.Effect<A, PaymentRailError>
): Effect.Effect<A, PaymentRailError> =>
  Effect.gen(function* () {
    yield* waiting(dice.below(4))
    if (dice.chance(railTrouble)) return yield* silence(methodId, dice.pick("unavailable", "unknown"))
    const answer = yield* act
    yield* waiting(dice.chance(15) ? dice.between(40, 120) : dice.below(6))
    return dice.chance(railTrouble) ? yield* silence(methodId, "unknown") : answer
  })

const silence = (methodId: string, reason: "unavailable" | "unknown"): PaymentRailError =>
  new PaymentRailError({ methodId, reason, message: "the provider did not answer" })

/** Lets everybody else go first, so many times. */
export const waiting = (turns: number): Effect.Effect<void> =>
  turns === 0
    ? Effect.void
    : Effect.andThen(
        Effect.yieldNow,
        Effect.suspend(() => waiting(turns - 1))
      )

const fresh = (order: PaymentOrder, methodId: string, number: number): WorldPayment => ({
  order,
  methodId,
  liveMoney: true,
  number,
  stage: "payable",
  sentAt: null,
  settled: null,
  refunds: [],
  disputes: []
})

/** What is said of an order that never came to anything. */
const nothing: PaymentTruth = {
  status: "failed",
  reason: "the provider has nothing under this name",
  handles: [],
  settled: null,
  refundedCents: 0,
  disputedCents: 0
}

const openedOf = (payment: WorldPayment): Opened => {
  const { handles, reason, status } = truthOf(payment)
  const isCheckout = payment.methodId === "stripe_checkout"
  return {
    status: status === "expired" || status === "canceled" ? "requires_action" : status,
    reason,
    handles,
    checkout: isCheckout
      ? { sessionId: sessionOf(payment), url: `https://pay.example.test/${sessionOf(payment)}#fragment` }
      : null,
    deposit: isCheckout
      ? null
      : {
          network: "base",
          tokenCurrency: "usdc",
          tokenContractAddress: stripeDeposit.settlement.assetAddress,
          address: `0x${`${payment.number}`.padStart(40, "0")}`,
          supportedTokenCurrencies: ["usdc"]
        }
  }
}
