import * as Ids from "./Ids.ts"
import * as MethodTypes from "./MethodTypes.ts"
import { type Params, required } from "./Params.ts"
import * as Promotions from "./Promotions.ts"
import { invalid, missing, refused } from "./StripeFailure.ts"
import type { LineItem, PaymentIntent, PromotionCode, Session } from "./StripeObjects.ts"
import type { Version } from "./Version.ts"
import type { World } from "./World.ts"

/** A session that was asked for and is in order, with what belongs to it. It has no page yet. */
export interface Requested {
  readonly session: Session
  readonly lineItems: ReadonlyArray<LineItem>
  readonly intentData: Partial<PaymentIntent>
  readonly promotion: PromotionCode | undefined
}

const halfAnHour = 1800
const aDay = 86_400

/**
 * Reads the parameters of `POST /v1/checkout/sessions`: `mode` payment on the hosted page, inline prices.
 * Stripe's other modes and its saved prices are answered with `parameter_unknown` or `parameter_invalid`.
 */
export const read = (world: World, params: Params, version: Version): Requested => {
  required(params.oneOf("mode", ["payment"]), "mode")
  params.oneOf("ui_mode", ["hosted_page"])
  const lineItems = params.list("line_items").map(readLineItem)
  const currency = lineItems[0]?.currency
  if (currency === undefined) throw missing("line_items")
  if (lineItems.some((item) => item.currency !== currency))
    throw invalid("line_items", "All prices on a Checkout Session must have the same currency.")
  const successUrl = readUrl(params, "success_url")
  if (successUrl === undefined) throw missing("success_url")
  const subtotal = lineItems.reduce((sum, item) => sum + item.amount_subtotal, 0)
  const intentData = readIntentData(params.object("payment_intent_data"))
  const promotion = readDiscount(world, params)
  const session: Session = {
    ...unchanging(params),
    id: Ids.session(world.settings.livemode),
    object: "checkout.session",
    adaptive_pricing: { enabled: params.object("adaptive_pricing")?.flag("enabled") ?? true },
    after_expiration: readAfterExpiration(params),
    allow_promotion_codes: params.flag("allow_promotion_codes") ?? null,
    amount_subtotal: subtotal,
    amount_total: subtotal,
    cancel_url: readUrl(params, "cancel_url") ?? null,
    client_reference_id: params.text("client_reference_id", 200) ?? null,
    created: world.now(),
    currency,
    customer_details: null,
    customer_email: params.text("customer_email", 800) ?? null,
    discounts: [],
    expires_at: readExpiry(world, params),
    livemode: world.settings.livemode,
    metadata: params.metadata("metadata"),
    mode: "payment",
    payment_intent: null,
    ...readMethods(params, version),
    payment_status: "unpaid",
    recovered_from: null,
    status: "open",
    success_url: successUrl,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    url: null
  }
  if (subtotal > 0 && subtotal < Promotions.minimumCharge(currency))
    throw refused(Promotions.tooSmall(currency), { code: "amount_too_small" })
  return { session, lineItems, intentData, promotion }
}

const readLineItem = (item: Params): LineItem => {
  const price = required(item.object("price_data"), item.name("price_data"))
  const product = required(price.object("product_data"), price.name("product_data"))
  const currency = price.requiredText("currency").toLowerCase()
  if (!/^[a-z]{3}$/u.test(currency)) throw invalid(price.name("currency"), `Invalid currency: ${currency}.`)
  const unitAmount = price.requiredInteger("unit_amount")
  if (unitAmount < 0)
    throw invalid(
      price.name("unit_amount"),
      "This value must be greater than or equal to 0.",
      "parameter_invalid_integer"
    )
  const quantity = item.requiredInteger("quantity")
  if (quantity < 1)
    throw invalid(item.name("quantity"), "This value must be greater than or equal to 1.", "parameter_invalid_integer")
  const name = product.requiredText("name")
  const described = product.text("description")
  product.texts("images")
  product.text("tax_code")
  const amount = unitAmount * quantity
  return {
    id: Ids.id("li"),
    object: "item",
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency,
    description: described ?? name,
    metadata: item.metadata("metadata"),
    price: {
      id: Ids.id("price"),
      object: "price",
      active: false,
      billing_scheme: "per_unit",
      currency,
      metadata: product.metadata("metadata"),
      product: `prod_${Ids.letters(14)}`,
      recurring: null,
      tax_behavior: price.oneOf("tax_behavior", ["exclusive", "inclusive", "unspecified"]) ?? "unspecified",
      type: "one_time",
      unit_amount: unitAmount,
      unit_amount_decimal: `${unitAmount}`
    },
    quantity
  }
}

