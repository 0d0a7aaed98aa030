import * as Schema from "effect/Schema"
import type { Steps } from "./ControlStep.ts"
import * as Disputes from "./Disputes.ts"
import * as Promotions from "./Promotions.ts"
import * as Refunds from "./Refunds.ts"
import * as Sessions from "./Sessions.ts"
import type { World } from "./World.ts"

const { Boolean: Flag, Literals, Number, optionalKey: optional, String: Text, Struct } = Schema
const ofSession = Struct({ session: Text })
const ofDispute = Struct({ dispute: Text })

/** What buyers and their banks do. */
export const make = (world: World, { step }: Steps) => ({
  /** The buyer pays the hosted page with a card. */
  pay: step(ofSession, ({ session }) => Sessions.pay(world, session)),
  /** The buyer pays with a bank debit: complete, and unpaid until `settle`. */
  payLater: step(ofSession, ({ session }) => Sessions.payLater(world, session)),
  /** The bank answers for a debit. */
  settle: step(Struct({ session: Text, outcome: Literals(["succeeded", "failed"]) }), ({ outcome, session }) =>
    Sessions.settle(world, session, outcome)
  ),
  /** The bank refuses the buyer's card, with a `decline_code`; the session stays open. */
  decline: step(Struct({ session: Text, code: optional(Text) }), ({ code, session }) =>
    Sessions.decline(world, session, code)
  ),
  /** Closes an open session at once. */
  expire: step(ofSession, ({ session }) => Sessions.expire(world, session)),
  /** Adaptive pricing shows the buyer another currency. */
  present: step(Struct({ session: Text, currency: Text, amount: Number }), ({ amount, currency, session }) =>
    Sessions.present(world, session, currency, amount)
  ),
  /** Adds a promotion code: percent off, or an amount off in cents. */
  promotion: step(Struct({ code: Text, percent: optional(Number), amount: optional(Number) }), (input) =>
    Promotions.add(world, input)
  ),

  /** The refund comes back to the account: `refund.failed`. */
  failRefund: step(Struct({ refund: Text, reason: optional(Text) }), ({ reason, refund }) =>
    Refunds.fail(world, refund, reason)
  ),
  /** A pending refund has reached the payer. */
  settleRefund: step(Struct({ refund: Text }), ({ refund }) => Refunds.succeed(world, refund)),

  /** The payer's bank disputes a charge, whole where no amount is named. No money moves yet. */
  createDispute: step(
    Struct({ charge: Text, amount: optional(Number), reason: optional(Text), inquiry: optional(Flag) }),
    (input) => Disputes.create(world, input)
  ),
  /** The disputed money leaves the account. */
  withdrawDispute: step(ofDispute, ({ dispute }) => Disputes.withdraw(world, dispute)),
  /** The disputed money comes back. */
  reinstateDispute: step(ofDispute, ({ dispute }) => Disputes.reinstate(world, dispute)),
  /** Closes a dispute. The money moves by `withdrawDispute` and `reinstateDispute` alone. */
  closeDispute: step(
    Struct({ dispute: Text, status: Literals(["won", "lost", "warning_closed"]) }),
    ({ dispute, status }) => Disputes.close(world, dispute, status)
  ),
  /** Gives an open dispute another status: `under_review`, `prevented`. */
  reviewDispute: step(Struct({ dispute: Text, status: Text }), ({ dispute, status }) =>
    Disputes.review(world, dispute, status)
  )
})
