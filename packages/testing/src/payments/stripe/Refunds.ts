import * as Ids from "./Ids.ts"
import * as Lists from "./Lists.ts"
import type { Params } from "./Params.ts"
import type { Act, Route } from "./Router.ts"
import { missing, refused } from "./StripeFailure.ts"
import type { Charge, Refund } from "./StripeObjects.ts"
import type { World } from "./World.ts"

const path = "/v1/refunds"

/** https://docs.stripe.com/api/refunds. A card is refunded at once; a bank debit and a crypto payment stay pending. */
export const routes: ReadonlyArray<Route> = [
  { method: "POST", path, permission: "refunds", read: ({ params, world }) => create(world, params) },
  {
    method: "GET",
    path,
    permission: "refunds",
    read: (call) => {
      const charge = call.params.text("charge")
      const intent = call.params.text("payment_intent")
      return Lists.page(
        call,
        path,
        () => call.world.refunds.newest(),
        (refund) =>
          (charge === undefined || refund.charge === charge) &&
          (intent === undefined || refund.payment_intent === intent)
      )
    }
  },
  {
    method: "GET",
    path: `${path}/*`,
    permission: "refunds",
    read:
      ({ id, world }) =>
      () =>
        world.refunds.get(id)
  },
  {
    method: "POST",
    path: `${path}/*/cancel`,
    permission: "refunds",
    read:
      ({ id, world }) =>
      () =>
        cancel(world, id)
  }
]

const create = (world: World, params: Params): Act => {
  const intentId = params.text("payment_intent")
  const chargeId = params.text("charge")
  const asked = params.integer("amount")
  const reason = params.oneOf("reason", ["duplicate", "fraudulent", "requested_by_customer"]) ?? null
  const metadata = params.metadata("metadata")
  if (intentId === undefined && chargeId === undefined) throw missing("payment_intent")
  return () => {
    const latest = intentId === undefined ? chargeId : world.intents.get(intentId, "payment_intent").latest_charge
    if (latest === undefined || latest === null)
      throw refused("This PaymentIntent does not have a successful charge to refund.")
    const charge = world.charges.get(latest, "charge")
    return refund(world, charge, asked ?? charge.amount - charge.amount_refunded, reason, metadata)
  }
}

const refund = (
  world: World,
  charge: Charge,
  amount: number,
  reason: string | null,
  metadata: Refund["metadata"]
): Refund => {
  if (charge.status !== "succeeded") throw refused(`Charge ${charge.id} has not succeeded, so it cannot be refunded.`)
  if (charge.refunded)
    throw refused(`Charge ${charge.id} has already been refunded.`, { code: "charge_already_refunded" })
  if (charge.disputed)
    throw refused(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: "charge_disputed" })
  const left = charge.amount - charge.amount_refunded
  if (amount < 1) throw refused("Invalid positive integer", { code: "parameter_invalid_integer", param: "amount" })
  if (amount > left)
    throw refused(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, {
      param: "amount"
    })
  const instant = charge.payment_method_details["type"] === "card"
  const row = world.refunds.insert({
    id: Ids.id("re"),
    object: "refund",
    amount,
    balance_transaction: Ids.id("txn"),
    charge: charge.id,
    created: world.now(),
    currency: charge.currency,
    customer: null,
    customer_account: null,
    destination_details: { type: charge.payment_method_details["type"] ?? null },
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge["payment_method"] ?? null,
    ...(instant ? {} : { pending_reason: "processing" }),
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: instant ? "succeeded" : "pending",
    transfer_reversal: null
  })
  world.emit("refund.created", row)
  world.emit("charge.refunded", counted(world, charge.id), {
    amount_refunded: charge.amount_refunded,
    refunded: charge.refunded
  })
  return row
}

/** A pending refund has reached the payer. */
export const succeed = (world: World, id: string): Refund =>
  move(world, id, ["pending", "requires_action"], { status: "succeeded" })

/** The money comes back to the account: `refund.failed`. A refund that had succeeded may still fail. */
export const fail = (world: World, id: string, reason = "lost_or_stolen_card"): Refund => {
  const failed = move(world, id, ["pending", "requires_action", "succeeded"], {
    failure_balance_transaction: Ids.id("txn"),
    failure_reason: reason,
    status: "failed"
  })
  world.emit("refund.failed", failed)
  return failed
}

const cancel = (world: World, id: string): Refund =>
  move(world, id, ["pending", "requires_action"], { status: "canceled" })

const move = (world: World, id: string, from: ReadonlyArray<Refund["status"]>, change: Partial<Refund>): Refund => {
  const { status } = world.refunds.get(id)
  if (!from.includes(status))
    throw refused(`Refund ${id} has a status of ${status} and cannot become ${change.status ?? status}.`)
  const row = world.refunds.update(id, change)
  counted(world, row.charge)
  world.emit("refund.updated", row, { status })
  world.emit("charge.refund.updated", row, { status })
  return row
}

/** The charge with the sum of the refunds that stand. */
const counted = (world: World, charge: string): Charge => {
  const amount = world.refunds
    .newest()
    .filter((row) => row.charge === charge && row.status !== "failed" && row.status !== "canceled")
    .reduce((sum, row) => sum + row.amount, 0)
  return world.charges.update(charge, {
    amount_refunded: amount,
    refunded: amount === world.charges.get(charge).amount
  })
}
