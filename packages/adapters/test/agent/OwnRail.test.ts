import { type Order, railFrom, type Standing } from "@image-skill/adapters/agent/OwnRail"
import * as PaymentRailSuite from "@image-skill/testing/payments/PaymentRailSuite"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"

/** A till of the program: what is opened waits for a payer, is paid or refused, and can be given back. */
const till = (fails = false) =>
  Effect.sync(() => {
    const standings = new Map<string, Standing>()
    /** When each thing that was opened expires. */
    const made = new Map<string, number>()
    const standing = ({ orderId }: Order): Promise<Standing | null> =>
      Promise.resolve(standings.get(orderId) ?? (made.has(orderId) ? open(orderId) : null))
    let clock = 0
    const open = (orderId: string): Standing =>
      clock >= (made.get(orderId) ?? 0) ? { status: "expired", reason: "nobody came" } : { status: "requires_action" }
    const rail = railFrom({
      methodId: "stripe_checkout",
      notice: "a till of our own",
      open: ({ expiresAt, orderId }) => {
        if (fails) return Promise.reject(new Error("the till is jammed, key secret-of-the-till"))
        made.set(orderId, Date.parse(expiresAt))
        return Promise.resolve({ status: "requires_action", url: `https://till.example.com/pay/${orderId}` })
      },
      read: standing,
      close: (order) =>
        standing(order).then((now) => {
          if (now?.status === "requires_action") standings.set(order.orderId, { status: "canceled", reason: "closed" })
          return standing(order)
        })
    })
    const harness: PaymentRailSuite.Harness = {
      rail,
      pay: ({ amountCents, id }) =>
        Effect.sync(() => void standings.set(id, { status: "succeeded", paidCents: amountCents })),
      decline: ({ id }) => Effect.sync(() => void standings.set(id, { status: "failed", reason: "no funds" })),
      pass: (time) =>
        Effect.andThen(
          TestClock.adjust(time),
          Effect.map(Clock.currentTimeMillis, (now) => void (clock = now))
        ),
      refund: ({ amountCents, id }, cents) =>
        Effect.sync(() => {
          const before = standings.get(id)
          const refunded = before?.status === "succeeded" ? (before.refundedCents ?? 0) : 0
          standings.set(id, { status: "succeeded", paidCents: amountCents, refundedCents: refunded + cents })
        }),
      made: (id) => Effect.sync(() => (made.has(id) ? 1 : 0)),
      secrets: ["secret-of-the-till"]
    }
    return harness
  })

PaymentRailSuite.suite("over promises", till(), {
  ending: "awaited",
  isRemote: true,
  refunds: true,
  failing: { unknown: till(true) }
})
