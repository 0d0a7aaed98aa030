import * as Charges from "./Charges.ts"
import * as CryptoIntents from "./CryptoIntents.ts"
import type { CryptoOptions } from "./CryptoIntents.ts"
import * as Ids from "./Ids.ts"
import * as Intents from "./Intents.ts"
import * as Lists from "./Lists.ts"
import * as MethodTypes from "./MethodTypes.ts"
import type { Params } from "./Params.ts"
import { minimumCharge } from "./Promotions.ts"
import type { Act, Call, Route } from "./Router.ts"
import { cardDeclined, invalid, refused } from "./StripeFailure.ts"
import type { PaymentIntent } from "./StripeObjects.ts"
import type { Version } from "./Version.ts"
import type { World } from "./World.ts"

const path = "/v1/payment_intents"

/** https://docs.stripe.com/api/payment_intents, and the crypto modes of the preview versions. */
export const routes: ReadonlyArray<Route> = [
  { method: "POST", path, permission: "payment_intents", read: (call) => create(call) },
  {
    method: "GET",
    path,
    permission: "payment_intents",
    read: (call) => Lists.page(call, path, () => call.world.intents.newest())
  },
  {
    method: "GET",
    path: `${path}/*`,
    permission: "payment_intents",
    read:
      ({ id, world }) =>
      () =>
        world.intents.get(id, "intent")
  },
  {
    method: "POST",
    path: `${path}/*/confirm`,
    permission: "payment_intents",
    read: (call) => confirm(call)
  },
  {
    method: "POST",
    path: `${path}/*/cancel`,
    permission: "payment_intents",
    read: ({ id, params, world }) => {
      const reason =
        params.oneOf("cancellation_reason", ["abandoned", "duplicate", "fraudulent", "requested_by_customer"]) ?? null
      return () => cancel(world, id, reason)
    }
  }
]

const create = async (call: Call): Promise<Act> => {
  const { params, version, world } = call
  const amount = params.requiredInteger("amount")
  if (amount > 99_999_999) throw invalid("amount", "Amount must be no more than $999,999.99", "amount_too_large")
  if (amount < 1) throw invalid("amount", "This value must be greater than or equal to 1.", "parameter_invalid_integer")
  const currency = params.requiredText("currency").toLowerCase()
  const confirmed = params.flag("confirm") ?? false
  const method = readMethod(params, version, ["card"])
  const facts = { ...readFacts(params), ...method.facts, amount, currency }
  const pay = await payment(world, { amount, currency }, method)
  return () => {
    if (!method.crypto && amount < minimumCharge(currency))
      throw refused(`Amount must be at least ${(minimumCharge(currency) / 100).toFixed(2)} ${currency}`, {
        code: "amount_too_small",
        param: "amount"
      })
    pay?.check()
    const intent = Intents.create(world, {
      ...facts,
      status: pay === undefined ? "requires_payment_method" : "requires_confirmation"
    })
    if (pay !== undefined) world.payments.set(intent.id, pay.act)
    return confirmed ? begin(world, intent) : intent
  }
}

const confirm = async ({ id, params, version, world }: Call): Promise<Act> => {
  const intent = world.intents.get(id, "intent")
  const method = readMethod(params, version, intent.payment_method_types)
  params.text("return_url")
  const pay = await payment(world, intent, method)
  return () => {
    if (world.intents.get(id).status === "requires_action") return world.intents.get(id)
    pay?.check()
    if (pay !== undefined) world.payments.set(id, pay.act)
    return begin(
      world,
      Intents.step(world, id, "confirm", ["requires_payment_method", "requires_confirmation"], method.facts)
    )
  }
}

const begin = (world: World, { id }: PaymentIntent): PaymentIntent => {
  const act = world.payments.get(id)
  if (act === undefined)
    throw refused("You cannot confirm this PaymentIntent because it's missing a payment method.", {
      code: "payment_intent_unexpected_state"
    })
  return act(id)
}

/** A payment Checkout has begun belongs to its session. */
const cancel = (world: World, id: string, reason: string | null): PaymentIntent => {
  const session = world.sessions.newest().find(({ payment_intent }) => payment_intent === id)
  if (session?.status === "open")
    throw refused(
      "You cannot cancel this PaymentIntent because it was created by an open Checkout Session. Expire the session instead."
    )
  return Intents.cancel(world, id, reason)
}

