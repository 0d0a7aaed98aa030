import { wire } from "@image-skill/core/envelope/Wire"
import * as Schema from "effect/Schema"

/**
 * What is read of Stripe's objects (https://docs.stripe.com/api): the fields that a decision rests on, strictly, and no
 * others. Amounts are in the smallest unit of their currency, times in seconds since 1970.
 */

const Amount = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Metadata = Schema.Record(Schema.String, Schema.String)

/** How a charge was paid; of its kinds only crypto is looked into. */
const MaybeText = Schema.optionalKey(Schema.NullOr(Schema.String))
const Crypto = wire({
  transactionHash: MaybeText,
  buyerAddress: MaybeText,
  network: MaybeText,
  tokenCurrency: MaybeText
})

export const Charge = wire({
  id: Schema.String,
  paymentMethodDetails: Schema.NullOr(Schema.Struct({ crypto: Schema.optionalKey(Schema.NullOr(Crypto)) }))
})

/** With `latest_charge` expanded. `next_action` is decoded where it matters. */
export const PaymentIntent = wire({
  id: Schema.String,
  livemode: Schema.Boolean,
  status: Schema.Literals([
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "processing",
    "requires_capture",
    "canceled",
    "succeeded"
  ]),
  amount: Amount,
  amountReceived: Amount,
  currency: Schema.String,
  metadata: Metadata,
  nextAction: Schema.NullOr(Schema.Unknown),
  lastPaymentError: Schema.NullOr(Schema.Struct({ code: Schema.optionalKey(Schema.NullOr(Schema.String)) })),
  latestCharge: Schema.NullOr(Charge)
})
export type PaymentIntent = typeof PaymentIntent.Type

/** With `payment_intent.latest_charge` expanded. The amounts are those of the seller's currency, whatever the buyer saw. */
export const Session = wire({
  id: Schema.String,
  livemode: Schema.Boolean,
  url: Schema.NullOr(Schema.String),
  status: Schema.Literals(["open", "complete", "expired"]),
  paymentStatus: Schema.Literals(["paid", "unpaid", "no_payment_required"]),
  amountSubtotal: Amount,
  amountTotal: Amount,
  currency: Schema.String,
  clientReferenceId: Schema.NullOr(Schema.String),
  paymentIntent: Schema.NullOr(PaymentIntent)
})
export type Session = typeof Session.Type

export const Refund = wire({
  id: Schema.String,
  amount: Amount,
  currency: Schema.String,
  status: Schema.NullOr(Schema.String)
})
export type Refund = typeof Refund.Type

/** The balance transactions say what was withdrawn (below zero) and what came back, in the account's currency. */
export const Dispute = wire({
  id: Schema.String,
  amount: Amount,
  currency: Schema.String,
  status: Schema.String,
  balanceTransactions: Schema.Array(Schema.Struct({ amount: Schema.Int, currency: Schema.String }))
})
export type Dispute = typeof Dispute.Type

/** What a list says of an object before it is read: enough to know whose it is. */
export const Listed = wire({
  id: Schema.String,
  clientReferenceId: Schema.optionalKey(Schema.NullOr(Schema.String)),
  metadata: Schema.NullOr(Metadata)
})
export type Listed = typeof Listed.Type

/** One page, newest first (https://docs.stripe.com/api/pagination). */
export const page = <A, E>(item: Schema.Codec<A, E>) => wire({ data: Schema.Array(item), hasMore: Schema.Boolean })

/** The `next_action` of a deposit, of a preview version that the SDK has no types for. */
export const DepositDetails = wire({
  type: Schema.Literal("crypto_display_details"),
  cryptoDisplayDetails: wire({
    depositAddresses: Schema.Struct({
      base: Schema.optionalKey(
        wire({
          address: Schema.String,
          supportedTokens: Schema.Array(wire({ tokenCurrency: Schema.String, tokenContractAddress: Schema.String }))
        })
      )
    })
  })
})
