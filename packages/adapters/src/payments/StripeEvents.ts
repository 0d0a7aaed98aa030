import { isJsonObject, jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { stripeCheckout } from "@image-skill/core/payments/KnownRails"
import { EventRefused, PaymentEvents, type ProviderEvent } from "@image-skill/core/payments/PaymentEvents"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { type StripeClient, type StripeFailure, webhooks } from "./StripeClient.ts"
import { pages, secondsOf, toRailError } from "./StripeReads.ts"

/**
 * Stripe's events, pushed with a signature or listed (https://docs.stripe.com/webhooks). `secrets` are those of the
 * endpoint, the current one and while it is rotated the one before; blank ones count as none, and without any nothing
 * that is pushed is believed.
 */
export const make = (client: StripeClient, secrets: ReadonlyArray<Redacted.Redacted>): PaymentEvents["Service"] => {
  const usable = secrets.filter((secret) => Redacted.value(secret).trim() !== "")
  return PaymentEvents.of({
    verify: (raw, signature) => verify(usable, raw, signature),
    since: (cursor) => Effect.mapError(since(client, cursor), toRailError(stripeCheckout.methodId))
  })
}

export const layer = (client: StripeClient, secrets: ReadonlyArray<Redacted.Redacted>): Layer.Layer<PaymentEvents> =>
  Layer.sync(PaymentEvents, () => make(client, secrets))

/** The events that may change what we know of a payment; Stripe lists up to 20 types at once. */
export const eventTypes: Array<string> = [
  "checkout.session.completed",
  "checkout.session.async_payment_succeeded",
  "checkout.session.async_payment_failed",
  "checkout.session.expired",
  "payment_intent.processing",
  "payment_intent.succeeded",
  "payment_intent.payment_failed",
  "payment_intent.canceled",
  "charge.refunded",
  "charge.refund.updated",
  "refund.created",
  "refund.updated",
  "refund.failed",
  "charge.dispute.created",
  "charge.dispute.updated",
  "charge.dispute.funds_withdrawn",
  "charge.dispute.funds_reinstated",
  "charge.dispute.closed"
]

/** How far the time of a signature may lie before or after ours. The SDK looks at the past only. */
const toleranceSeconds = 300

const verify = Effect.fn("StripeEvents.verify")(function* (
  secrets: ReadonlyArray<Redacted.Redacted>,
  raw: Uint8Array,
  signature: string
) {
  if (secrets.length === 0) return yield* new EventRefused({ reason: "not_configured" })
  const now = DateTime.toEpochMillis(yield* DateTime.now)
  if (!isTimely(signature, Math.floor(now / 1000))) return yield* new EventRefused({ reason: "signature" })
  const { constructEvent } = yield* usableWebhooks
  const signed = secrets.map((secret) =>
    Effect.try({
      try: (): unknown =>
        constructEvent(Buffer.from(raw), signature, Redacted.value(secret), toleranceSeconds, undefined, now),
      catch: (error) => new EventRefused({ reason: isSignatureError(error) ? "signature" : "malformed" })
    })
  )
  const event = yield* Effect.firstSuccessOf(signed)
  return yield* Effect.mapBoth(Schema.decodeUnknownEffect(Event)(event), {
    onFailure: () => new EventRefused({ reason: "malformed" }),
    onSuccess: toEvent
  })
})

const usableWebhooks = Effect.mapError(
  Effect.map(webhooks, (checks) => ({ constructEvent: checks.constructEvent.bind(checks) })),
  () => new EventRefused({ reason: "not_configured" })
)

/** By its name, because its class is loaded only with the SDK. */
const isSignatureError = (error: unknown): boolean =>
  error instanceof Error && "type" in error && error.type === "StripeSignatureVerificationError"

/** One time, written plainly, and near to ours. */
const isTimely = (signature: string, now: number): boolean => {
  const times = signature.split(",").flatMap((part) => (part.trim().startsWith("t=") ? [part.trim().slice(2)] : []))
  const [time = ""] = times
  return times.length === 1 && /^\d{1,12}$/u.test(time) && Math.abs(Number(time) - now) <= toleranceSeconds
}

const lookBackSeconds = 3 * 24 * 3600
/** A list may show an event a little later than its time says. */
const overlapSeconds = 300

/**
 * The cursor is the time of the newest event that was given, in seconds. The five minutes before it are listed again, so
 * an event may be given twice. Of more events than 20 pages hold, the older half of the time is given first.
 */
const since = Effect.fnUntraced(function* (client: StripeClient, cursor: string | null) {
  const now = secondsOf(yield* DateTime.now)
  const from = cursor !== null && /^\d{1,12}$/u.test(cursor) ? Number(cursor) : now - lookBackSeconds
  return yield* between(client, from, now, null)
})

const between: (
  client: StripeClient,
  from: number,
  now: number,
  until: number | null
) => Effect.Effect<{ readonly events: ReadonlyArray<ProviderEvent>; readonly cursor: string }, StripeFailure> =
  Effect.fnUntraced(function* (client, from, now, until) {
    const created = { gte: from - overlapSeconds, ...(until === null ? {} : { lte: until }) }
    const { isWhole, items } = yield* pages(client, Event, (stripe, after) =>
      stripe.events.list({ types: eventTypes, created, limit: 100, ...after })
    )
    const span = (until ?? now) - from
    if (!isWhole && span > 1) return yield* between(client, from, now, from + Math.floor(span / 2))
    const reached = Math.max(until ?? from, items[0]?.created ?? 0)
    return { events: items.toReversed().map(toEvent), cursor: `${reached}` }
  })

/** https://docs.stripe.com/api/events/object. All of it is kept, so all of it is read. */
const Event = Schema.StructWithRest(
  Schema.Struct({
    id: Schema.NonEmptyString,
    type: Schema.NonEmptyString,
    created: Schema.Int,
    data: Schema.StructWithRest(Schema.Struct({ object: Schema.JsonObject }), [
      Schema.Record(Schema.String, Schema.Json)
    ])
  }),
  [Schema.Record(Schema.String, Schema.Json)]
)

const toEvent = (event: typeof Event.Type): ProviderEvent => {
  const { object } = event.data
  const named =
    textField(jsonField(object, "metadata"), "payment_attempt_id") || textField(object, "client_reference_id")
  return {
    id: event.id,
    type: event.type,
    attemptId: /^[A-Za-z0-9_-]{1,200}$/u.test(named) ? named : null,
    handles: handlesOf(object),
    payload: encode(withoutSecrets(event))
  }
}

const encode = Schema.encodeSync(Schema.fromJsonString(Schema.Json))

/** The objects that a payment can be known by. A refund or a dispute names the payment that it belongs to. */
const handlesOf = (object: Schema.JsonObject): ReadonlyArray<string> => {
  const own = ownHandles.has(textField(object, "object")) ? [textField(object, "id")] : []
  const others = ["payment_intent", "charge", "latest_charge"].map((name) => {
    const field = object[name]
    return typeof field === "string" ? field : textField(field, "id")
  })
  return [...new Set([...own, ...others])].filter((id) => id !== "")
}

const ownHandles = new Set(["checkout.session", "payment_intent", "charge"])

/** A client secret opens a payment, and what follows the `#` of a checkout page's address is one. */
const withoutSecrets = (value: Schema.Json): Schema.Json => {
  if (typeof value === "string") return value.replace(/^(https?:\/\/[^#]*)#.*$/su, "$1")
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, isSecret(name, field) ? "[redacted]" : withoutSecrets(field)])
  )
}

const isSecret = (name: string, field: Schema.Json): boolean =>
  /(?:^|_)secret$/u.test(name) && typeof field === "string"