interface Method {
  readonly card: string | undefined
  readonly crypto: boolean
  readonly options: CryptoOptions | undefined
  readonly facts: Partial<PaymentIntent>
}

/** The test cards that are emulated, and how the bank answers: https://docs.stripe.com/testing#cards. */
const cards: ReadonlyMap<string, string | null> = new Map([
  ["pm_card_visa", null],
  ["pm_card_chargeDeclined", "generic_decline"],
  ["pm_card_visa_chargeDeclined", "generic_decline"],
  ["pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"]
])

const readMethod = (params: Params, version: Version, current: ReadonlyArray<string>): Method => {
  const listed = MethodTypes.read(params, version, "intent", ["card", "crypto", "us_bank_account"])
  const types = listed.length === 0 ? current : listed
  const data = params.object("payment_method_data")
  const type = data?.oneOf("type", ["crypto"])
  const cryptoParams = params.object("payment_method_options")?.object("crypto")
  const options = cryptoParams === undefined ? undefined : CryptoIntents.read(cryptoParams, version)
  const crypto = types.includes("crypto")
  if (type === "crypto" && !crypto)
    throw invalid("payment_method_data[type]", "The PaymentMethod type crypto is not among payment_method_types.")
  if (crypto && type === "crypto" && options === undefined)
    throw invalid("payment_method_options[crypto][mode]", "Only the crypto modes of the preview versions are emulated.")
  const card = params.text("payment_method")
  if (card !== undefined && !cards.has(card))
    throw invalid("payment_method", `No such PaymentMethod: '${card}'`, "resource_missing")
  return {
    card,
    crypto,
    options: type === "crypto" ? options : undefined,
    facts: {
      ...(listed.length === 0 ? {} : { payment_method_types: types }),
      ...(options === undefined ? {} : { payment_method_options: CryptoIntents.optionsOf(options) })
    }
  }
}

const readFacts = (params: Params): Partial<PaymentIntent> => {
  const automatic = params.object("automatic_payment_methods")
  const redirects = automatic?.oneOf("allow_redirects", ["always", "never"])
  const enabled = automatic?.flag("enabled")
  params.text("return_url")
  params.oneOf("capture_method", ["automatic", "automatic_async"])
  return {
    automatic_payment_methods: enabled === undefined ? null : { allow_redirects: redirects ?? "always", enabled },
    description: params.text("description", 1000) ?? null,
    metadata: params.metadata("metadata"),
    receipt_email: params.text("receipt_email") ?? null,
    statement_descriptor: params.text("statement_descriptor", 22) ?? null,
    statement_descriptor_suffix: params.text("statement_descriptor_suffix", 22) ?? null
  }
}

interface Payment {
  /** Fails where the payment cannot even be tried. */
  readonly check: () => void
  readonly act: (id: string) => PaymentIntent
}

/** What confirming will do, with the chain already asked where the payment names a transaction. */
const payment = async (
  world: World,
  { amount }: { readonly amount: number; readonly currency: string },
  { card, options }: Method
): Promise<Payment | undefined> => {
  if (options?.mode === "deposit")
    return { check: () => undefined, act: (id) => CryptoIntents.awaitDeposit(world, id, options.networks) }
  if (options?.mode === "transaction_verification") {
    const transfer = await CryptoIntents.verify(world, amount, options.network, options.hash)
    return {
      check: () => CryptoIntents.claim(world, transfer),
      act: (id) => CryptoIntents.seen(world, id, transfer)
    }
  }
  return card === undefined ? undefined : { check: () => undefined, act: (id) => payByCard(world, id, card) }
}

const payByCard = (world: World, id: string, card: string): PaymentIntent => {
  const declineCode = cards.get(card) ?? null
  world.intents.update(id, { payment_method: Ids.id("pm") })
  if (declineCode === null) return Intents.succeed(world, id, Charges.card())
  const intent = Intents.fail(world, id, Charges.card("0002"), { code: "card_declined", declineCode })
  throw cardDeclined(declineCode, { charge: intent.latest_charge, payment_intent: intent })
}
