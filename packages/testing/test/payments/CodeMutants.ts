import { InsufficientCredits } from "@image-skill/core/credits/CreditLedger"
import { grantEntries, type Hold, nothing, reserveEntries } from "@image-skill/core/credits/Hold"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { PaymentBooks } from "@image-skill/core/payments/PaymentBooks"
import type { SimulationOptions } from "@image-skill/testing/payments/PaymentSimulation"
import type { Mutation } from "@image-skill/testing/payments/SimulatedProcess"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { overBooks, overEvents, overLedger, overLedgerRows, overPayments, overTruth, tools } from "./MutantTools.ts"

/** Code that is wrong in one way, and the invariant that finds it out. */
export interface CodeMutant {
  readonly breaks: number
  readonly by: string
  readonly mutate: NonNullable<SimulationOptions["mutation"]>
}

const always = (mutation: Mutation) => () => mutation

const paidFor = (truths: Parameters<CodeMutant["mutate"]>[0], attemptId: string): number =>
  Math.max(1, truths().get(attemptId)?.settled?.paidCents ?? 1)

export const codeMutants: ReadonlyArray<CodeMutant> = [
  {
    breaks: 1,
    by: "a journal that is written by half",
    mutate: always(
      overLedgerRows((rows) => ({ append: (journal, postings) => rows.append(journal, postings.slice(1)) }))
    )
  },
  {
    breaks: 2,
    by: "a balance that is written off by one",
    mutate: always(
      overLedgerRows((rows) => ({
        append: (journal, postings) =>
          rows.append(
            journal,
            postings.map((posting) => ({ ...posting, balanceAfter: posting.balanceAfter + 1 }))
          )
      }))
    )
  },
  {
    breaks: 3,
    by: "a journal whose postings are not written",
    mutate: always(overLedgerRows((rows) => ({ append: (journal) => rows.append(journal, []) })))
  },
  {
    breaks: 4,
    by: "a removed overdraft check",
    mutate: always(
      overLedger((_, { ids, rows, write }) => ({
        hold: Effect.fnUntraced(function* ({ credits, jobId, organizationId }) {
          const id = yield* ids.next("hold")
          const held = { preview: 0, paid: credits }
          const hold: Hold = { id, organizationId, jobId, held, captured: nothing, state: "open", expiresAt: "2027" }
          yield* rows.insertHold(hold)
          yield* write(
            "operation_reserve",
            { organizationId, key: `reserve:${id}`, reference: id },
            reserveEntries(held)
          )
          return hold
        })
      }))
    )
  },
  {
    breaks: 4,
    by: "holds that judge by balances of before",
    mutate: always(
      overLedger((_, { ids, rows, store, write }) => ({
        hold: Effect.fnUntraced(function* ({ credits, jobId, organizationId }) {
          const accounts = yield* rows.accounts(organizationId)
          const free = accounts.find(({ kind }) => kind === "paid:available")?.balance ?? 0
          if (free < credits) return yield* new InsufficientCredits({ required: credits, remaining: free })
          yield* Effect.yieldNow
          const id = yield* ids.next("hold")
          const held = { preview: 0, paid: credits }
          const hold: Hold = { id, organizationId, jobId, held, captured: nothing, state: "open", expiresAt: "2027" }
          const about = { organizationId, key: `reserve:${id}`, reference: id }
          yield* store.transaction(
            Effect.andThen(rows.insertHold(hold), write("operation_reserve", about, reserveEntries(held)))
          )
          return hold
        })
      }))
    )
  },
  {
    breaks: 5,
    by: "a leaked void",
    mutate: always(
      overLedger((ledger, { rows }) => ({
        release: Effect.fnUntraced(function* (id, traceId, as = "released") {
          const hold = yield* rows.hold(id)
          if (Option.isNone(hold)) return yield* ledger.release(id, traceId, as)
          const closed: Hold = { ...hold.value, state: as }
          yield* rows.closeHold(closed)
          return closed
        })
      }))
    )
  },
  {
    breaks: 5,
    by: "a double capture",
    mutate: always(
      overLedger((ledger, { ids, rows, store, write }) => ({
        release: (id, traceId, as) =>
          store.transaction(
            Effect.gen(function* () {
              const before = yield* rows.hold(id)
              if (Option.isSome(before) && before.value.state === "captured") {
                const { organizationId } = before.value
                const key = `close:${yield* ids.next("journal")}`
                yield* write(
                  "operation_capture",
                  { organizationId, key, reference: id },
                  { "preview:issued": -1, "preview:spent": 1 }
                )
              }
              return yield* ledger.release(id, traceId, as)
            })
          )
      }))
    )
  },
  {
    breaks: 6,
    by: "a capture of more than was held",
    mutate: always(
      overLedgerRows((rows) => ({
        closeHold: (hold) =>
          rows.closeHold(hold.state === "captured" ? { ...hold, captured: { preview: 500, paid: 500 } } : hold)
      }))
    )
  },
  {
    breaks: 7,
    by: "a double grant: books that ignore an existing receipt",
    mutate: always(
      overBooks((books, ledger, { ids, payments, store }) => ({
        converge: (id, truth, hint) =>
          store.transaction(
            Effect.gen(function* () {
              const receipt = yield* payments.receiptOfAttempt(id)
              if (Option.isSome(receipt)) {
                const { credits, organizationId } = receipt.value
                const key = yield* ids.next("journal")
                yield* ledger.grantPaid({ organizationId, paymentId: id, key, credits, traceId: "trace_mutant" })
              }
              return yield* books.converge(id, truth, hint)
            })
          )
      }))
    )
  },
  {
    breaks: 8,
    by: "a grant on what an event says",
    mutate: always({
      fulfilment: Layer.effect(
        Fulfilment,
        Effect.gen(function* () {
          const fulfilment = yield* Fulfilment
          const books = yield* PaymentBooks
          const { payments } = yield* tools
          return {
            ...fulfilment,
            take: Effect.fnUntraced(function* (event) {
              yield* fulfilment.take(event)
              const attempt = yield* payments.attempt(event.attemptId ?? "")
              if (Option.isNone(attempt) || event.type !== "payment.settled") return
              const { amountCents, handles, id, liveMoney } = attempt.value
              const settled = {
                quotedCents: amountCents,
                paidCents: amountCents,
                currency: "usd",
                liveMoney,
                chain: null
              }
              const said = {
                status: "succeeded",
                reason: null,
                handles,
                settled,
                refundedCents: 0,
                disputedCents: 0
              } as const
              yield* books.converge(id, said, null)
            })
          }
        })
      )
    })
  },
  {
    breaks: 8,
    by: "a grant of as many credits as were paid, instead of those that were quoted",
    mutate: (truths) => ({
      ...overLedger((ledger) => ({
        grantPaid: (movement) => ledger.grantPaid({ ...movement, credits: paidFor(truths, movement.paymentId) })
      })),
      ...overPayments((rows) => ({
        insertReceipt: (receipt) => rows.insertReceipt({ ...receipt, credits: paidFor(truths, receipt.attemptId) })
      }))
    })
  },
  {
    breaks: 8,
    by: "a grant for less than the price",
    mutate: always(
      overTruth((truth) => ({
        ...truth,
        settled:
          truth.settled === null ? null : { ...truth.settled, quotedCents: Math.max(600, truth.settled.quotedCents) }
      }))
    )
  },
  {
    breaks: 8,
    by: "a grant for test money, or for another currency",
    mutate: always(
      overTruth((truth) => ({
        ...truth,
        settled: truth.settled === null ? null : { ...truth.settled, currency: "usd", liveMoney: true }
      }))
    )
  },
  {
    breaks: 9,
    by: "a sweeper that looks at events only",
    mutate: always(overPayments(() => ({ dueAttempts: () => Effect.succeed([]) })))
  },
  {
    breaks: 10,
    by: "a forgiven reversal",
    mutate: always(
      overLedger((ledger, { rows }) => ({
        reverse: Effect.fnUntraced(function* (kind, movement) {
          const accounts = yield* rows.accounts(movement.organizationId)
          const free = accounts.find((account) => account.kind === "paid:available")?.balance ?? 0
          const credits = Math.min(free, movement.credits)
          return credits === 0 ? { taken: 0, owed: 0 } : yield* ledger.reverse(kind, { ...movement, credits })
        })
      }))
    )
  },
  {
    breaks: 11,
    by: "an uncapped reversal",
    mutate: always(
      overBooks((books, ledger, { ids, payments, store }) => ({
        converge: (id, truth, hint) =>
          store.transaction(
            Effect.gen(function* () {
              const after = yield* books.converge(id, truth, hint)
              const receipt = Option.getOrNull(yield* payments.receiptOfAttempt(id))
              const credits = receipt === null ? 0 : truth.refundedCents - receipt.refundedCents
              if (receipt === null || credits <= 0) return after
              const { organizationId } = receipt
              const key = yield* ids.next("journal")
              const movement = { organizationId, paymentId: id, key, credits, traceId: "trace_mutant" }
              yield* ledger.reverse("payment_backed_refund", movement)
              const reversedCredits = receipt.reversedCredits + credits
              yield* payments.updateReversed({ ...receipt, reversedCredits, refundedCents: truth.refundedCents })
              return after
            })
          )
      }))
    )
  },
  {
    breaks: 12,
    by: "a repayment that is left out",
    mutate: always(
      overLedger((_, { rows, write }) => ({
        grantPaid: Effect.fnUntraced(function* ({ credits, key, organizationId, paymentId }) {
          const about = { organizationId, key, reference: paymentId }
          yield* write("payment_backed_grant", about, grantEntries("paid", credits))
          const accounts = yield* rows.accounts(organizationId)
          return { balanceAfter: accounts.find(({ kind }) => kind === "paid:available")?.balance ?? 0 }
        })
      }))
    )
  },
  {
    breaks: 12,
    by: "a debt that nobody writes down",
    mutate: always(overLedgerRows(() => ({ setDebt: () => Effect.void })))
  },
  {
    breaks: 13,
    by: "a reinstatement above what was reversed",
    mutate: always(
      overPayments((rows) => ({
        insertReversal: (reversal) =>
          rows.insertReversal(
            reversal.kind === "reinstatement" ? { ...reversal, credits: reversal.credits + 1000 } : reversal
          )
      }))
    )
  },
  {
    breaks: 14,
    by: "a repeated key that makes another quote",
    mutate: always(
      overPayments((rows, ids) => ({
        quoteByKey: () => Effect.succeedNone,
        insertQuote: (quote) =>
          Effect.flatMap(ids.hex(4), (tail) => rows.insertQuote({ ...quote, key: `${quote.key}:${tail}` }))
      }))
    )
  },
  {
    breaks: 16,
    by: "a receipt that is not told of its reversals",
    mutate: always(overPayments(() => ({ updateReversed: () => Effect.void })))
  },
  {
    breaks: 17,
    by: "an expired quote that opens an attempt",
    mutate: always(
      overPayments((rows) => ({
        quote: (organizationId, id) =>
          Effect.map(
            rows.quote(organizationId, id),
            Option.map((quote) => ({ ...quote, expiresAt: "2099" }))
          )
      }))
    )
  },
  {
    breaks: 17,
    by: "a paid quote that is not fulfilled",
    mutate: always(
      overPayments((rows) => ({
        updateQuote: (quote, from) =>
          quote.state === "fulfilled" ? Effect.succeed(true) : rows.updateQuote(quote, from)
      }))
    )
  },
  {
    breaks: 18,
    by: "an event that is left out",
    mutate: always(overEvents((type) => type === "credits.payment_backed_refunded"))
  },
  {
    breaks: 18,
    by: "a grant without its event",
    mutate: always(overEvents((type) => type === "credits.payment_backed_granted"))
  },
  {
    breaks: 19,
    by: "a secret in the inbox",
    mutate: always(
      overPayments((rows) => ({
        insertEvent: (event) => rows.insertEvent({ ...event, payload: `{"client_secret":"pi_1_secret_2"}` })
      }))
    )
  },
  {
    breaks: 20,
    by: "preview credits that turn into paid ones",
    mutate: always(
      overLedger((ledger, { ids, write }) => ({
        grantPreview: Effect.fnUntraced(function* (input) {
          const isNew = yield* ledger.grantPreview(input)
          if (!isNew) return false
          const { organizationId } = input
          const key = yield* ids.next("journal")
          const about = { organizationId, key, reference: organizationId }
          yield* write("preview_grant", about, { "preview:available": -5, "paid:available": 5 })
          return true
        })
      }))
    )
  },
  {
    breaks: 21,
    by: "disputes that are not looked at",
    mutate: always(overTruth((truth) => ({ ...truth, disputedCents: 0 })))
  },
  {
    breaks: 21,
    by: "an odd payment that no operator is told of",
    mutate: always(
      overPayments((rows) => ({
        updateAttempt: (attempt, from) => rows.updateAttempt({ ...attempt, exception: null }, from)
      }))
    )
  }
]
