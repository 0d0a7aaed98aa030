import { wire } from "@image-skill/core/envelope/Wire"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import type { Attempt } from "@image-skill/core/payments/Attempt"
import type { InboxEvent } from "@image-skill/core/payments/PaymentStore"
import type { Quote } from "@image-skill/core/payments/Quote"
import type { Receipt, Reversal } from "@image-skill/core/payments/Receipt"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import * as Schema from "effect/Schema"

/** The rows of the payment tables, and what they are in code. What does not decode was not written here. */

const text = Schema.String
const textOrNull = Schema.NullOr(Schema.String)
const provider = Schema.Literals(["stripe", "fake"])
const handles = Schema.fromJsonString(Schema.Array(text))

const QuoteRow = wire({
  id: text,
  organizationId: OrganizationId,
  agentId: AgentId,
  key: text,
  credits: Schema.Int,
  packId: textOrNull,
  methodId: text,
  liveMoney: Schema.BooleanFromBit,
  state: Schema.Literals(["created", "purchase_started", "fulfilled", "expired", "canceled"]),
  createdAt: text,
  expiresAt: text
})

const Deposit = wire({
  network: text,
  tokenCurrency: text,
  tokenContractAddress: textOrNull,
  address: text,
  supportedTokenCurrencies: Schema.Array(text)
})

const attemptColumns = {
  id: text,
  quoteId: text,
  organizationId: OrganizationId,
  agentId: AgentId,
  key: text,
  methodId: text,
  provider,
  credits: Schema.Int,
  amountCents: Schema.Int,
  liveMoney: Schema.BooleanFromBit,
  status: Schema.Literals(["opening", "requires_action", "processing", "succeeded", "expired", "failed", "canceled"]),
  reason: textOrNull,
  checkoutSessionId: textOrNull,
  checkoutUrl: textOrNull,
  deposit: Schema.NullOr(Schema.fromJsonString(Deposit)),
  exception: textOrNull,
  traceId: text,
  createdAt: text,
  expiresAt: text,
  checkAt: textOrNull,
  checks: Schema.Natural
}

const AttemptRow = wire(attemptColumns)

/** With the handles, which are rows of their own. */
const FullAttemptRow = wire({ ...attemptColumns, handles })

const ReceiptRow = wire({
  id: text,
  attemptId: text,
  quoteId: text,
  organizationId: OrganizationId,
  methodId: text,
  provider,
  credits: Schema.Int,
  amountCents: Schema.Int,
  paidCents: Schema.Int,
  liveMoney: Schema.BooleanFromBit,
  chainNetwork: textOrNull,
  chainTransaction: textOrNull,
  chainPayer: textOrNull,
  creditEventId: text,
  balanceAfter: Schema.Int,
  eventType: textOrNull,
  eventReceivedAt: textOrNull,
  issuedAt: text,
  refundedCents: Schema.Int,
  disputedCents: Schema.Int,
  reversedCredits: Schema.Int,
  rejectedCents: Schema.Int,
  reversalState: Schema.Literals([
    "none",
    "partially_refunded",
    "refunded",
    "disputed",
    "reinstated",
    "pending",
    "rejected"
  ])
})

const ReversalRow = wire({
  id: text,
  receiptId: text,
  organizationId: OrganizationId,
  kind: Schema.Literals(["refund", "dispute", "reinstatement", "rejected"]),
  cents: Schema.Int,
  credits: Schema.Int,
  owed: Schema.Int,
  creditEventId: textOrNull,
  at: text
})

const EventRow = wire({
  id: text,
  type: text,
  attemptId: textOrNull,
  handles,
  payload: text,
  receivedAt: text,
  processedAt: textOrNull,
  dueAt: text,
  tries: Schema.Natural,
  problem: textOrNull
})

export const encodeQuote: (quote: Quote) => Effect.Effect<typeof QuoteRow.Encoded> = flow(
  Schema.encodeEffect(QuoteRow),
  Effect.orDie
)

export const decodeQuotes = Schema.decodeUnknownEffect(Schema.Array(QuoteRow))

/** All but the handles. */
export const encodeAttempt = ({ checkout, ...attempt }: Attempt): Effect.Effect<typeof AttemptRow.Encoded> =>
  Effect.orDie(
    Schema.encodeEffect(AttemptRow)({
      ...attempt,
      checkoutSessionId: checkout?.sessionId ?? null,
      checkoutUrl: checkout?.url ?? null
    })
  )

const toAttempt = ({ checkoutSessionId, checkoutUrl, ...row }: typeof FullAttemptRow.Type): Attempt => ({
  ...row,
  checkout:
    checkoutSessionId === null || checkoutUrl === null ? null : { sessionId: checkoutSessionId, url: checkoutUrl }
})

export const decodeAttempts: (rows: unknown) => Effect.Effect<ReadonlyArray<Attempt>, Schema.SchemaError> = flow(
  Schema.decodeUnknownEffect(Schema.Array(FullAttemptRow)),
  Effect.map(Array.map(toAttempt))
)

export const encodeReceipt = ({ chain, event, ...receipt }: Receipt): Effect.Effect<typeof ReceiptRow.Encoded> =>
  Effect.orDie(
    Schema.encodeEffect(ReceiptRow)({
      ...receipt,
      chainNetwork: chain?.network ?? null,
      chainTransaction: chain?.transaction ?? null,
      chainPayer: chain?.payer ?? null,
      eventType: event?.type ?? null,
      eventReceivedAt: event?.receivedAt ?? null
    })
  )

const toReceipt = ({
  chainNetwork,
  chainPayer,
  chainTransaction,
  eventReceivedAt,
  eventType,
  ...row
}: typeof ReceiptRow.Type): Receipt => ({
  ...row,
  chain:
    chainNetwork === null || chainTransaction === null
      ? null
      : { network: chainNetwork, transaction: chainTransaction, payer: chainPayer },
  event: eventType === null || eventReceivedAt === null ? null : { type: eventType, receivedAt: eventReceivedAt }
})

export const decodeReceipts: (rows: unknown) => Effect.Effect<ReadonlyArray<Receipt>, Schema.SchemaError> = flow(
  Schema.decodeUnknownEffect(Schema.Array(ReceiptRow)),
  Effect.map(Array.map(toReceipt))
)

export const encodeReversal: (reversal: Reversal) => Effect.Effect<typeof ReversalRow.Encoded> = flow(
  Schema.encodeEffect(ReversalRow),
  Effect.orDie
)

export const decodeReversals = Schema.decodeUnknownEffect(Schema.Array(ReversalRow))

export const encodeEvent: (event: InboxEvent) => Effect.Effect<typeof EventRow.Encoded> = flow(
  Schema.encodeEffect(EventRow),
  Effect.orDie
)

export const decodeEvents = Schema.decodeUnknownEffect(Schema.Array(EventRow))

export const decodeSums = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ credits: Schema.Natural })]))

export const decodeNotes = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ value: text })))
