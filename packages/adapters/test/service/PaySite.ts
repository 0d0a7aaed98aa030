import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert } from "@effect/vitest"
import * as StripeCheckoutRail from "@image-skill/adapters/payments/StripeCheckoutRail"
import * as StripeRails from "@image-skill/adapters/payments/StripeRails"
import * as SqliteStore from "@image-skill/adapters/store/SqliteStore"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { books, brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { ReturnPage } from "@image-skill/core/payments/ReturnPage"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as StripeEmulator from "@image-skill/testing/payments/StripeEmulator"
import type * as MemoryService from "@image-skill/testing/service/MemoryService"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import { temporaryFolder } from "../Folder.ts"
import { clientOf, emulator, operatorOf } from "../payments/StripeWorld.ts"
import { kit, serve, serveKit, until } from "./Compositions.ts"
import { bearer, json, post, send } from "./RawHttp.ts"
import { data, signUp } from "./Site.ts"

/** The secrets of the webhook's endpoint, as the operator has set them; the first is the one that Stripe signs with. */
export const whsec = (name: string): string => `whsec_${name.padEnd(32, "0")}`

export interface PaySiteOptions {
  readonly emulator?: StripeEmulator.StripeEmulatorOptions
  /** `STRIPE_WEBHOOK_SECRET` and `STRIPE_WEBHOOK_SECRET_PREVIOUS`. */
  readonly secrets?: readonly [current: string | null, previous: string | null]
  /** The operator lets people type promotion codes. */
  readonly promotionCodes?: boolean
}

const secret = whsec("current")

/** A server whose provider is the Stripe emulator, both with the clock of the test, and a webhook from it to the server. */
export const paySite = Effect.fnUntraced(function* ({
  promotionCodes = false,
  secrets: [current, previous] = [secret, null],
  ...options
}: PaySiteOptions = {}) {
  const stripe = yield* emulator(options.emulator ?? {})
  const variables = new Map([
    ["STRIPE_SECRET_KEY", stripe.secretKey],
    ["STRIPE_BASE_URL", stripe.baseUrl],
    ["STRIPE_WEBHOOK_SECRET", current],
    ["STRIPE_WEBHOOK_SECRET_PREVIOUS", previous]
  ])
  const { events, rails } = StripeRails.configured((name) => variables.get(name) ?? null)
  const provider = yield* FakeMediaProvider.make(() => FakeMediaProvider.succeed)
  const folder = yield* temporaryFolder
  let origin = ""
  const chosen: MemoryService.TestServiceOptions = {
    models: [FakeMediaProvider.fakePainter],
    providers: [provider],
    events,
    rails: promotionCodes
      ? [StripeCheckoutRail.make(clientOf(stripe.baseUrl, stripe.secretKey), { promotionCodes })]
      : rails,
    returnPage: Layer.succeed(ReturnPage, ReturnPage.of({ urlOf: (attemptId) => `${origin}/pay/${attemptId}` }))
  }
  const site = yield* serveKit(kit(folder, chosen))
  origin = site.origin
  const endpoint = yield* stripe.control.addWebhook({ url: `${origin}/v1/webhooks/stripe`, secret })
  const { catchUp, sweep } = Context.get(site.services, Fulfilment)
  const rows = Effect.provide(books, site.services)
  return {
    ...stripe,
    origin,
    folder,
    endpoint: endpoint.id,
    services: site.services,
    operator: operatorOf(stripe),
    /** The work of the server's worker, now. */
    sweep: sweep(100),
    catchUp,
    rows,
    broken: Effect.provide(brokenBooks, site.services),
    /** Every delivery has been answered, and every event that was taken in has been worked on. */
    quiet: Effect.andThen(
      stripe.control.settled(),
      until(Effect.map(rows, ({ payments }) => payments.events.every(({ processedAt }) => processedAt !== null)))
    )
  }
})

export type PaySite = Effect.Success<ReturnType<typeof paySite>>

/** The product's server with the Stripe emulator behind it, as an operator starts it, by the clock of the machine. */
export const shop = Effect.gen(function* () {
  const stripe = yield* StripeEmulator.start()
  const variables = new Map([
    ["STRIPE_SECRET_KEY", stripe.secretKey],
    ["STRIPE_BASE_URL", stripe.baseUrl],
    ["STRIPE_WEBHOOK_SECRET", stripe.webhookSecret]
  ])
  const { apiBaseUrl: origin } = yield* serve(yield* temporaryFolder, {
    variable: (name) => variables.get(name) ?? null
  })
  yield* stripe.control.addWebhook({ url: `${origin}/v1/webhooks/stripe` })
  return { origin, control: stripe.control }
})

/** The payment and the charge of a session that was paid. */
export const paymentOf = ({ operator }: Pick<PaySite, "operator">, sessionId: string) =>
  Effect.promise(async () => {
    const { payment_intent } = await operator.checkout.sessions.retrieve(sessionId)
    if (typeof payment_intent !== "string") throw new Error("nobody has paid it")
    const { latest_charge } = await operator.paymentIntents.retrieve(payment_intent)
    if (typeof latest_charge !== "string") throw new Error("it has no charge")
    return { intent: payment_intent, charge: latest_charge }
  })

/** Does something to the tables by a connection of its own, as somebody would who breaks the database. */
export const onTables = ({ folder }: Pick<PaySite, "folder">, statement: string) =>
  Effect.sync(() => {
    const database = new DatabaseSync(join(folder, SqliteStore.fileName))
    database.exec(statement)
    database.close()
  })

export interface Bought {
  readonly token: string
  readonly quoteId: string
  readonly attemptId: string
  readonly sessionId: string
  readonly url: string
}

export const buyPath = "/v1/credit-purchases/stripe-checkout-sessions"
export const depositPath = "/v1/credit-purchases/stripe-x402-deposits"

export const quote = Effect.fnUntraced(function* (
  origin: string,
  token: string,
  body: Schema.JsonObject = { pack_id: "starter-500" }
) {
  const reply = yield* send(origin, post("/v1/credit-quotes", body, bearer(token)))
  assert.strictEqual(reply.status, 200, reply.text)
  return textField(data(reply), "quote_id")
})

export const buy = (origin: string, token: string, quoteId: string, key = "buy", path = buyPath) =>
  send(origin, post(path, { quote_id: quoteId, idempotency_key: key }, bearer(token)))

/** Somebody new with a checkout page that waits to be paid. */
export const bought = Effect.fnUntraced(function* (
  origin: string,
  known: { readonly token?: string; readonly quoting?: Schema.JsonObject } = {}
) {
  const token = known.token ?? (yield* signUp(origin, "buyer"))
  const quoteId = yield* quote(origin, token, known.quoting)
  const reply = yield* buy(origin, token, quoteId, `buy:${quoteId}`)
  assert.strictEqual(reply.status, 200, reply.text)
  const found: Bought = {
    token,
    quoteId,
    attemptId: textField(data(reply), "payment_attempt_id"),
    sessionId: textField(data(reply), "checkout_session_id"),
    url: textField(data(reply), "checkout_url")
  }
  assert.notInclude(Object.values(found), "")
  return found
})

/** What may be spent of what was paid for. */
export const paidCredits = (origin: string, token: string) =>
  Effect.map(send(origin, { path: "/v1/quota", headers: bearer(token) }), (reply) =>
    jsonField(jsonField(data(reply), "limits"), "payment_backed_remaining_credits")
  )

/** The status of a purchase, as its owner asks for it. */
export const statusOf = (origin: string, { attemptId, token }: Pick<Bought, "attemptId" | "token">) =>
  Effect.map(
    send(origin, { path: `/v1/credit-purchases/status?payment_attempt_id=${attemptId}`, headers: bearer(token) }),
    (reply) => {
      assert.strictEqual(reply.status, 200, reply.text)
      return jsonField(json(reply), "data")
    }
  )

/** A site with one payment that was made, and what can be asked about it. */
export const paid = Effect.fnUntraced(function* (options: PaySiteOptions = {}) {
  const site = yield* paySite(options)
  const checkout = yield* bought(site.origin)
  yield* site.control.pay({ session: checkout.sessionId })
  yield* site.quiet
  return { ...told(site, checkout), ...(yield* paymentOf(site, checkout.sessionId)) }
})

/** A site and one purchase, with what its owner can learn of it. */
export const told = (site: PaySite, bought: Bought) => ({
  ...site,
  ...bought,
  credits: paidCredits(site.origin, bought.token),
  /** What the owner reads of the receipt. */
  receipt: Effect.map(statusOf(site.origin, bought), (status) => {
    const receipt = jsonField(status, "receipt")
    return [
      textField(status, "state"),
      textField(receipt, "reversal_state"),
      jsonField(receipt, "credits_reversed"),
      jsonField(receipt, "credits_owed")
    ]
  }),
  /** What happened to the credits, oldest first. */
  happened: Effect.map(
    send(site.origin, { path: "/v1/activity?limit=100", headers: bearer(bought.token) }),
    (reply) => {
      const events = jsonField(data(reply), "events")
      const rows: ReadonlyArray<Schema.Json> = isList(events) ? events : []
      return rows
        .map((row) => textField(row, "type").replace(/^credits\.payment_backed_/u, ""))
        .filter((type) => !type.includes("."))
        .toReversed()
    }
  )
})

const isList = (value: Schema.Json | undefined): value is Schema.JsonArray => Array.isArray(value)

/** Gives a payer some of the money back. */
export const refund = (
  { intent, operator }: Pick<Effect.Success<ReturnType<typeof paid>>, "intent" | "operator">,
  cents: number
) =>
  Effect.promise(async () => {
    const { id } = await operator.refunds.create({ payment_intent: intent, amount: cents })
    return { id }
  })
