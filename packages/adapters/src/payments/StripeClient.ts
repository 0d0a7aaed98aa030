import type { PaymentRailError } from "@image-skill/core/payments/PaymentRail"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type Stripe from "stripe"
import type { StripeSettings } from "./StripeSettings.ts"

/** How a call failed, in the words of `PaymentRailError`, and what a rail may do about it. */
export class StripeFailure extends Data.TaggedError("StripeFailure")<{
  readonly reason: PaymentRailError["reason"]
  /** Of our own words only: Stripe's may hold ids. */
  readonly message: string
  /** The idempotency key was used before, for a request that reads differently. */
  readonly isKeyTaken: boolean
  /** It is the stored answer to an earlier request under the same key, and will be given for a day. */
  readonly isStored: boolean
}> {}

/** Stripe's own SDK, loaded by the first call, because loading it takes longer than most commands. */
export interface StripeClient {
  readonly settings: StripeSettings
  /** One call. What it answers is decoded by `schema`; interruption ends the connection. */
  call<A, E>(schema: Schema.Codec<A, E>, use: (stripe: Stripe) => Promise<unknown>): Effect.Effect<A, StripeFailure>
}

/** Retries are ours: each POST carries a key of its own, so that the SDK's one retry of a closed connection is harmless. */
export const make = (settings: StripeSettings): StripeClient => ({
  settings,
  call: Effect.fn("StripeClient.call")(function* <A, E>(
    schema: Schema.Codec<A, E>,
    use: (stripe: Stripe) => Promise<unknown>
  ) {
    const { Stripe, stripeHttp, toFailure } = yield* loaded
    const answer = yield* Effect.tryPromise({
      try: (signal) =>
        use(
          new Stripe(Redacted.value(settings.secretKey), {
            ...(settings.base === null ? {} : { host: settings.base.host, port: settings.base.port }),
            protocol: settings.base?.protocol ?? "https",
            httpClient: stripeHttp(signal),
            timeout: Duration.toMillis(silence),
            maxNetworkRetries: 0,
            telemetry: false
          })
        ),
      catch: toFailure
    }).pipe(
      Effect.timeoutOrElse({
        duration: patience,
        orElse: () => Effect.fail(failure("unknown", "the payment provider did not answer in time"))
      })
    )
    return yield* Effect.mapError(Schema.decodeUnknownEffect(schema)(answer), () =>
      failure("malformed", "the payment provider's answer is not what this version knows")
    )
  })
})

/** A connection on which nothing moves for so long is given up, and a call as a whole a little later. */
const silence = Duration.seconds(20)
const patience = Duration.seconds(30)

const loaded = Effect.gen(function* () {
  const { default: sdk } = yield* Effect.tryPromise({
    try: () => import("stripe"),
    catch: () => failure("unavailable", "the package stripe is not installed")
  })
  const { NotJson, NotSent, stripeHttp } = yield* Effect.promise(() => import("./internal/StripeHttp.ts"))
  const toFailure = (error: unknown): StripeFailure => {
    const status = numberAt(error, "statusCode")
    if (status !== null) return refusal(status, error)
    if (fieldOf(error, "detail") instanceof NotSent)
      return failure("unavailable", "the payment provider could not be reached")
    if (fieldOf(fieldOf(error, "raw"), "exception") instanceof NotJson)
      return failure("malformed", "the payment provider's answer cannot be read")
    return failure("unknown", "the connection to the payment provider broke")
  }
  return { Stripe: sdk, stripeHttp, toFailure }
})

/** The SDK's checks of signatures, which need no key. */
export const webhooks: Effect.Effect<Pick<typeof Stripe.webhooks, "constructEvent">, StripeFailure> = Effect.map(
  loaded,
  ({ Stripe: { webhooks: checks } }) => checks
)

/** What a status means for an order (https://docs.stripe.com/api/errors, https://docs.stripe.com/api/idempotent_requests). */
const refusal = (status: number, error: unknown): StripeFailure => {
  const said = `the payment provider answered HTTP ${status}`
  const isStored = fieldOf(fieldOf(error, "headers"), "idempotent-replayed") === "true"
  // A request under the same key is at work: it may yet do what was asked.
  if (status === 409 || status >= 500) return failure("unknown", said, { isStored })
  if (status === 429 || fieldOf(error, "type") === "StripeRateLimitError") return failure("unavailable", said)
  if (status === 401 || status === 403) return failure("denied", said)
  const isKeyTaken = fieldOf(error, "type") === "StripeIdempotencyError"
  return failure("refused", said, { isKeyTaken, isStored })
}

const failure = (
  reason: StripeFailure["reason"],
  message: string,
  { isKeyTaken = false, isStored = false }: Partial<Pick<StripeFailure, "isKeyTaken" | "isStored">> = {}
): StripeFailure => new StripeFailure({ reason, message, isKeyTaken, isStored })

const fieldOf = (value: unknown, name: string): unknown =>
  Predicate.hasProperty(value, name) ? value[name] : undefined

const numberAt = (value: unknown, name: string): number | null => {
  const found = fieldOf(value, name)
  return typeof found === "number" ? found : null
}
