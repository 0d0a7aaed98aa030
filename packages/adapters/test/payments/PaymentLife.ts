import { configured } from "@image-skill/adapters/payments/StripeRails"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { textField } from "@image-skill/core/envelope/JsonFields"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import { embeddedServiceApi } from "@image-skill/core/service/EmbeddedService"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import type { StripeEmulator } from "@image-skill/testing/payments/StripeEmulator"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Stripe } from "stripe"
import type { Kept } from "../jobs/Composition.ts"
import { until } from "../service/Compositions.ts"
import { deposit } from "./StripeWorld.ts"

type Account = Pick<StripeEmulator, "baseUrl" | "controlUrl" | "secretKey" | "webhookSecret">

/** What a process has to know to take part, as plain data. */
export interface Life {
  /** The data folder. */
  readonly folder: string
  readonly token: string
  readonly methodId: keyof typeof purchases
  /** Null on the fake rail. */
  readonly stripe: Account | null
  /** The step at which the process dies, counted from 1; 0 lets it live. */
  readonly fatal: number
}

/** The rails as a deployment has them: with the account's keys, or without an account the fake one. */
export const configuredRails = (stripe: Omit<Account, "controlUrl"> | null) => {
  const variables = new Map(
    stripe === null
      ? [["IMAGE_SKILL_RAILS", "fake"]]
      : [
          ["STRIPE_SECRET_KEY", stripe.secretKey],
          ["STRIPE_BASE_URL", stripe.baseUrl],
          ["STRIPE_WEBHOOK_SECRET", stripe.webhookSecret]
        ]
  )
  return configured((name) => variables.get(name) ?? null)
}

/** The whole service over what keeps its rows and bytes, for agents that get nothing as a gift. */
export const serviceOver = <E, R>(kept: Layer.Layer<Kept, E, R>, options: MemoryService.TestServiceOptions) =>
  embeddedServiceApi.pipe(
    Layer.provideMerge(MemoryService.programs({ ...options, limits: { previewCredits: 0 } })),
    Layer.provideMerge(kept)
  )

export const credits = 240
export const refundedCents = 100

/**
 * What an agent, its payer and the operator of the account do with one purchase, each step under a key of its own or
 * asking first what is still open: whoever takes it up again does the same.
 */
export const live = Effect.fnUntraced(function* (
  life: Life,
  before: (what: string) => Effect.Effect<void> = () => Effect.void
) {
  const service = yield* ServiceApi
  const token = Redacted.make(life.token)
  const quote = yield* service.creditsQuote({ credits, paymentMethod: life.methodId, idempotencyKey: "topup-1" }, token)
  const quoteId = idOf(quote, "quote_id")
  const bought = yield* purchases[life.methodId](service)({ quoteId, idempotencyKey: "topup-1-buy" }, token)
  const paymentAttemptId = idOf(bought, "payment_attempt_id")
  if (life.stripe !== null) {
    yield* before("the payment")
    yield* payWhatIsOpen(life.stripe)
    yield* worked(life.stripe)
  }
  const status = yield* service.creditsStatus({ paymentAttemptId }, token)
  if (life.stripe !== null) {
    yield* before("the refund")
    yield* refundOnce(life.stripe)
    yield* worked(life.stripe)
    const { catchUp, sweep } = yield* Fulfilment
    yield* catchUp
    yield* sweep(10)
  }
  return { quoteId, paymentAttemptId, state: textField(status.envelope.data, "state") }
})

const purchases = {
  stripe_checkout: (service: ServiceApi["Service"]) => service.creditsBuyCheckout,
  "stripe_x402.exact.usdc": (service: ServiceApi["Service"]) => service.creditsBuyDeposit,
  fake: (service: ServiceApi["Service"]) => service.creditsFakePurchase
}

/** A refusal is what no step of this life may meet. */
const idOf = ({ envelope }: Answer, field: string): string => {
  if (!envelope.ok) throw new Error(JSON.stringify(envelope.error))
  return textField(envelope.data, field)
}

/** The official SDK, in the hands of whoever runs the account. */
export const operatorOf = ({ baseUrl, secretKey }: Pick<Account, "baseUrl" | "secretKey">): Stripe => {
  const { hostname, port } = new URL(baseUrl)
  return new Stripe(secretKey, { host: hostname, port, protocol: "http", telemetry: false, maxNetworkRetries: 0 })
}

/** Everything that was ever made in the account. */
export const madeIn = (operator: Stripe) =>
  Effect.promise(async () => {
    const preview = { apiVersion: "2026-03-04.preview" }
    const [sessions, intents, charges, refunds] = await Promise.all([
      operator.checkout.sessions.list({ limit: 100 }),
      operator.paymentIntents.list({ limit: 100 }, preview),
      operator.charges.list({ limit: 100 }),
      operator.refunds.list({ limit: 100 })
    ])
    return { sessions: sessions.data, intents: intents.data, charges: charges.data, refunds: refunds.data }
  })

/** Pays every page and every address that can still be paid: if there were two, both would be. */
const payWhatIsOpen = Effect.fnUntraced(function* (account: Account) {
  const operator = operatorOf(account)
  const { intents, sessions } = yield* madeIn(operator)
  for (const { id, status } of sessions) if (status === "open") yield* control(account, "pay", { session: id })
  for (const { id, payment_method_types: types, status } of intents)
    if (types.includes("crypto") && status === "requires_action") yield* deposit(operator, id, "success")
})

const refundOnce = (account: Account) =>
  Effect.promise(async () => {
    const operator = operatorOf(account)
    const { data } = await operator.charges.list({ limit: 100 })
    const [charge] = data
    if (charge === undefined) throw new Error("nobody has paid")
    await operator.refunds.create(
      { charge: charge.id, amount: refundedCents },
      { idempotencyKey: `refund-${charge.id}` }
    )
  })

export const control = (account: Account, step: string, input: object = {}) =>
  Effect.promise(async () => {
    const body = JSON.stringify(input)
    const response = await fetch(`${account.controlUrl}/control/${step}`, { method: "POST", body })
    if (!response.ok) throw new Error(`${step}: ${await response.text()}`)
  })

/** Every event was delivered, as far as anybody listens, and what was taken in has had its effect. */
const worked = Effect.fnUntraced(function* (account: Account) {
  const rows = yield* PaymentStore
  yield* control(account, "settled")
  const inbox = Effect.map(rows.dump, ({ events }) => events)
  yield* until(Effect.map(inbox, (events) => events.every(({ processedAt }) => processedAt !== null)))
})
