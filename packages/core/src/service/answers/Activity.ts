import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { type ActivityEvent, type ActivityType, activityTypes } from "../../activity/ActivityEvent.ts"
import { type NextActions, NextActionsWire, nextActionsToWire } from "../../envelope/NextAction.ts"
import { bareStart } from "../../envelope/Start.ts"
import { wire } from "../../envelope/Wire.ts"

const types: ReadonlyArray<ActivityType> = Struct.keys(activityTypes)
const Reference = Schema.NullOr(Schema.String)

/** contract/api.md 10.1. Every link is always there; absent ones are null. */
const EventRow = wire({
  eventId: Schema.String,
  type: Schema.Literals(types),
  occurredAt: Schema.String,
  summary: Schema.String,
  operation: Schema.String,
  traceId: Schema.String,
  subject: Schema.Struct({ type: Schema.String, id: Schema.String }),
  links: wire({
    jobId: Reference,
    assetIds: Schema.Array(Schema.String),
    feedbackId: Reference,
    usageEventId: Reference,
    quoteId: Reference,
    paymentAttemptId: Reference,
    checkoutSessionId: Reference,
    receiptId: Reference,
    creditEventId: Reference,
    paymentReversalId: Reference
  }),
  status: Schema.String,
  cost: Schema.NullOr(wire({ estimatedUsd: Schema.NullOr(Schema.Number), credits: Schema.Number })),
  details: Schema.JsonObject
})

const source = "hosted_activity_ledger"

export const ActivityListAnswer = wire({
  request: wire({ limit: Schema.Number, subject: Schema.NullOr(Schema.String) }),
  events: Schema.Array(EventRow),
  nextCursor: Schema.NullOr(Schema.String),
  nextActions: NextActionsWire,
  source: Schema.Literal(source)
})

export const ActivityShowAnswer = wire({
  request: wire({ reference: Schema.String, referenceType: Schema.String }),
  event: Schema.NullOr(EventRow),
  events: Schema.Array(EventRow),
  nextActions: NextActionsWire,
  source: Schema.Literal(source)
})

export const activityListAnswer = (
  request: { readonly limit: number; readonly subject: string | null },
  events: ReadonlyArray<ActivityEvent>,
  nextCursor: string | null,
  actions: NextActions
): typeof ActivityListAnswer.Type => ({
  request,
  events: events.map(eventRow),
  nextCursor,
  nextActions: nextActionsToWire(actions, bareStart),
  source
})

export const activityShowAnswer = (
  reference: string,
  events: ReadonlyArray<ActivityEvent>,
  actions: NextActions
): typeof ActivityShowAnswer.Type => {
  const rows = events.map(eventRow)
  const referenceType = referenceTypeOf(reference)
  return {
    request: { reference, referenceType },
    event: referenceType === "event" ? (rows[0] ?? null) : null,
    events: rows,
    nextActions: nextActionsToWire(actions, bareStart),
    source
  }
}

const eventRow = (event: ActivityEvent): typeof EventRow.Type => ({
  eventId: event.id,
  type: event.type,
  occurredAt: event.occurredAt,
  summary: event.summary,
  operation: event.operation,
  traceId: event.traceId,
  subject: event.subject,
  links: {
    feedbackId: null,
    quoteId: null,
    paymentAttemptId: null,
    checkoutSessionId: null,
    receiptId: null,
    creditEventId: null,
    paymentReversalId: null,
    ...event.links
  },
  status: event.status,
  cost: event.cost,
  details: event.details
})

const referenceTypes: { readonly [prefix: string]: string } = {
  evt: "event",
  job: "job",
  image: "asset",
  video: "asset",
  audio: "asset",
  asset: "asset",
  usage: "usage",
  trace: "trace",
  quote: "quote",
  payatt: "payment_attempt",
  cs: "checkout_session",
  receipt: "receipt",
  credit: "credit_event",
  payrev: "payment_reversal",
  sig: "feedback"
}

const referenceTypeOf = (reference: string): string => referenceTypes[reference.split("_")[0] ?? ""] ?? "unknown"
