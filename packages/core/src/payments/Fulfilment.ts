import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import { type Attempt, isOpen } from "./Attempt.ts"
import { type Hint, PaymentBooks } from "./PaymentBooks.ts"
import { PaymentEvents, type ProviderEvent } from "./PaymentEvents.ts"
import { type PaymentOrder, type PaymentRail, PaymentRailError, type PaymentTruth } from "./PaymentRail.ts"
import { PaymentRails } from "./PaymentRails.ts"
import { type InboxEvent, PaymentStore } from "./PaymentStore.ts"
import { ReturnPage } from "./ReturnPage.ts"

/**
 * Turns money that arrived into credits. Whatever leads here, a provider's event, a question about a payment, or the
 * clock, is only a reason to look: the provider's truth is read again and the books are moved to it (decision D4.6).
 */
export class Fulfilment extends Context.Service<
  Fulfilment,
  {
    /** Asks the provider for what is to be paid. Repeating it finds the same thing. */
    open(attempt: Attempt, rail: PaymentRail): Effect.Effect<Attempt, PaymentRailError | StoreUnavailable>
    /** Reads the truth about a payment and moves the books to it. */
    look(attempt: Attempt, hint: Hint): Effect.Effect<Attempt, PaymentRailError | StoreUnavailable>
    /** Keeps an event durably, to be worked on soon; one that is known already changes nothing. */
    take(event: ProviderEvent): Effect.Effect<void, StoreUnavailable>
    /** Works on up to `limit` events that wait; says how many there were. */
    workOff(limit: number): Effect.Effect<number, StoreUnavailable>
    /** The same, and goes on with payments that nothing was heard of, and ends quotes that are over. */
    sweep(limit: number): Effect.Effect<number, StoreUnavailable>
    /** Takes in the events that never arrived. */
    readonly catchUp: Effect.Effect<number, PaymentRailError | StoreUnavailable>
  }
