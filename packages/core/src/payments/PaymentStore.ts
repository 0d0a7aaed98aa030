import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { AgentId, OrganizationId } from "../identity/Actor.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Attempt } from "./Attempt.ts"
import type { Quote } from "./Quote.ts"
import type { Receipt, Reversal } from "./Receipt.ts"

/** An event of a provider, as it was taken in: a hint to look at what it names, and never the truth itself. */
export interface InboxEvent {
  /** The provider's own id; an event that is here already is not taken in again. */
  readonly id: string
  readonly type: string
  /** What it names: attempts by our id, and objects of the provider by theirs. */
  readonly attemptId: string | null
  readonly handles: ReadonlyArray<string>
  /** The event as it came, with secrets taken out. */
  readonly payload: string
  readonly receivedAt: string
  readonly processedAt: string | null
  /** When it is tried again; its first time is `receivedAt`. */
  readonly dueAt: string
  readonly tries: number
  /** Why it led to nothing, or has not yet; null when it did its work. */
  readonly problem: string | null
}

/** Everything that payments wrote, for `checkLedger`. */
export interface PaymentDump {
  readonly quotes: ReadonlyArray<Quote>
  readonly attempts: ReadonlyArray<Attempt>
  readonly receipts: ReadonlyArray<Receipt>
  readonly reversals: ReadonlyArray<Reversal>
  readonly events: ReadonlyArray<InboxEvent>
}

type Rows<A> = Effect.Effect<A, StoreUnavailable>

/**
 * The rows of quotes, attempts, receipts, reversals and provider events. Rules live with the services; this port keeps
 * what it is given, and refuses (reason `conflict`) a second row where there may be only one: a quote for an agent's
 * key, an open attempt for a quote, an attempt for a provider's object, a receipt for an attempt or a quote, a receipt
 * for a chain transaction, an attempt for a purchase key.
 */
export class PaymentStore extends Context.Service<
  PaymentStore,
  {
    insertQuote(quote: Quote): Rows<void>
    quote(organizationId: OrganizationId, id: string): Rows<Option.Option<Quote>>
    quoteByKey(agentId: AgentId, key: string): Rows<Option.Option<Quote>>
    /** Writes the state of `quote` if it is still `from`; false when it is not. */
    updateQuote(quote: Quote, from: Quote["state"]): Rows<boolean>
    /** Quotes that are neither fulfilled, expired nor canceled and are past their time, oldest first. */
    lapsedQuotes(now: string, limit: number): Rows<ReadonlyArray<Quote>>

    insertAttempt(attempt: Attempt): Rows<void>
    /** By id alone: for the page of a payer and for the worker, who have no organization. */
    attempt(id: string): Rows<Option.Option<Attempt>>
    attemptByHandle(handle: string): Rows<Option.Option<Attempt>>
    attemptBySession(organizationId: OrganizationId, sessionId: string): Rows<Option.Option<Attempt>>
    /** Of one quote, oldest first. */
    attemptsOfQuote(quoteId: string): Rows<ReadonlyArray<Attempt>>
    attemptByKey(agentId: AgentId, key: string): Rows<Option.Option<Attempt>>
    /** Makes another key of the agent lead to an attempt. */
    rememberKey(agentId: AgentId, key: string, attemptId: string): Rows<void>
    /** Writes all of `attempt` (its handles are added to those it has) if its status is still `from`. */
    updateAttempt(attempt: Attempt, from: Attempt["status"]): Rows<boolean>
    /** Attempts whose `checkAt` has come, oldest first. */
    dueAttempts(now: string, limit: number): Rows<ReadonlyArray<Attempt>>

    /**
     * Credits of attempts on a rail since an instant that were paid or may still be; null counts every organization.
     */
    boughtSince(organizationId: OrganizationId | null, methodId: string, since: string): Rows<number>

    insertReceipt(receipt: Receipt): Rows<void>
    receipt(organizationId: OrganizationId, id: string): Rows<Option.Option<Receipt>>
    receiptOfAttempt(attemptId: string): Rows<Option.Option<Receipt>>
    receiptOfQuote(quoteId: string): Rows<Option.Option<Receipt>>
    /** Writes the totals and the state of what was reversed; nothing else of a receipt changes. */
    updateReversed(receipt: Receipt): Rows<void>
    insertReversal(reversal: Reversal): Rows<void>

    /** False when it is here already. */
    insertEvent(event: InboxEvent): Rows<boolean>
    /** Events that wait for their work and whose time has come, oldest first. */
    dueEvents(now: string, limit: number): Rows<ReadonlyArray<InboxEvent>>
    /** Writes `processedAt`, `dueAt`, `tries` and `problem`. */
    updateEvent(event: InboxEvent): Rows<void>

    /** A remembered fact of the deployment, e.g. how far the provider's list of events was read. */
    note(name: string): Rows<Option.Option<string>>
    setNote(name: string, value: string): Rows<void>

    readonly dump: Rows<PaymentDump>
  }
>()("core/payments/PaymentStore") {}
