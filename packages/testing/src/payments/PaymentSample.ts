import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import type { Attempt } from "@image-skill/core/payments/Attempt"
import type { InboxEvent } from "@image-skill/core/payments/PaymentStore"
import type { Quote } from "@image-skill/core/payments/Quote"
import type { Receipt, Reversal } from "@image-skill/core/payments/Receipt"

/** Rows of one payment share a name: `attempt("a")` pays `quote("a")`, and `receipt("a")` proves it. */

const organizationId = OrganizationId.make("org_sample")
const agentId = AgentId.make("agt_sample")

export const quote = (name: string, change: Partial<Quote> = {}): Quote => ({
  id: `quote_${name}`,
  organizationId,
  agentId,
  key: `quote_key_${name}`,
  credits: 500,
  packId: "starter-500",
  methodId: "fake",
  liveMoney: false,
  state: "created",
  createdAt: "2026-01-02T03:04:05.678Z",
  expiresAt: "2026-01-02T03:34:05.678Z",
  ...change
})

/** An attempt that was written before anybody was asked for anything. */
export const attempt = (name: string, change: Partial<Attempt> = {}): Attempt => ({
  id: `payatt_${name}`,
  quoteId: `quote_${name}`,
  organizationId,
  agentId,
  key: `buy_key_${name}`,
  methodId: "fake",
  provider: "fake",
  credits: 500,
  amountCents: 500,
  liveMoney: false,
  status: "opening",
  reason: null,
  handles: [],
  checkout: null,
  deposit: null,
  exception: null,
  traceId: "trace_sample",
  createdAt: "2026-01-02T03:04:06.000Z",
  expiresAt: "2026-01-02T03:34:06.000Z",
  checkAt: "2026-01-02T03:04:11.000Z",
  checks: 0,
  ...change
})

/** An attempt in which nothing is empty, so that a store that drops anything shows. */
export const fullAttempt = (name: string): Attempt =>
  attempt(name, {
    methodId: "stripe_checkout",
    provider: "stripe",
    liveMoney: true,
    status: "failed",
    reason: "the card was declined",
    handles: [`session_${name}`, `intent_${name}`],
    checkout: { sessionId: `session_${name}`, url: `https://pay.example.test/c/${name}#fragment%20kept` },
    deposit: {
      network: "base",
      tokenCurrency: "usdc",
      tokenContractAddress: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
      address: "0x00000000000000000000000000000000000000aa",
      supportedTokenCurrencies: ["usdc", "usdt"]
    },
    exception: "more was paid than the price",
    checks: 3
  })

export const receipt = (name: string, change: Partial<Receipt> = {}): Receipt => ({
  id: `receipt_${name}`,
  attemptId: `payatt_${name}`,
  quoteId: `quote_${name}`,
  organizationId,
  methodId: "fake",
  provider: "fake",
  credits: 500,
  amountCents: 500,
  paidCents: 450,
  liveMoney: false,
  chain: null,
  creditEventId: `credit_event_${name}`,
  balanceAfter: 500,
  event: null,
  issuedAt: "2026-01-02T03:05:00.000Z",
  refundedCents: 0,
  disputedCents: 0,
  reversedCredits: 0,
  rejectedCents: 0,
  reversalState: "none",
  ...change
})

export const reversal = (name: string, change: Partial<Reversal> = {}): Reversal => ({
  id: `reversal_${name}`,
  receiptId: `receipt_${name}`,
  organizationId,
  kind: "refund",
  cents: 45,
  credits: 50,
  owed: 20,
  creditEventId: `credit_event_of_reversal_${name}`,
  at: "2026-01-02T04:00:00.000Z",
  ...change
})

/** An event that waits for its work. */
export const inboxEvent = (name: string, change: Partial<InboxEvent> = {}): InboxEvent => ({
  id: `event_${name}`,
  type: "checkout.session.completed",
  attemptId: `payatt_${name}`,
  handles: [`session_${name}`],
  payload: `{"id":"event_${name}"}`,
  receivedAt: "2026-01-02T03:05:00.000Z",
  processedAt: null,
  dueAt: "2026-01-02T03:05:00.000Z",
  tries: 0,
  problem: null,
  ...change
})

/** A minute long before the samples, so that they are not due yet. */
export const minute = (count: number): string => `2020-01-01T00:0${count}:00.000Z`

export const idsOf = (rows: ReadonlyArray<{ readonly id: string }>): ReadonlyArray<string> => rows.map(({ id }) => id)