>()("core/payments/Fulfilment") {
  static readonly layer = Layer.effect(
    Fulfilment,
    Effect.gen(function* () {
      const rows = yield* PaymentStore
      const store = yield* Store
      const books = yield* PaymentBooks
      const rails = yield* PaymentRails
      const events = yield* PaymentEvents
      const { urlOf } = yield* ReturnPage

      const orderOf = (attempt: Attempt): PaymentOrder => ({
        attemptId: attempt.id,
        quoteId: attempt.quoteId,
        organizationId: attempt.organizationId,
        credits: attempt.credits,
        amountCents: attempt.amountCents,
        expiresAt: attempt.expiresAt,
        returnUrl: urlOf(attempt.id)
      })

      /** `mark` is written together with what the look changed. */
      const lookAnd = Effect.fnUntraced(function* (
        attempt: Attempt,
        hint: Hint,
        mark: Effect.Effect<void, StoreUnavailable>
      ) {
        const rail = yield* railOf(rails, attempt)
        const known = attempt.status === "opening" ? yield* open(attempt, rail) : attempt
        // Another payment of the quote may have been granted meanwhile: nobody should pay this one, too.
        const isPaid = Option.isSome(yield* rows.receiptOfQuote(known.quoteId))
        const isLate = known.expiresAt <= DateTime.formatIso(yield* DateTime.now)
        const isOver = isOpen(known) && (isPaid || isLate)
        const read = yield* isOver ? rail.close(known) : rail.read(known)
        const truth = isOver && isLate ? lapsed(read) : read
        return yield* store.transaction(Effect.tap(books.converge(known.id, truth, hint), () => mark))
      })

      const look = Effect.fn("Fulfilment.look")((attempt: Attempt, hint: Hint) => lookAnd(attempt, hint, Effect.void))

      const open = Effect.fn("Fulfilment.open")(function* (attempt: Attempt, rail: PaymentRail) {
        const made = yield* rail
          .open(orderOf(attempt))
          .pipe(
            Effect.tapError(({ message, reason }) =>
              reason === "unavailable" || reason === "unknown"
                ? Effect.void
                : Effect.andThen(
                    reason === "denied" ? rails.denied(rail.methodId) : Effect.void,
                    books.refused(attempt, message)
                  )
            )
          )
        const opened = yield* books.opened(attempt, made)
        if (made.status === "requires_action") yield* rails.opened(rail.methodId, made)
        return made.status === "succeeded" ? yield* books.converge(opened.id, yield* rail.read(opened), null) : opened
      })

      const take = Effect.fn("Fulfilment.take")(function* (event: ProviderEvent) {
        const receivedAt = DateTime.formatIso(yield* DateTime.now)
        yield* rows.insertEvent({
          ...event,
          receivedAt,
          dueAt: receivedAt,
          processedAt: null,
          tries: 0,
          problem: null
        })
      })

      const attemptOf = Effect.fnUntraced(function* ({ attemptId, handles }: InboxEvent) {
        const named = attemptId === null ? Option.none<Attempt>() : yield* rows.attempt(attemptId)
        if (Option.isSome(named)) return named
        for (const handle of handles) {
          const found = yield* rows.attemptByHandle(handle)
          if (Option.isSome(found)) return found
        }
        return Option.none<Attempt>()
      })

      const work = Effect.fnUntraced(function* (event: InboxEvent) {
        const now = yield* DateTime.now
        const tries = event.tries + 1
        const done = (problem: string | null) =>
          rows.updateEvent({ ...event, tries, problem, processedAt: DateTime.formatIso(now) })
        const attempt = yield* attemptOf(event)
        if (Option.isNone(attempt)) return yield* done("it names no payment of this deployment")
        const dueAt = DateTime.formatIso(DateTime.addDuration(now, Duration.seconds(Math.min(600, 2 ** tries))))
        yield* lookAnd(attempt.value, event, done(null)).pipe(
          Effect.catchTag("PaymentRailError", ({ message }) =>
            rows.updateEvent({ ...event, tries, problem: message, dueAt })
          )
        )
      })

      const check = (attempt: Attempt) =>
        Effect.catchTag(look(attempt, null), "PaymentRailError", () => books.postpone(attempt))

      const workOff = Effect.fn("Fulfilment.workOff")(function* (limit: number) {
        const waiting = yield* rows.dueEvents(DateTime.formatIso(yield* DateTime.now), limit)
        yield* Effect.forEach(waiting, (event) => Effect.exit(Effect.tapDefect(work(event), Effect.logError)), {
          discard: true
        })
        return waiting.length
      })

      const sweep = Effect.fn("Fulfilment.sweep")(function* (limit: number) {
        const worked = yield* workOff(limit)
        const now = DateTime.formatIso(yield* DateTime.now)
        const due = yield* rows.dueAttempts(now, limit)
        yield* Effect.forEach(due, (attempt) => Effect.exit(Effect.tapDefect(check(attempt), Effect.logError)), {
          discard: true
        })
        return worked + due.length + (yield* books.expireQuotes(limit))
      })

      const catchUp = Effect.gen(function* () {
        const cursor = Option.getOrNull(yield* rows.note(cursorNote))
        const { cursor: next, events: missed } = yield* events.since(cursor)
        yield* store.transaction(
          Effect.andThen(
            Effect.forEach(missed, take, { discard: true }),
            next === null || next === cursor ? Effect.void : rows.setNote(cursorNote, next)
          )
        )
        return missed.length
      })

      return Fulfilment.of({ open, look, take, workOff, sweep, catchUp })
    })
  )
}

/** What was canceled because its time was over has expired: nobody else canceled it (contract/api.md 5.7). */
const lapsed = (truth: PaymentTruth): PaymentTruth =>
  truth.status === "canceled" ? { ...truth, status: "expired", reason: "nobody paid it in time" } : truth

const cursorNote = "events:cursor"

const railOf = (
  rails: PaymentRails["Service"],
  { methodId }: Attempt
): Effect.Effect<PaymentRail, PaymentRailError> => {
  const rail = rails.find(methodId)
  return rail === null
    ? Effect.fail(
        new PaymentRailError({ methodId, reason: "unavailable", message: "the rail is not configured any more" })
      )
    : Effect.succeed(rail)
}
