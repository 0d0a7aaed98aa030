import { type Attempt, isOpen } from "@image-skill/core/payments/Attempt"
import { type PaymentDump, PaymentStore } from "@image-skill/core/payments/PaymentStore"
import type { Receipt } from "@image-skill/core/payments/Receipt"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import * as Result from "effect/Result"
import { type Cell, conflict, MemoryStore } from "../store/MemoryStore.ts"

export const layer: Layer.Layer<PaymentStore, never, MemoryStore> = Layer.effect(
  PaymentStore,
  Effect.map(MemoryStore, ({ cell }) => {
    const rows = cell<Rows>({
      dump: { quotes: [], attempts: [], receipts: [], reversals: [], events: [] },
      keys: [],
      notes: []
    })
    return PaymentStore.of({
      ...quotes(rows),
      ...attempts(rows),
      ...receipts(rows),
      ...events(rows),
      dump: Effect.map(rows.get, ({ dump }) => dump)
    })
  })
)

interface Rows {
  readonly dump: PaymentDump
  readonly keys: ReadonlyArray<PurchaseKey>
  readonly notes: ReadonlyArray<readonly [name: string, value: string]>
}

/** A key that leads to an attempt. */
interface PurchaseKey extends Pick<Attempt, "agentId" | "key"> {
  readonly attemptId: string
}

type Change<B> = Result.Result<readonly [result: B, next: Rows], StoreUnavailable>

const changed = (rows: Rows, dump: Partial<PaymentDump>): Rows => ({ ...rows, dump: { ...rows.dump, ...dump } })

const replace = <A extends { readonly id: string }>(all: ReadonlyArray<A>, row: A): ReadonlyArray<A> =>
  all.map((other) => (other.id === row.id ? row : other))

/** Rows whose time has come, oldest first; those of the same time in the order in which they were written. */
const due = <A>(all: ReadonlyArray<A>, timeOf: (row: A) => string | null, now: string, limit: number) => {
  const come = all.flatMap((row) => {
    const time = timeOf(row)
    return time !== null && time <= now ? [{ row, time }] : []
  })
  return Array.sortWith(come, ({ time }) => time, Order.String)
    .slice(0, limit)
    .map(({ row }) => row)
}

const quotes = ({ get, modify }: Cell<Rows>) =>
  ({
    insertQuote: (quote) =>
      modify((rows) => {
        const isTaken = rows.dump.quotes.some(
          ({ agentId, id, key }) => id === quote.id || (agentId === quote.agentId && key === quote.key)
        )
        if (isTaken) return conflict("the quote")
        return Result.succeed([undefined, changed(rows, { quotes: [...rows.dump.quotes, quote] })])
      }),
    quote: (organizationId, id) =>
      Effect.map(get, ({ dump }) =>
        Array.findFirst(dump.quotes, (quote) => quote.id === id && quote.organizationId === organizationId)
      ),
    quoteByKey: (agentId, key) =>
      Effect.map(get, ({ dump }) =>
        Array.findFirst(dump.quotes, (quote) => quote.agentId === agentId && quote.key === key)
      ),
    updateQuote: ({ id, state }, from) =>
      modify((rows): Change<boolean> => {
        const row = rows.dump.quotes.find((quote) => quote.id === id && quote.state === from)
        if (row === undefined) return Result.succeed([false, rows])
        return Result.succeed([true, changed(rows, { quotes: replace(rows.dump.quotes, { ...row, state }) })])
      }),
    lapsedQuotes: (now, limit) =>
      Effect.map(get, ({ dump }) => {
        const pending = dump.quotes.filter(({ state }) => state === "created" || state === "purchase_started")
        return due(pending, ({ expiresAt }) => expiresAt, now, limit)
      })
  }) satisfies Partial<PaymentStore["Service"]>

const attempts = ({ get, modify }: Cell<Rows>) => {
  const first = (matches: (attempt: Attempt, rows: Rows) => boolean) =>
    Effect.map(get, (rows) => Array.findFirst(rows.dump.attempts, (attempt) => matches(attempt, rows)))
  return {
    insertAttempt: (attempt) =>
      modify((rows) => {
        const { id } = attempt
        if (rows.dump.attempts.some((other) => other.id === id || excludes(attempt)(other)))
          return conflict("the attempt")
        const written = { ...attempt, handles: Array.dedupe(attempt.handles) }
        const next = changed(rows, { attempts: [...rows.dump.attempts, written] })
        return withKey(next, { agentId: attempt.agentId, key: attempt.key, attemptId: id })
      }),
    attempt: (id) => first((attempt) => attempt.id === id),
    attemptByHandle: (handle) => first(({ handles }) => handles.includes(handle)),
    attemptBySession: (organizationId, sessionId) =>
      first((attempt) => attempt.checkout?.sessionId === sessionId && attempt.organizationId === organizationId),
    attemptsOfQuote: (quoteId) =>
      Effect.map(get, ({ dump }) => dump.attempts.filter((attempt) => attempt.quoteId === quoteId)),
    attemptByKey: (agentId, key) =>
      first(({ id }, { keys }) => keys.some((row) => isSameKey({ agentId, key })(row) && row.attemptId === id)),
    rememberKey: (agentId, key, attemptId) => modify((rows) => withKey(rows, { agentId, key, attemptId })),
    updateAttempt: (attempt, from) =>
      modify((rows): Change<boolean> => {
        const row = rows.dump.attempts.find(({ id, status }) => id === attempt.id && status === from)
        if (row === undefined) return Result.succeed([false, rows])
        const written = { ...attempt, handles: Array.dedupe([...row.handles, ...attempt.handles]) }
        if (rows.dump.attempts.some((other) => other.id !== row.id && excludes(written)(other)))
          return conflict("the attempt")
        return Result.succeed([true, changed(rows, { attempts: replace(rows.dump.attempts, written) })])
      }),
    boughtSince: (organizationId, methodId, since) =>
      Effect.map(get, ({ dump }) =>
        dump.attempts
          .filter(
            (attempt) =>
              attempt.methodId === methodId &&
              attempt.createdAt >= since &&
              (isOpen(attempt) || attempt.status === "succeeded") &&
              (organizationId === null || attempt.organizationId === organizationId)
          )
          .reduce((total, { credits }) => total + credits, 0)
      ),
    dueAttempts: (now, limit) => Effect.map(get, ({ dump }) => due(dump.attempts, ({ checkAt }) => checkAt, now, limit))
  } satisfies Partial<PaymentStore["Service"]>
}

