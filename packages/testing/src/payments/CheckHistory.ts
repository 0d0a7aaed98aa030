import type { Violation } from "@image-skill/core/credits/CheckCredits"
import type { Books } from "@image-skill/core/payments/CheckLedger"
import * as Struct from "effect/Struct"

/**
 * What no later state of the books may have changed: journals, postings, reversals and events (3), holds that were
 * closed (5), what a receipt proves (16), and the ways that quotes and attempts may go (17).
 */
export const checkHistory = (before: Books, after: Books): ReadonlyArray<Violation> => [
  ...kept(3, "journal", before.ledger.journals, after.ledger.journals, ({ id }) => id, always),
  ...kept(3, "posting", before.ledger.postings, after.ledger.postings, placeOf, always),
  ...kept(3, "reversal", before.payments.reversals, after.payments.reversals, ({ id }) => id, always),
  ...kept(3, "event", before.events, after.events, ({ id }) => id, always),
  ...kept(
    5,
    "hold",
    before.ledger.holds,
    after.ledger.holds,
    ({ id }) => id,
    (hold) => hold.state !== "open"
  ),
  ...kept(
    16,
    "receipt",
    before.payments.receipts.map(provedPart),
    after.payments.receipts.map(provedPart),
    ({ id }) => id,
    always
  ),
  ...moved("quote", before.payments.quotes.map(stateOf), after.payments.quotes.map(stateOf), quoteWays),
  ...moved("attempt", before.payments.attempts.map(statusOf), after.payments.attempts.map(statusOf), attemptWays)
]

const always = (): boolean => true

const placeOf = (posting: { readonly organizationId: string; readonly kind: string; readonly seq: number }): string =>
  `${posting.organizationId} ${posting.kind} ${posting.seq}`

const provedPart = (receipt: Books["payments"]["receipts"][number]) =>
  Struct.omit(receipt, ["refundedCents", "disputedCents", "reversedCredits", "rejectedCents", "reversalState"])

/** Rows that are final are there later, and as they were. */
const kept = <A>(
  invariant: number,
  what: string,
  before: ReadonlyArray<A>,
  after: ReadonlyArray<A>,
  key: (row: A) => string,
  isFinal: (row: A) => boolean
): ReadonlyArray<Violation> => {
  const later = new Map(after.map((row) => [key(row), row]))
  return before.flatMap((row) => {
    if (!isFinal(row)) return []
    const found = later.get(key(row))
    if (found === row) return []
    if (found === undefined) return [{ invariant, message: `${what} ${key(row)} is gone` }]
    return JSON.stringify(found) === JSON.stringify(row)
      ? []
      : [{ invariant, message: `${what} ${key(row)} was changed` }]
  })
}

interface Standing {
  readonly id: string
  readonly state: string
}

const stateOf = ({ id, state }: Books["payments"]["quotes"][number]): Standing => ({ id, state })
const statusOf = ({ id, status }: Books["payments"]["attempts"][number]): Standing => ({ id, state: status })

/** contract/api.md 5.3 and 5.4; a payment may arrive after its attempt or its quote was over. */
const quoteWays: { readonly [state: string]: ReadonlyArray<string> } = {
  created: ["purchase_started", "expired", "canceled"],
  purchase_started: ["fulfilled", "expired", "canceled"],
  expired: ["fulfilled"],
  canceled: ["fulfilled"]
}
const attemptWays: { readonly [state: string]: ReadonlyArray<string> } = {
  opening: ["requires_action", "processing", "succeeded", "expired", "failed", "canceled"],
  requires_action: ["processing", "succeeded", "expired", "failed", "canceled"],
  processing: ["succeeded", "expired", "failed", "canceled"],
  expired: ["succeeded"],
  failed: ["succeeded"],
  canceled: ["succeeded"]
}

/** One round may take several steps: every state that can be reached by them is one. */
const moved = (
  what: string,
  before: ReadonlyArray<Standing>,
  after: ReadonlyArray<Standing>,
  ways: { readonly [state: string]: ReadonlyArray<string> }
): ReadonlyArray<Violation> => {
  const later = new Map(after.map(({ id, state }) => [id, state]))
  return before.flatMap(({ id, state }) => {
    const next = later.get(id)
    return next !== undefined && (next === state || reaches(state, next, ways))
      ? []
      : [{ invariant: 17, message: `${what} ${id} went from ${state} to ${next ?? "nothing"}` }]
  })
}

/** The ways lead onward only, so this ends. */
const reaches = (from: string, to: string, ways: { readonly [state: string]: ReadonlyArray<string> }): boolean =>
  (ways[from] ?? []).some((next) => next === to || reaches(next, to, ways))
