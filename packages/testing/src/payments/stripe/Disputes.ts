import * as Ids from "./Ids.ts"
import * as Lists from "./Lists.ts"
import type { Route } from "./Router.ts"
import { refused } from "./StripeFailure.ts"
import type { Dispute } from "./StripeObjects.ts"
import type { World } from "./World.ts"

const path = "/v1/disputes"
/** What Stripe keeps for a dispute, in cents. */
const fee = 1500

/** https://docs.stripe.com/api/disputes. */
export const routes: ReadonlyArray<Route> = [
  {
    method: "GET",
    path,
    permission: "disputes",
    read: (call) => {
      const charge = call.params.text("charge")
      const intent = call.params.text("payment_intent")
      return Lists.page(
        call,
        path,
        () => call.world.disputes.newest(),
        (dispute) =>
          (charge === undefined || dispute.charge === charge) &&
          (intent === undefined || dispute.payment_intent === intent)
      )
    }
  },
  {
    method: "GET",
    path: `${path}/*`,
    permission: "disputes",
    read:
      ({ id, world }) =>
      () =>
        world.disputes.get(id, "dispute")
  },
  {
    method: "POST",
    path: `${path}/*/close`,
    permission: "disputes",
    read:
      ({ id, world }) =>
      () =>
        close(world, id, "lost")
  }
]

/** The payer's bank asks for the money back. Nothing is withdrawn yet. An `inquiry` may end without a withdrawal. */
export const create = (
  world: World,
  facts: { readonly charge: string; readonly amount?: number; readonly reason?: string; readonly inquiry?: boolean }
): Dispute => {
  const charge = world.charges.get(facts.charge)
  if (charge.status !== "succeeded") throw refused(`Charge ${charge.id} has not succeeded, so nobody can dispute it.`)
  if (charge.disputed) throw refused(`Charge ${charge.id} is disputed already.`)
  const amount = facts.amount ?? charge.amount
  if (amount < 1 || amount > charge.amount) throw refused(`A dispute is over 1 to ${charge.amount}, not ${amount}.`)
  const dispute = world.disputes.insert({
    id: Ids.id("du"),
    object: "dispute",
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: world.now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: {},
    evidence_details: {
      due_by: world.now() + 7 * 86_400,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0
    },
    intended_submission_method: null,
    is_charge_refundable: facts.inquiry ?? false,
    livemode: world.settings.livemode,
    metadata: {},
    network_reason_code: "10.4",
    payment_intent: charge.payment_intent,
    reason: facts.reason ?? "fraudulent",
    status: facts.inquiry === true ? "warning_needs_response" : "needs_response"
  })
  world.charges.update(charge.id, { disputed: true })
  world.emit("charge.dispute.created", dispute)
  return dispute
}

/** The disputed money leaves the account. */
export const withdraw = (world: World, id: string): Dispute => {
  const dispute = world.disputes.get(id)
  if (withdrawn(dispute) > 0) throw refused(`The funds of ${id} are withdrawn already.`)
  return book(world, dispute, -1, "charge.dispute.funds_withdrawn")
}

/** The disputed money comes back. */
export const reinstate = (world: World, id: string): Dispute => {
  const dispute = world.disputes.get(id)
  if (withdrawn(dispute) === 0) throw refused(`The funds of ${id} are not withdrawn.`)
  return book(world, dispute, 1, "charge.dispute.funds_reinstated")
}

/** Closed once: what is won, lost or a closed inquiry stays so. */
export const close = (world: World, id: string, status: "won" | "lost" | "warning_closed"): Dispute => {
  const before = world.disputes.get(id, "dispute")
  if (["won", "lost", "warning_closed"].includes(before.status))
    throw refused(`This dispute is already closed with a status of ${before.status}.`)
  const dispute = world.disputes.update(id, { is_charge_refundable: false, status })
  if (status === "warning_closed") world.charges.update(dispute.charge, { disputed: false })
  world.emit("charge.dispute.closed", dispute, { status: before.status })
  return dispute
}

/** Sets a status Stripe may send between opening and closing: `under_review`, `prevented` and others. */
export const review = (world: World, id: string, status: string): Dispute => {
  const before = world.disputes.get(id)
  const dispute = world.disputes.update(id, { status })
  world.emit("charge.dispute.updated", dispute, { status: before.status })
  return dispute
}

/** What has left the account for a dispute, in cents. */
const withdrawn = ({ balance_transactions }: Dispute): number =>
  balance_transactions.reduce((sum, { amount }) => sum - (typeof amount === "number" ? amount : 0), 0)

const book = (world: World, dispute: Dispute, sign: 1 | -1, event: string): Dispute => {
  const amount = sign * dispute.amount
  const kept = sign === -1 ? fee : 0
  const line = {
    id: Ids.id("txn"),
    object: "balance_transaction",
    amount,
    available_on: world.now(),
    created: world.now(),
    currency: dispute.currency,
    description: `Chargeback ${sign === -1 ? "withdrawal" : "reversal"} for ${dispute.charge}`,
    exchange_rate: null,
    fee: kept,
    fee_details: [],
    net: amount - kept,
    reporting_category: sign === -1 ? "dispute" : "dispute_reversal",
    source: dispute.id,
    status: "available",
    type: "adjustment"
  }
  const booked = world.disputes.update(dispute.id, { balance_transactions: [...dispute.balance_transactions, line] })
  world.emit(event, booked)
  return booked
}