const readUrl = (params: Params, key: string): string | undefined => {
  const text = params.text(key)
  if (text === undefined) return undefined
  if (!URL.canParse(text) || !/^https?:$/u.test(new URL(text).protocol))
    throw invalid(key, "Not a valid URL", "url_invalid")
  return text
}

const readExpiry = (world: World, params: Params): number => {
  const now = world.now()
  const expiresAt = params.integer("expires_at") ?? now + aDay
  if (expiresAt < now + halfAnHour)
    throw invalid(
      "expires_at",
      "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
    )
  if (expiresAt > now + aDay)
    throw invalid("expires_at", "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.")
  return expiresAt
}

const readAfterExpiration = (params: Params): Session["after_expiration"] => {
  const recovery = params.object("after_expiration")?.object("recovery")
  const enabled = recovery?.flag("enabled")
  if (recovery === undefined || enabled === undefined) return null
  const allowed = recovery.flag("allow_promotion_codes") ?? false
  return { recovery: { allow_promotion_codes: allowed, enabled, expires_at: null, url: null } }
}

/** Left out, Stripe chooses what fits: a card, or a bank debit whose money comes days later. */
const readMethods = (params: Params, version: Version) => {
  const known = ["card", "us_bank_account"]
  const asked = MethodTypes.read(params, version, "session", known)
  const allowed = params.has("allowed_payment_method_types") ? asked : null
  return { allowed_payment_method_types: allowed, payment_method_types: asked.length === 0 ? known : asked }
}

const readIntentData = (params: Params | undefined): Partial<PaymentIntent> => ({
  description: params?.text("description", 1000) ?? null,
  metadata: params?.metadata("metadata") ?? {},
  receipt_email: params?.text("receipt_email") ?? null,
  statement_descriptor: params?.text("statement_descriptor", 22) ?? null,
  statement_descriptor_suffix: params?.text("statement_descriptor_suffix", 22) ?? null
})

const readDiscount = (world: World, params: Params): PromotionCode | undefined => {
  const [discount, ...more] = params.list("discounts")
  if (discount === undefined) return undefined
  if (more.length > 0) throw invalid("discounts", "You may only specify one discount.")
  if (params.has("allow_promotion_codes"))
    throw invalid("discounts", "You may only specify one of these parameters: allow_promotion_codes, discounts.")
  return world.promotionCodes.get(discount.requiredText("promotion_code"), discount.name("promotion_code"))
}

/** What is repeated in the answer and changes nothing here. */
const unchanging = (params: Params) => ({
  automatic_tax: {
    enabled: params.object("automatic_tax")?.flag("enabled") ?? false,
    liability: null,
    provider: null,
    status: null
  },
  billing_address_collection: params.oneOf("billing_address_collection", ["auto", "required"]) ?? null,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: readSubmitText(params),
    terms_of_service_acceptance: null
  },
  customer: null,
  customer_account: null,
  customer_creation: params.oneOf("customer_creation", ["if_required"]) ?? "if_required",
  integration_identifier: null,
  invoice: null,
  invoice_creation: {
    enabled: params.object("invoice_creation")?.flag("enabled") ?? false,
    invoice_data: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: null,
      metadata: {},
      rendering_options: null
    }
  },
  locale: params.text("locale") ?? null,
  managed_payments: null,
  origin_context: null,
  payment_link: null,
  payment_method_collection: "if_required",
  payment_method_configuration_details: null,
  payment_method_options: {},
  permissions: null,
  phone_number_collection: { enabled: params.object("phone_number_collection")?.flag("enabled") ?? false },
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  submit_type: params.oneOf("submit_type", ["auto", "book", "donate", "pay"]) ?? null,
  subscription: null,
  ui_mode: "hosted_page",
  wallet_options: null
})

const readSubmitText = (params: Params) => {
  const message = params.object("custom_text")?.object("submit")?.text("message", 1200)
  return message === undefined ? null : { message }
}
