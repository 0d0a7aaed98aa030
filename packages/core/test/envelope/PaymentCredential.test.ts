import { assert, describe, it } from "@effect/vitest"
import { credentialField, credentialValueField, isCredentialName } from "@image-skill/core/envelope/PaymentCredential"
import * as Schema from "effect/Schema"

/** Every name of contract/cli.md 7 and decision D4.7, in dash, underscore and camel spelling. */
const names: ReadonlyArray<readonly [dashed: string, underscored: string, camel: string]> = [
  ["payment-token", "payment_token", "paymentToken"],
  ["payment-secret", "payment_secret", "paymentSecret"],
  ["payment-required", "payment_required", "paymentRequired"],
  ["payment-signature", "payment_signature", "paymentSignature"],
  ["payment-response", "payment_response", "paymentResponse"],
  ["authorization", "authorization", "authorization"],
  ["bearer-token", "bearer_token", "bearerToken"],
  ["wallet-private-key", "wallet_private_key", "walletPrivateKey"],
  ["private-key", "private_key", "privateKey"],
  ["mnemonic", "mnemonic", "mnemonic"],
  ["seed-phrase", "seed_phrase", "seedPhrase"],
  ["card", "card", "card"],
  ["card-number", "card_number", "cardNumber"],
  ["card-token", "card_token", "cardToken"],
  ["stripe-secret-key", "stripe_secret_key", "stripeSecretKey"],
  ["stripe-webhook-secret", "stripe_webhook_secret", "stripeWebhookSecret"],
  ["provider-key", "provider_key", "providerKey"],
  ["provider-receipt", "provider_receipt", "providerReceipt"],
  ["mpp-token", "mpp_token", "mppToken"],
  ["spt", "spt", "spt"],
  ["shared-payment-token", "shared_payment_token", "sharedPaymentToken"],
  ["x-payment", "x_payment", "xPayment"],
  ["x402-payment", "x402_payment", "x402Payment"],
  ["payment-header", "payment_header", "paymentHeader"],
  ["client-secret", "client_secret", "clientSecret"],
  ["deposit-client-secret", "deposit_client_secret", "depositClientSecret"],
  ["wallet-secret", "wallet_secret", "walletSecret"],
  ["stripe-secret", "stripe_secret", "stripeSecret"],
  ["cvc", "cvc", "cvc"],
  ["cvv", "cvv", "cvv"]
]

/** Names that requests really have, and near misses. */
const innocent = [
  "prompt",
  "model",
  "model_parameters",
  "idempotency_key",
  "payment_method",
  "payment_attempt_id",
  "quote_id",
  "receipt_id",
  "checkout_session_id",
  "max_usd",
  "agent_contact",
  "return_token",
  "seed",
  "cardboard",
  "discard",
  "private",
  "key",
  "token",
  "secret",
  "receipt",
  "provider",
  ""
]

const found: ReadonlyArray<readonly [what: string, body: unknown, path: string | null]> = [
  ["a field of the body", { prompt: "a", card: "4242" }, "card"],
  ["a field of an object", { model_parameters: { card_number: "4242" } }, "model_parameters.card_number"],
  ["a field of a list", { references: [{}, { a: { mnemonic: "x" } }] }, "references[1].a.mnemonic"],
  ["a field of a list of lists", { a: [[], [[{ spt: 1 }]]] }, "a[1][0][0].spt"],
  ["the first of several fields", { a: { cvc: 1 }, cvv: 2 }, "a.cvc"],
  ["a field without a value", { card: null }, "card"],
  ["a field in a body that is a list", [{ private_key: "x" }], "[0].private_key"],
  ["no field, only a value that is spelled like one", { prompt: "card", a: ["private_key"] }, null],
  ["no field in a text", "card", null],
  ["no field in nothing", null, null],
  ["no field in an empty body", {}, null]
]

describe("PaymentCredential", () => {
  for (const [dashed, underscored, camel] of names) {
    it(`${dashed} is refused in every spelling`, () => {
      const capitals = [dashed.toUpperCase(), underscored.toUpperCase()]
      for (const name of [dashed, underscored, camel, ...capitals]) assert.isTrue(isCredentialName(name), name)
    })
  }

  it("no other name is refused", () => {
    for (const name of innocent) assert.isFalse(isCredentialName(name), name)
  })

  for (const [what, body, path] of found) {
    it(`${what} is found where it stands`, () => {
      assert.strictEqual(credentialField(body), path)
    })
  }

  it.prop(
    "a credential is found at any depth",
    [
      Schema.JsonObject,
      Schema.Array(Schema.Union([Schema.Literal("[]"), Schema.String])),
      Schema.Literals(names.flat())
    ],
    ([leaf, way, name]) => {
      const hidden = way.reduce<Schema.Json>((inside, step) => (step === "[]" ? [null, inside] : { [step]: inside }), {
        ...leaf,
        [name]: "4242"
      })
      assert.isNotNull(credentialField(hidden))
    }
  )

  it("a body that is nested without end is answered, not crashed upon", () => {
    const nested = Array.from({ length: 100_000 }).reduce<Schema.Json>((inside) => [inside], { card: "4242" })
    assert.doesNotThrow(() => credentialField(nested))
  })
})

describe("a value that is a credential by its shape", () => {
  const digits = "0123456789abcdef".repeat(4)
  const shaped = [
    "sk_live_51HxQ2eZvKYlo2C",
    "sk_test_51HxQ2eZvKYlo2C",
    "rk_live_51HxQ2eZvKYlo2C",
    "whsec_5f2a9c8e7d6b",
    "pi_3NkQ2eZvKYlo2C_secret_Zk1aB2cD3eF4",
    digits,
    `0x${digits}`,
    digits.toUpperCase(),
    `key=${digits}`
  ]
  for (const value of shaped) {
    it(`${value.slice(0, 12)}… is refused under any name`, () => {
      assert.strictEqual(credentialValueField({ quote_id: "quote_1", idempotency_key: value }), "idempotency_key")
    })
  }

  const harmless = [
    "quote_1m6x3c8v0k5t2r7w9d4q",
    "payatt_6w1d4q9m2x7c3v8k0t5r2b9n4h",
    "cs_test_b1KqZ0pTn7YwR4",
    "purchase:quote_1m6x3c8v0k5t2r7w9d4q",
    "sk_test_",
    "task_live_51HxQ2eZvKYlo2C",
    digits.slice(1),
    `${digits}0`
  ]
  for (const value of harmless) {
    it(`${value.slice(0, 24)} is not`, () => {
      assert.isNull(credentialValueField({ quote_id: value, credits: 5 }))
    })
  }
})
