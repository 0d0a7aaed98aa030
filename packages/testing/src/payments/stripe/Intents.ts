import * as Charges from "./Charges.ts"
import * as Ids from "./Ids.ts"
import { declinedMessage, type Json, refused } from "./StripeFailure.ts"
import type { Charge, IntentStatus, PaymentIntent } from "./StripeObjects.ts"
import type { World } from "./World.ts"

/** A PaymentIntent that nobody has tried to pay. */
export const create = (
  world: World,
  facts: Partial<PaymentIntent> & { readonly amount: number; readonly currency: string }
): PaymentIntent => {
  const id = Ids.id("pi")
  const intent = world.intents.insert({
    id,
    object: "payment_intent",
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    allowed_payment_method_types: null,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: "automatic_async",
    client_secret: `${id}_secret_${Ids.letters(25)}`,
    confirmation_method: "automatic",
    created: world.now(),
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: world.settings.livemode,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ["card"],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: "requires_payment_method",
    transfer_data: null,
    transfer_group: null,
    ...facts
  })
  world.emit("payment_intent.created", intent)
  return intent
}

/** Moves an intent on from one of the named statuses; from any other the step is refused and nothing changes. */
export const step = (
  world: World,
  id: string,
  verb: string,
  from: ReadonlyArray<IntentStatus>,
  change: Partial<PaymentIntent>
): PaymentIntent => {
  const intent = world.intents.get(id, "intent")
  if (!from.includes(intent.status))
    throw refused(
      `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}. ` +
        `Only a PaymentIntent with one of the following statuses may be ${verb}ed: ${from.join(", ")}.`,
      { code: "payment_intent_unexpected_state", more: { payment_intent: intent } }
    )
  return world.intents.update(id, change)
}

const payable: ReadonlyArray<IntentStatus> = [
  "requires_payment_method",
  "requires_confirmation",
  "requires_action",
  "processing"
]

/** Takes the money: `payment_intent.succeeded` with a charge. */
export const succeed = (world: World, id: string, paidWith: Charges.PaidWith): PaymentIntent => {
  const before = world.intents.get(id)
  const pending = pendingCharge(world, before)
  step(world, id, "confirm", payable, {})
  const charge =
    pending === undefined ? Charges.open(world, before, "succeeded", paidWith) : Charges.collected(world, pending)
  const intent = world.intents.update(id, {
    amount_received: before.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: before.payment_method ?? Ids.id("pm"),
    status: "succeeded"
  })
  world.emit("charge.succeeded", charge)
  world.emit("payment_intent.succeeded", intent)
  return intent
}

/** Money is on its way. A pending charge shows it where the method has one. */
export const process = (world: World, id: string, paidWith?: Charges.PaidWith): PaymentIntent => {
  const before = step(world, id, "confirm", payable, {})
  const charge = paidWith === undefined ? undefined : Charges.open(world, before, "pending", paidWith)
  const intent = world.intents.update(id, {
    next_action: null,
    status: "processing",
    ...(charge === undefined ? {} : { latest_charge: charge.id, payment_method: Ids.id("pm") })
  })
  if (charge !== undefined) world.emit("charge.pending", charge)
  world.emit("payment_intent.processing", intent)
  return intent
}

/** One try to pay has failed; the intent waits for another. */
export const fail = (
  world: World,
  id: string,
  paidWith: Charges.PaidWith,
  reason: { readonly code: string; readonly declineCode?: string; readonly message?: string }
): PaymentIntent => {
  const before = step(world, id, "confirm", payable, {})
  const message = reason.message ?? declinedMessage(reason.declineCode ?? "generic_decline")
  const opened = pendingCharge(world, before) ?? Charges.open(world, before, "pending", paidWith)
  const charge = Charges.failed(world, opened, reason.code, message)
  const error: { [name: string]: Json } = {
    charge: charge.id,
    code: reason.code,
    ...(reason.declineCode === undefined ? {} : { decline_code: reason.declineCode }),
    message,
    type: reason.code === "card_declined" ? "card_error" : "invalid_request_error"
  }
  const intent = world.intents.update(id, {
    last_payment_error: error,
    latest_charge: charge.id,
    next_action: null,
    payment_method: null,
    status: "requires_payment_method"
  })
  world.emit("charge.failed", charge)
  world.emit("payment_intent.payment_failed", intent)
  return intent
}

/** Closes an intent that has not been paid and on which no money is on its way. */
export const cancel = (world: World, id: string, reason: string | null): PaymentIntent => {
  const intent = step(world, id, "cancel", ["requires_payment_method", "requires_confirmation", "requires_action"], {
    canceled_at: world.now(),
    cancellation_reason: reason,
    next_action: null,
    status: "canceled"
  })
  world.emit("payment_intent.canceled", intent)
  return intent
}

const pendingCharge = (world: World, { latest_charge }: PaymentIntent): Charge | undefined => {
  const charge = latest_charge === null ? undefined : world.charges.find(latest_charge)
  return charge?.status === "pending" ? charge : undefined
}
