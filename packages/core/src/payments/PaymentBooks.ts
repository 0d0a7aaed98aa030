import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { ActivityLog } from "../activity/ActivityLog.ts"
import { CreditLedger } from "../credits/CreditLedger.ts"
import { LedgerStore } from "../credits/LedgerStore.ts"
import { Ids } from "../envelope/Ids.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import { type Attempt, isOpen } from "./Attempt.ts"
import * as PaymentActivity from "./PaymentActivity.ts"
import type { Opened, PaymentTruth, Settled } from "./PaymentRail.ts"
import { type InboxEvent, PaymentStore } from "./PaymentStore.ts"
import { mayBecome as quoteMayBecome } from "./Quote.ts"
import type { Receipt, Reversal } from "./Receipt.ts"
import { reversals, reversalState, type ReversalStep, settle } from "./Settlement.ts"

/** What led to a look at a payment. */
export type Hint = Pick<InboxEvent, "type" | "receivedAt"> | null

/** Where an attempt, its quote, its receipt, the credits and the events change together: each method is one transaction. */
export class PaymentBooks extends Context.Service<
  PaymentBooks,
  {
    /** Keeps what the provider made of an attempt; one that was kept already stays as it is. */
    opened(attempt: Attempt, opened: Opened): Effect.Effect<Attempt, StoreUnavailable>
    /** The provider will never make it. */
    refused(attempt: Attempt, reason: string): Effect.Effect<Attempt, StoreUnavailable>
    /** Moves the books to what the provider says; saying it again changes nothing. */
    converge(attemptId: string, truth: PaymentTruth, hint: Hint): Effect.Effect<Attempt, StoreUnavailable>
    /** The provider could not be asked: looked at again a little later each time. */
    postpone(attempt: Attempt): Effect.Effect<void, StoreUnavailable>
    /** Quotes past their time that nobody can pay any more. */
    expireQuotes(limit: number): Effect.Effect<number, StoreUnavailable>
  }
