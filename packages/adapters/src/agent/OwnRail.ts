import type { Attempt } from "@image-skill/core/payments/Attempt"
import { fake, stripeCheckout } from "@image-skill/core/payments/KnownRails"
import { type PaymentRail, PaymentRailError, type PaymentTruth } from "@image-skill/core/payments/PaymentRail"
import type { Rail } from "@image-skill/core/payments/Rail"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"

/** What is to be paid. `orderId` is the same for every try of one purchase: give it on as your key. */
export interface Order {
  readonly orderId: string
  readonly credits: number
  readonly amountCents: number
  /** ISO 8601. */
  readonly expiresAt: string
}

/** What a purchase has come to. `requires_action`: a person pays on the page at `url`. */
export type Opened =
  | { readonly status: "succeeded" | "processing" }
  | { readonly status: "requires_action"; readonly url: string }
  | { readonly status: "failed"; readonly reason: string }

export type Standing =
  | { readonly status: "succeeded"; readonly paidCents: number; readonly refundedCents?: number }
  | { readonly status: "processing" | "requires_action" }
  | { readonly status: "failed" | "expired" | "canceled"; readonly reason: string }

export interface OwnRailSettings {
  /** Whose place it takes: the rail without live money, or the one on whose page a person pays. */
  readonly methodId: "fake" | "stripe_checkout"
  /** What whoever pays should know first. */
  readonly notice: string
  /** What else it says of itself otherwise than that rail, e.g. its limits. */
  readonly rail?: Partial<Rail>
  /** Begins to pay, or finds what was begun: it is asked again with the same order after a crash. */
  readonly open: (order: Order) => Promise<Opened>
  /** How it stands now; null for an order that was never heard of, which may still be on its way. */
  readonly read: (order: Order) => Promise<Standing | null>
  /** Ends what can still be paid, and says how it stands then. Left out, what is open stays so until it expires. */
  readonly close?: (order: Order) => Promise<Standing | null>
}

/** A rail over promises. Whatever they throw means that nobody knows yet: they are asked again, never taken for a no. */
export const railFrom = (settings: OwnRailSettings): PaymentRail => {
  const { methodId, notice, rail = {} } = settings
  const described: Rail = { ...(methodId === "fake" ? fake : stripeCheckout), notice, ...rail, methodId }
  const failed = (reason: PaymentRailError["reason"], message: string) =>
    new PaymentRailError({ methodId, reason, message })
  const asked = <A>(run: () => Promise<A>): Effect.Effect<A, PaymentRailError> =>
    Effect.tryPromise({
      try: run,
      catch: () => failed("unknown", "the rail did not answer")
    })
  const looked = (attempt: Attempt, look: OwnRailSettings["read"], unheard: "requires_action" | "canceled") =>
    Effect.zipWith(
      asked(() => look(orderOf(attempt))),
      isOver(attempt),
      (standing, over) => truthOf(described, attempt, standing ?? (over ? expired : unheardOf[unheard]))
    )
  const read = (attempt: Attempt) => looked(attempt, settings.read, "requires_action")
  return {
    methodId,
    provider: methodId === "fake" ? "fake" : "stripe",
    purchaseProvider: methodId === "fake" ? "fake" : "stripe",
    describe: Effect.succeed(described),
    open: Effect.fnUntraced(function* ({ amountCents, attemptId, credits, expiresAt }) {
      if (yield* isOver({ expiresAt })) return yield* failed("refused", "the time for this order is over")
      const opened = yield* asked(() => settings.open({ orderId: attemptId, credits, amountCents, expiresAt }))
      return {
        status: opened.status,
        reason: opened.status === "failed" ? opened.reason : null,
        handles: [`order:${attemptId}`],
        checkout: opened.status === "requires_action" ? { sessionId: attemptId, url: opened.url } : null,
        deposit: null
      }
    }),
    read,
    close: (attempt) => (settings.close === undefined ? read(attempt) : looked(attempt, settings.close, "canceled"))
  }
}

const isOver = ({ expiresAt }: Pick<Attempt, "expiresAt">): Effect.Effect<boolean> =>
  Effect.map(DateTime.now, (now) => DateTime.formatIso(now) >= expiresAt)

const expired: Standing = { status: "expired", reason: "nobody paid it in time" }

/** What is said of an order that the rail knows nothing of: it waits, or was closed before it came. */
const unheardOf: { readonly [S in "requires_action" | "canceled"]: Standing } = {
  requires_action: { status: "requires_action" },
  canceled: { status: "canceled", reason: "it was closed before it was opened" }
}

const orderOf = ({ amountCents, credits, expiresAt, id }: Attempt): Order => ({
  orderId: id,
  credits,
  amountCents,
  expiresAt
})

const truthOf = ({ liveMoney }: Rail, { amountCents, id }: Attempt, standing: Standing): PaymentTruth => {
  const isPaid = standing.status === "succeeded"
  return {
    status: standing.status,
    reason: "reason" in standing ? standing.reason : null,
    handles: [`order:${id}`],
    settled: isPaid
      ? { quotedCents: amountCents, paidCents: standing.paidCents, currency: "usd", liveMoney, chain: null }
      : null,
    refundedCents: isPaid ? (standing.refundedCents ?? 0) : 0,
    disputedCents: 0
  }
}
