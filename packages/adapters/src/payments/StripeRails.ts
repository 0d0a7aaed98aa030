import { fake, stripeCheckout, stripeDeposit } from "@image-skill/core/payments/KnownRails"
import { PaymentEvents } from "@image-skill/core/payments/PaymentEvents"
import type { PaymentRail } from "@image-skill/core/payments/PaymentRail"
import { unconfigured, unconfiguredRail } from "@image-skill/core/payments/PaymentRails"
import type { Rail } from "@image-skill/core/payments/Rail"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as FakePaymentRail from "./FakePaymentRail.ts"
import * as Settings from "./StripeSettings.ts"

/** What an operator chooses beside the variables. */
export interface RailOptions {
  /** Payers may type promotion codes on the hosted page. */
  readonly promotionCodes?: boolean
}

export interface ConfiguredRails {
  /** In the order in which they are listed. */
  readonly rails: ReadonlyArray<PaymentRail>
  readonly events: Layer.Layer<PaymentEvents>
}

/**
 * The rails that the operator's variables make, of `STRIPE_SECRET_KEY`, `STRIPE_WEBHOOK_SECRET`,
 * `STRIPE_WEBHOOK_SECRET_PREVIOUS`, `STRIPE_BASE_URL` and `IMAGE_SKILL_RAILS`. What is missing or wrong is said to the
 * operator by the rail, and never with a value; nothing is simulated in its stead.
 */
export const configured = (
  read: (name: string) => string | null,
  { promotionCodes = false }: RailOptions = {}
): ConfiguredRails => {
  const variable = (name: string) => blankIsNull(read(name)?.trim() ?? "")
  const key = variable("STRIPE_SECRET_KEY")
  const script = variable("IMAGE_SKILL_RAILS")
  if (key === null) return withoutKey(script)
  const settings = settingsOf(key, variable("STRIPE_BASE_URL"))
  if (typeof settings === "string") return { rails: misconfigured(settings), events: PaymentEvents.none }
  const secrets = [variable("STRIPE_WEBHOOK_SECRET"), variable("STRIPE_WEBHOOK_SECRET_PREVIOUS")].flatMap((secret) =>
    secret === null ? [] : [Redacted.make(secret)]
  )
  const operatorHint = hints([
    variable("STRIPE_WEBHOOK_SECRET") === null ? "a server needs STRIPE_WEBHOOK_SECRET, too" : null,
    script === null ? null : "IMAGE_SKILL_RAILS is not heeded while STRIPE_SECRET_KEY is set"
  ])
  return { rails: railsOf(settings, operatorHint, promotionCodes), events: eventsOf(settings, secrets) }
}

/** Their programs are loaded by the first payment, since most commands have none. */
const railsOf = (
  settings: Settings.StripeSettings,
  operatorHint: string | null,
  promotionCodes: boolean
): ReadonlyArray<PaymentRail> => {
  const client = clientOf(settings)
  return [
    lazy(
      Settings.describeCheckout(settings, operatorHint),
      names.checkout,
      Effect.zipWith(
        client,
        Effect.promise(() => import("./StripeCheckoutRail.ts")),
        (made, { make }) => make(made, { promotionCodes })
      )
    ),
    lazy(
      Settings.describeDeposit(settings, operatorHint),
      names.deposit,
      Effect.zipWith(
        client,
        Effect.promise(() => import("./StripeDepositRail.ts")),
        (made, { make }) => make(made)
      )
    )
  ]
}

type Names = Pick<PaymentRail, "provider" | "purchaseProvider">

const names: { readonly checkout: Names; readonly deposit: Names } = {
  checkout: { provider: "stripe", purchaseProvider: "stripe" },
  deposit: { provider: "stripe", purchaseProvider: "stripe_x402" }
}

const clientOf = (settings: Settings.StripeSettings) =>
  Effect.map(
    Effect.promise(() => import("./StripeClient.ts")),
    ({ make }) => make(settings)
  )

const lazy = (described: Rail, named: Names, loaded: Effect.Effect<PaymentRail>): PaymentRail => ({
  methodId: described.methodId,
  ...named,
  describe: Effect.succeed(described),
  open: (order) => Effect.flatMap(loaded, ({ open }) => open(order)),
  read: (attempt) => Effect.flatMap(loaded, ({ read }) => read(attempt)),
  close: (attempt) => Effect.flatMap(loaded, ({ close }) => close(attempt))
})

const eventsOf = (settings: Settings.StripeSettings, secrets: ReadonlyArray<Redacted.Redacted>) => {
  const loaded = Effect.zipWith(
    clientOf(settings),
    Effect.promise(() => import("./StripeEvents.ts")),
    (client, { make }) => make(client, secrets)
  )
  return Layer.succeed(PaymentEvents, {
    verify: (raw, signature) => Effect.flatMap(loaded, ({ verify }) => verify(raw, signature)),
    since: (cursor) => Effect.flatMap(loaded, ({ since }) => since(cursor))
  })
}

/** The fake rail stands in for nothing: it comes after the live ones, which stay unavailable. */
const withoutKey = (script: string | null): ConfiguredRails => {
  const outcome = script === null ? null : FakePaymentRail.parseScript(script)
  const isUnknown = script !== null && outcome === null
  const rails = isUnknown ? unconfigured.map((rail) => hinted(rail, unknownScript)) : unconfigured
  return {
    rails: outcome === null ? rails : [...rails, FakePaymentRail.make({ script: outcome })],
    events: PaymentEvents.none
  }
}

const unknownScript = `IMAGE_SKILL_RAILS is neither \`${fake.methodId}\` nor \`${fake.methodId}:OUTCOME\` with one of ${FakePaymentRail.fakeOutcomes.join(", ")}`

const settingsOf = (key: string, baseUrl: string | null): Settings.StripeSettings | string => {
  if (Settings.keyMode(key) === null)
    return "STRIPE_SECRET_KEY is no secret or restricted key: it begins with sk_live_, rk_live_, sk_test_ or rk_test_"
  const base = baseUrl === null ? null : Settings.parseBase(baseUrl)
  if (baseUrl !== null && base === null)
    return "STRIPE_BASE_URL is no origin such as https://HOST, or http://127.0.0.1:PORT for an emulator"
  return { secretKey: Redacted.make(key), base }
}

const misconfigured = (hint: string): ReadonlyArray<PaymentRail> => [
  unconfiguredRail(stripeCheckout, names.checkout, hint),
  unconfiguredRail(stripeDeposit, names.deposit, hint)
]

const hinted = (rail: PaymentRail, hint: string): PaymentRail => ({
  ...rail,
  describe: Effect.map(rail.describe, (described) => ({
    ...described,
    operatorHint: hints([described.operatorHint, hint])
  }))
})

const hints = (all: ReadonlyArray<string | null>): string | null =>
  blankIsNull(all.filter((hint) => hint !== null).join("; "))

const blankIsNull = (text: string): string | null => (text === "" ? null : text)