>()("core/payments/PaymentBooks") {
  static readonly layer = Layer.effect(
    PaymentBooks,
    Effect.gen(function* () {
      const rows = yield* PaymentStore
      const store = yield* Store
      const ledger = yield* CreditLedger
      const ledgerRows = yield* LedgerStore
      const activity = yield* ActivityLog
      const ids = yield* Ids

      const now = Effect.map(DateTime.now, DateTime.formatIso)

      const record = Effect.fnUntraced(function* (attempt: Attempt, draft: PaymentActivity.Draft) {
        const { organizationId, traceId } = attempt
        yield* activity.append({
          id: yield* ids.next("evt"),
          occurredAt: yield* now,
          organizationId,
          traceId,
          ...draft
        })
      })

      const current = (id: string) =>
        Effect.flatMap(
          rows.attempt(id),
          Option.match({ onNone: () => Effect.die(`attempt ${id} does not exist`), onSome: Effect.succeed })
        )

      const nextCheck = Effect.fnUntraced(function* (attempt: Attempt) {
        if (attempt.status === "succeeded") return { checkAt: null, checks: 0 }
        const pause = isOpen(attempt) ? openPause(attempt.checks) : endedPause(attempt.checks)
        const at = DateTime.formatIso(DateTime.addDuration(yield* DateTime.now, pause))
        const isLate = at > afterwards(attempt.expiresAt, isOpen(attempt) ? 30 : 1)
        return { checkAt: isLate ? null : at, checks: attempt.checks + 1 }
      })

      const move = Effect.fnUntraced(function* (attempt: Attempt, change: Partial<Attempt>) {
        const next = { ...attempt, ...change }
        const fresh = next.status === attempt.status ? next : { ...next, checks: 0 }
        const moved = { ...fresh, ...(yield* nextCheck(fresh)) }
        yield* rows.updateAttempt(moved, attempt.status)
        return moved
      })

      const opened = Effect.fn("PaymentBooks.opened")(function* ({ id }: Attempt, made: Opened) {
        const attempt = yield* current(id)
        if (attempt.status !== "opening") return attempt
        // What is settled from the start is granted from the truth, like everything else.
        const status = made.status === "succeeded" ? "processing" : made.status
        const { checkout, deposit, handles, reason } = made
        const next = yield* move(attempt, { status, reason, handles, checkout, deposit })
        if (checkout !== null) yield* record(next, PaymentActivity.checkoutCreated(next, checkout.sessionId))
        return next
      }, store.transaction)

      const refused = Effect.fn("PaymentBooks.refused")(function* ({ id }: Attempt, reason: string) {
        const attempt = yield* current(id)
        return attempt.status === "opening" ? yield* move(attempt, { status: "failed", reason }) : attempt
      }, store.transaction)

      const grant = Effect.fnUntraced(function* (
        attempt: Attempt,
        settled: Settled,
        remark: string | null,
        hint: Hint
      ) {
        const { credits, id, organizationId, quoteId, traceId } = attempt
        const receiptId = yield* ids.next("receipt")
        const { balanceAfter } = yield* ledger.grantPaid({
          organizationId,
          paymentId: id,
          key: `grant:${id}`,
          credits,
          traceId
        })
        const receipt: Receipt = {
          id: receiptId,
          attemptId: id,
          quoteId,
          organizationId,
          methodId: attempt.methodId,
          provider: attempt.provider,
          credits,
          amountCents: attempt.amountCents,
          paidCents: settled.paidCents,
          liveMoney: attempt.liveMoney,
          chain: settled.chain,
          creditEventId: yield* ids.next("credit_event"),
          balanceAfter,
          event: hint !== null && confirming.has(hint.type) ? { type: hint.type, receivedAt: hint.receivedAt } : null,
          issuedAt: yield* now,
          refundedCents: 0,
          disputedCents: 0,
          reversedCredits: 0,
          rejectedCents: 0,
          reversalState: "none"
        }
        yield* rows.insertReceipt(receipt)
        yield* record(attempt, PaymentActivity.granted(receipt))
        const quote = yield* rows.quote(organizationId, quoteId)
        if (Option.isSome(quote) && quoteMayBecome(quote.value.state, "fulfilled"))
          yield* rows.updateQuote({ ...quote.value, state: "fulfilled" }, quote.value.state)
        return yield* move(attempt, { status: "succeeded", reason: null, exception: remark })
      })

      const reverseOnce = Effect.fnUntraced(function* (attempt: Attempt, receipt: Receipt, step: ReversalStep) {
        const { organizationId, traceId } = attempt
        const id = yield* ids.next("payrev")
        const movement = {
          organizationId,
          paymentId: attempt.id,
          key: `reversal:${id}`,
          credits: step.credits,
          traceId
        }
        const owed =
          step.kind === "rejected"
            ? 0
            : step.kind === "reinstatement"
              ? (yield* ledger.reinstate(movement)).canceled
              : (yield* ledger.reverse(
                  step.kind === "refund" ? "payment_backed_refund" : "payment_backed_dispute",
                  movement
                )).owed
        const reversal: Reversal = {
          id,
          receiptId: receipt.id,
          organizationId,
          ...step,
          owed,
          creditEventId: step.kind === "rejected" ? null : yield* ids.next("credit_event"),
          at: yield* now
        }
        yield* rows.insertReversal(reversal)
        yield* record(attempt, PaymentActivity.reversed(receipt, reversal))
        return step.kind === "reinstatement" ? -step.credits : step.credits
      })

      const reverse = Effect.fnUntraced(function* (
        attempt: Attempt,
        receipt: Receipt,
        truth: PaymentTruth,
        isNew: boolean
      ) {
        const { steps, ...totals } = reversals(receipt, truth)
        const moved = yield* Effect.forEach(steps, (step) => reverseOnce(attempt, receipt, step))
        const reversedCredits = moved.reduce((sum, credits) => sum + credits, receipt.reversedCredits)
        const next = { ...receipt, ...totals, reversedCredits }
        const debts = yield* ledgerRows.debts(attempt.organizationId)
        const owed = debts.find(({ paymentId }) => paymentId === attempt.id)?.owed ?? 0
        const wasReversed = receipt.reversalState !== "none" || receipt.reversedCredits > 0
        const state = reversalState(next, owed, wasReversed)
        yield* rows.updateReversed({ ...next, reversalState: state })
        // The truth may have been read before one that was applied already, and a hint may have come before there was
        // anything to tie it to: whoever changed something looks again.
        const soon = DateTime.formatIso(DateTime.addDuration(yield* DateTime.now, openPause(0)))
        yield* rows.updateAttempt({ ...attempt, checkAt: isNew || steps.length > 0 ? soon : null }, attempt.status)
      })

      const converge = Effect.fn("PaymentBooks.converge")(function* (id: string, truth: PaymentTruth, hint: Hint) {
        const attempt = yield* current(id)
        const receipt = yield* rows.receiptOfAttempt(id)
        if (Option.isSome(receipt)) {
          yield* reverse(attempt, receipt.value, truth, false)
          return attempt
        }
        const settlement = settle(attempt, truth)
        switch (settlement._tag) {
          case "Nothing":
            return yield* move(attempt, { handles: truth.handles })
          case "Moved":
            return yield* move(attempt, {
              status: settlement.status,
              reason: settlement.reason,
              handles: truth.handles
            })
          case "Odd":
            return yield* move(attempt, {
              ...(isOpen(attempt) ? { status: "failed" as const, reason: settlement.reason } : {}),
              exception: settlement.reason,
              handles: truth.handles
            })
          case "Granted": {
            const other = yield* rows.receiptOfQuote(attempt.quoteId)
            if (Option.isSome(other))
              return yield* move(attempt, {
                ...(isOpen(attempt) ? { status: "failed" as const } : {}),
                exception: "another payment of the same quote was granted before",
                handles: truth.handles
              })
            const made = yield* Effect.result(
              store.transaction(
                grant({ ...attempt, handles: truth.handles }, settlement.settled, settlement.remark, hint)
              )
            )
            if (Result.isFailure(made)) {
              if (made.failure.reason !== "conflict") return yield* made.failure
              return yield* move(attempt, {
                ...(isOpen(attempt) ? { status: "failed" as const } : {}),
                exception: "its transaction proves another payment"
              })
            }
            const paid = made.success
            const written = yield* rows.receiptOfAttempt(id)
            if (Option.isSome(written)) yield* reverse(paid, written.value, truth, true)
            return paid
          }
        }
      }, store.transaction)

      const postpone = Effect.fn("PaymentBooks.postpone")(function* ({ id }: Attempt) {
        const attempt = yield* current(id)
        const { checkAt, checks } = yield* nextCheck(attempt)
        // Nobody has looked yet, so this cannot be the last time.
        const later = DateTime.formatIso(DateTime.addDuration(yield* DateTime.now, endedPause(attempt.checks)))
        yield* rows.updateAttempt({ ...attempt, checks, checkAt: checkAt ?? later }, attempt.status)
      }, store.transaction)

      const expireQuotes = Effect.fn("PaymentBooks.expireQuotes")(function* (limit: number) {
        const lapsed = yield* rows.lapsedQuotes(yield* now, limit)
        const done = yield* Effect.forEach(lapsed, (quote) =>
          Effect.gen(function* () {
            const attempts = yield* rows.attemptsOfQuote(quote.id)
            if (attempts.some(isOpen)) return false
            return yield* rows.updateQuote({ ...quote, state: "expired" }, quote.state)
          })
        )
        return done.filter(Boolean).length
      }, store.transaction)

      return PaymentBooks.of({ opened, refused, converge, postpone, expireQuotes })
    })
  )
}

/** Hints come first; looking without one is for those that were lost. */
const openPause = (checks: number): Duration.Duration => Duration.seconds(Math.min(300, 5 * 2 ** Math.min(checks, 10)))

/** Events that say of a payment that it was made; any other may have led to the look that found it. */
const confirming = new Set([
  "checkout.session.completed",
  "checkout.session.async_payment_succeeded",
  "payment_intent.succeeded"
])

/**
 * A payment can be on its way while its attempt ends, so an ended one is watched for another day; one that stays open,
 * because nobody can ask about it or it is odd, for a month.
 */
const endedPause = (checks: number): Duration.Duration => Duration.minutes(Math.min(480, 5 * 2 ** Math.min(checks, 10)))

const afterwards = (expiresAt: string, days: number): string =>
  DateTime.formatIso(DateTime.add(DateTime.makeUnsafe(expiresAt), { days }))