/** Two attempts of which there may be only one. */
const excludes = (attempt: Attempt) => (other: Attempt) =>
  (other.quoteId === attempt.quoteId && isOpen(other) && isOpen(attempt)) ||
  other.handles.some((handle) => attempt.handles.includes(handle))

const isSameKey = (key: Pick<PurchaseKey, "agentId" | "key">) => (other: PurchaseKey) =>
  other.agentId === key.agentId && other.key === key.key

const withKey = (rows: Rows, key: PurchaseKey): Change<void> => {
  const known = rows.keys.find(isSameKey(key))
  if (known === undefined) return Result.succeed([undefined, { ...rows, keys: [...rows.keys, key] }])
  return known.attemptId === key.attemptId ? Result.succeed([undefined, rows]) : conflict("the key")
}

const receipts = ({ get, modify, update }: Cell<Rows>) => {
  const first = (matches: (receipt: Receipt) => boolean) =>
    Effect.map(get, ({ dump }) => Array.findFirst(dump.receipts, (receipt) => matches(receipt)))
  return {
    insertReceipt: (receipt) =>
      modify((rows) =>
        rows.dump.receipts.some(provesTheSameAs(receipt))
          ? conflict("the receipt")
          : Result.succeed([undefined, changed(rows, { receipts: [...rows.dump.receipts, receipt] })])
      ),
    receipt: (organizationId, id) => first((receipt) => receipt.id === id && receipt.organizationId === organizationId),
    receiptOfAttempt: (attemptId) => first((receipt) => receipt.attemptId === attemptId),
    receiptOfQuote: (quoteId) => first((receipt) => receipt.quoteId === quoteId),
    updateReversed: ({ disputedCents, id, refundedCents, rejectedCents, reversalState, reversedCredits }) => {
      const totals = { refundedCents, disputedCents, reversedCredits, rejectedCents, reversalState }
      return update((rows) =>
        changed(rows, { receipts: rows.dump.receipts.map((row) => (row.id === id ? { ...row, ...totals } : row)) })
      )
    },
    insertReversal: (reversal) =>
      modify((rows) =>
        rows.dump.reversals.some(({ id }) => id === reversal.id)
          ? conflict("the reversal")
          : Result.succeed([undefined, changed(rows, { reversals: [...rows.dump.reversals, reversal] })])
      )
  } satisfies Partial<PaymentStore["Service"]>
}

const provesTheSameAs = (receipt: Receipt) => (other: Receipt) =>
  other.id === receipt.id ||
  other.attemptId === receipt.attemptId ||
  other.quoteId === receipt.quoteId ||
  (receipt.chain !== null &&
    other.chain?.network === receipt.chain.network &&
    other.chain.transaction === receipt.chain.transaction)

const events = ({ get, modify, update }: Cell<Rows>) =>
  ({
    insertEvent: (event) =>
      modify((rows): Change<boolean> =>
        rows.dump.events.some(({ id }) => id === event.id)
          ? Result.succeed([false, rows])
          : Result.succeed([true, changed(rows, { events: [...rows.dump.events, event] })])
      ),
    dueEvents: (now, limit) =>
      Effect.map(get, ({ dump }) => {
        const waiting = dump.events.filter(({ processedAt }) => processedAt === null)
        return due(waiting, ({ dueAt }) => dueAt, now, limit)
      }),
    updateEvent: ({ dueAt, id, problem, processedAt, tries }) =>
      update((rows) => {
        const work = { processedAt, dueAt, tries, problem }
        const all = rows.dump.events.map((row) => (row.id === id ? { ...row, ...work } : row))
        return changed(rows, { events: all })
      }),
    note: (name) =>
      Effect.map(get, ({ notes }) =>
        Option.map(
          Array.findFirst(notes, ([known]) => known === name),
          ([, value]) => value
        )
      ),
    setNote: (name, value) =>
      update((rows) => ({ ...rows, notes: [...rows.notes.filter(([known]) => known !== name), [name, value]] }))
  }) satisfies Partial<PaymentStore["Service"]>
