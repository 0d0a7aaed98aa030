import type { CommandSpec } from "./CommandSpec.ts"

const none = { flags: {}, positionals: [] } as const

const key = { kind: "text", value: "KEY", about: "repeat safely; made for you when absent" } as const

/** The commands about credits and payments (contract/cli.md 6.9). */
export const creditCommands = {
  "credits methods": {
    ...none,
    about: "List the rails and what an agent can finish alone",
    effect: "read",
    auth: "none",
    examples: ["credits methods"]
  },
  "credits packs list": {
    ...none,
    about: "List the credit packs",
    effect: "read",
    auth: "none",
    examples: ["credits packs list"]
  },
  "credits plan": {
    about: "Rank the rails for a purchase, with the reason for each that is left out; moves no money",
    effect: "read",
    auth: "none",
    positionals: [],
    flags: {
      credits: { kind: "count", value: "N", default: "500", about: "credits that are needed; default 500" },
      "max-usd": { kind: "number", value: "USD", about: "pay no more than this" },
      "no-human": { kind: "switch", about: "only rails that no person has to finish" }
    },
    examples: ["credits plan --credits 100 --no-human"]
  },
  "credits quote": {
    about: "Ask for the price of credits on a rail; moves no money",
    effect: "write",
    auth: "required",
    positionals: [],
    flags: {
      credits: { kind: "count", value: "N", about: "how many credits; or name a --pack" },
      pack: { kind: "text", value: "PACK_ID", about: "a pack of credits packs list" },
      "payment-method": {
        kind: "text",
        value: "METHOD_ID",
        default: "stripe_checkout",
        about: "a rail of credits methods; default stripe_checkout"
      },
      "idempotency-key": key
    },
    examples: ["credits quote --pack starter-500 --payment-method stripe_checkout --idempotency-key topup-01"]
  },
  "credits buy": {
    about: "Begin to pay a quote: a page for a person, or an address for a wallet; moves no money by itself",
    effect: "write",
    auth: "required",
    positionals: [],
    flags: {
      provider: {
        kind: "text",
        value: "PROVIDER",
        required: true,
        values: ["stripe", "stripe_x402", "fake"],
        about: "required: stripe, stripe_x402 or fake, as the quote says"
      },
      "quote-id": { kind: "text", value: "QUOTE_ID", required: true, about: "required: the quote to pay" },
      "idempotency-key": { ...key, required: true, about: "required: repeat safely, the same key is the same purchase" }
    },
    examples: ["credits buy --provider stripe --quote-id quote_3n7v0c5x9m2q8k4t1r6w --idempotency-key topup-01-buy"]
  },
  "credits status": {
    about: "Say what became of a quote or a payment",
    effect: "read",
    auth: "required",
    positionals: [],
    flags: {
      "quote-id": { kind: "text", value: "QUOTE_ID", about: "the quote" },
      "payment-attempt-id": { kind: "text", value: "PAYMENT_ATTEMPT_ID", about: "the payment" },
      "checkout-session-id": { kind: "text", value: "SESSION_ID", about: "the hosted page of a payment" },
      "receipt-id": { kind: "text", value: "RECEIPT_ID", about: "the receipt" }
    },
    examples: ["credits status --payment-attempt-id payatt_3n7v0c5x9m2q8k4t1r6w"]
  },
  "credits settle": {
    about: "Pay a deposit from a wallet on this machine, once, within its owner's limits",
    effect: "spend",
    auth: "required",
    positionals: [],
    flags: {
      "payment-attempt-id": {
        kind: "text",
        value: "PAYMENT_ATTEMPT_ID",
        required: true,
        about: "required: the payment to settle"
      },
      print: { kind: "switch", about: "print commands for other wallets and pay nothing" },
      "max-usd": { kind: "number", value: "USD", about: "lower the owner's limit for this payment" },
      "timeout-ms": {
        kind: "number",
        value: "MS",
        default: "120000",
        about: "how long to wait for the credits; default 120000"
      }
    },
    examples: ["credits settle --payment-attempt-id payatt_3n7v0c5x9m2q8k4t1r6w"]
  },
  "credits fake-purchase": {
    about: "Pay a quote of the fake rail, in harnesses; moves no money",
    effect: "write",
    auth: "required",
    positionals: [],
    flags: {
      "quote-id": { kind: "text", value: "QUOTE_ID", required: true, about: "required: a quote for the fake rail" },
      "idempotency-key": { ...key, required: true, about: "required: repeat safely, the same key is the same purchase" }
    },
    examples: ["credits fake-purchase --quote-id quote_3n7v0c5x9m2q8k4t1r6w --idempotency-key harness-1"]
  }
} as const satisfies { readonly [name: string]: CommandSpec }
