import { fake, stripeCheckout, stripeDeposit } from "@image-skill/core/payments/KnownRails"
import { PaymentEvents } from "@image-skill/core/payments/PaymentEvents"
import type { PaymentRail } from "@image-skill/core/payments/PaymentRail"
import { unconfigured, unconfiguredRail } from "@image-skill/core/payments/PaymentRails"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as FakePaymentRail from "./FakePaymentRail.ts"
import * as StripeCheckoutRail from "./StripeCheckoutRail.ts"
import * as StripeClient from "./StripeClient.ts"
import * as StripeDepositRail from "./StripeDepositRail.ts"
import * as StripeEvents from "./StripeEvents.ts"

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
export const configured = (read: (name: string) => string | null): ConfiguredRails => {
  const variable = (name: string) => blankIsNull(read(name)?.trim() ?? "")
  const key = variable("STRIPE_SECRET_KEY")
  const script = variable("IMAGE_SKILL_RAILS")
  if (key === null) return withoutKey(script)
  const settings = settingsOf(key, variable("STRIPE_BASE_URL"))
  if (typeof settings === "string") return { rails: misconfigured(settings), events: PaymentEvents.none }
  const secrets = ["STRIPE_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET_PREVIOUS"].flatMap((name) => {
    const secret = variable(name)
    return secret === null ? [] : [Redacted.make(secret)]
  })
  const client = StripeClient.make(settings)
  const operatorHint = hints([
    variable("STRIPE_WEBHOOK_SECRET") === null ? "a server needs STRIPE_WEBHOOK_SECRET, too" : null,
    script === null ? null : "IMAGE_SKILL_RAILS is not heeded while STRIPE_SECRET_KEY is set"
  ])
  return {
    rails: [StripeCheckoutRail.make(client, { operatorHint }), StripeDepositRail.make(client, { operatorHint })],
    events: StripeEvents.layer(client, secrets)
  }
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

const settingsOf = (key: string, baseUrl: string | null): StripeClient.StripeSettings | string => {
  if (StripeClient.keyMode(key) === null)
    return "STRIPE_SECRET_KEY is no secret or restricted key: it begins with sk_live_, rk_live_, sk_test_ or rk_test_"
  const base = baseUrl === null ? null : StripeClient.parseBase(baseUrl)
  if (baseUrl !== null && base === null)
    return "STRIPE_BASE_URL is no origin such as https://HOST, or http://127.0.0.1:PORT for an emulator"
  return { secretKey: Redacted.make(key), base }
}

const misconfigured = (hint: string): ReadonlyArray<PaymentRail> => [
  unconfiguredRail(stripeCheckout, { provider: "stripe", purchaseProvider: "stripe" }, hint),
  unconfiguredRail(stripeDeposit, { provider: "stripe", purchaseProvider: "stripe_x402" }, hint)
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
