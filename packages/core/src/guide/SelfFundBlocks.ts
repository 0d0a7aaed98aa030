import * as Schema from "effect/Schema"
import { wire } from "../envelope/Wire.ts"
import { PaymentEffect } from "../payments/PaymentEffects.ts"
import { topUpPaths } from "../payments/TopUp.ts"

/** The blocks about buying credits that the guide gives with `--explain` (contract/after-0.1.24.md 6). */

const Line = Schema.NullOr(Schema.String)
const Cents = Schema.NullOr(Schema.Number)

const urgency = {
  urgency: Schema.String,
  urgencyScore: Schema.Number,
  urgencyReasons: Schema.Array(Schema.String)
} as const

export const PreferredMethod = wire({
  methodId: Schema.String,
  liveMoney: Schema.Boolean,
  requiresBrowser: Schema.NullOr(Schema.Boolean),
  browserless: Schema.Boolean,
  agentInitiated: Schema.Boolean,
  agentSettleable: Schema.Boolean,
  humanHandoffRequired: Schema.Boolean,
  buyerModes: Schema.Array(Schema.String),
  settlementBlocker: Line,
  defaultPackId: Line,
  minAmountCents: Cents,
  maxAmountCents: Cents,
  topUpPath: Schema.Literals(topUpPaths),
  nextStep: Schema.Literals([
    "quote_buy_status_then_rerun_after_next",
    "quote_buy_open_checkout_status_then_rerun_after_next",
    "inspect_credits_methods"
  ]),
  warning: Line
})
export type PreferredMethod = typeof PreferredMethod.Type

export const TopUpCheck = wire({
  available: Schema.Boolean,
  recommended: Schema.Boolean,
  recommendationReason: Line,
  ...urgency,
  path: Line,
  preferredPaymentMethod: Line,
  firstCommand: Line,
  quoteCommand: Line,
  quoteCommandCopyRunnable: Schema.Boolean,
  quoteCommandEffect: Schema.NullOr(PaymentEffect),
  commands: Schema.Record(Schema.String, Schema.String),
  workflow: wire({ steps: Schema.Array(Schema.Struct({ command: Schema.String })) })
})
export type TopUpCheck = typeof TopUpCheck.Type

const SelfFundAuth = wire({
  tokenSource: Schema.String,
  secretValueIncluded: Schema.Literal(false),
  acceptedMethods: Schema.Array(Schema.String),
  nextCommand: Schema.NullOr(wire({ withEnv: Schema.String, withStdin: Schema.String }))
})
export type SelfFundAuth = typeof SelfFundAuth.Type

/** How a wallet pays what a purchase says; only for a rail that an agent settles alone. */
export const WalletSettlement = wire({
  methodId: Schema.String,
  walletRequired: Schema.Literal(true),
  browserRequired: Schema.Literal(false),
  network: Schema.Literal("base"),
  tokenCurrency: Schema.Literal("usdc"),
  exactAmountRequired: Schema.Literal(true),
  secretValueIncluded: Schema.Literal(false),
  payableInstructionsFields: wire({ buyResponse: Schema.String, statusResponse: Schema.String }),
  amountAtomicField: Schema.String,
  destinationField: Schema.String,
  statusCommandAfterPayment: Schema.String,
  nextStep: Schema.String,
  credentialBoundary: Schema.String,
  warning: Schema.String
})
export type WalletSettlement = typeof WalletSettlement.Type

export const SelfFundHandoff = wire({
  required: Schema.Literal(true),
  ...urgency,
  preferredMethod: Schema.String,
  liveMoney: Schema.Boolean,
  browserless: Schema.Boolean,
  agentInitiated: Schema.Boolean,
  agentSettleable: Schema.Boolean,
  humanHandoffRequired: Schema.Boolean,
  firstSafeCommand: Schema.String,
  firstSafeCommandEffect: PaymentEffect,
  inspectMethodsCommand: Schema.String,
  inspectPacksCommand: Schema.String,
  paymentCommands: Schema.Struct({ quote: Line, buy: Line, status: Line }),
  walletSettlement: Schema.NullOr(WalletSettlement),
  afterNext: Line,
  auth: SelfFundAuth,
  warning: Schema.String
})
export type SelfFundHandoff = typeof SelfFundHandoff.Type

export const SelfFundPreparation = wire({
  available: Schema.Boolean,
  recommended: Schema.Boolean,
  recommendationReason: Line,
  ...urgency,
  preferredMethod: Line,
  topUpPath: Schema.Literals(topUpPaths),
  inspectMethodsCommand: Schema.String,
  inspectPacksCommand: Schema.String,
  quoteCommand: Line,
  quoteCommandCopyRunnable: Schema.Boolean,
  quoteCommandEffect: Schema.NullOr(Schema.StructWithRest(PaymentEffect, [Schema.Record(Schema.String, Schema.Json)])),
  afterNext: Line,
  auth: SelfFundAuth,
  warning: Schema.String
})
export type SelfFundPreparation = typeof SelfFundPreparation.Type
