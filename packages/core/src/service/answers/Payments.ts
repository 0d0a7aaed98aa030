import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { creditsToUsd, creditUnitUsd } from "../../credits/Credits.ts"
import { render } from "../../envelope/CommandLine.ts"
import { type NextActions, NextActionsWire, nextActionsToWire } from "../../envelope/NextAction.ts"
import { executable } from "../../envelope/Product.ts"
import { bareStart, lineOf } from "../../envelope/Start.ts"
import { wire } from "../../envelope/Wire.ts"
import { type CreditPack, creditPacks, customQuotes, defaultPackId } from "../../payments/CreditPack.ts"
import { quoteEffect } from "../../payments/PaymentEffects.ts"
import { buyerModes, humanApprovals, latePayments, type Rail } from "../../payments/Rail.ts"
import { choose, factsOf } from "../../payments/RailChoice.ts"
import { isCopyRunnable, withoutKey } from "../../payments/TopUp.ts"

const MethodRow = wire({
  methodId: Schema.String,
  status: Schema.Literals(["available", "unavailable"]),
  available: Schema.Boolean,
  quoteable: Schema.Boolean,
  purchasable: Schema.Boolean,
  liveMoney: Schema.Boolean,
  buyerModes: Schema.Array(Schema.Literals(buyerModes)),
  requiresBrowser: Schema.Boolean,
  agentInitiated: Schema.Boolean,
  agentSettleable: Schema.Boolean,
  settlementBlocker: Schema.NullOr(Schema.String),
  unavailableReason: Schema.NullOr(Schema.String),
  defaultPackId: Schema.String,
  purchaseEndpoint: Schema.String,
  limits: wire({
    minCredits: Schema.Number,
    maxCredits: Schema.Number,
    minAmountCents: Schema.Number,
    maxAmountCents: Schema.Number
  }),
  settlement: wire({
    network: Schema.NullOr(Schema.String),
    asset: Schema.String,
    assetAddress: Schema.NullOr(Schema.String),
    decimals: Schema.Number,
    gasAsset: Schema.NullOr(Schema.String),
    exactAmount: Schema.Boolean,
    typicalSeconds: Schema.Number
  }),
  latePayment: Schema.Literals(latePayments),
  refundPath: Schema.String,
  humanApproval: Schema.Literals(humanApprovals),
  recovery: wire({ quoteCommand: Schema.String, purchaseCommand: Schema.String, statusCommand: Schema.String })
})

/** contract/api.md 5.1. */
export const PaymentMethodsAnswer = wire({
  contractVersion: Schema.Literal("image-skill.payment-methods.v1"),
  creditUnitCents: Schema.Literal(1),
  currency: Schema.Literal("USD"),
  quoteEndpoint: Schema.Literal("/v1/credit-quotes"),
  packsEndpoint: Schema.Literal("/v1/credit-packs"),
  statusEndpoint: Schema.Literal("/v1/credit-purchases/status"),
  methods: Schema.Array(MethodRow),
  nextActions: NextActionsWire
})

export const paymentMethodsAnswer = (rails: ReadonlyArray<Rail>): typeof PaymentMethodsAnswer.Type => ({
  contractVersion: "image-skill.payment-methods.v1",
  creditUnitCents: 1,
  currency: "USD",
  quoteEndpoint: "/v1/credit-quotes",
  packsEndpoint: "/v1/credit-packs",
  statusEndpoint: "/v1/credit-purchases/status",
  methods: rails.map(methodRow),
  nextActions: nextActionsToWire(recommended(rails), bareStart)
})

/** A quote on the rail that an agent should choose; nothing where none can be used. */
const recommended = (rails: ReadonlyArray<Rail>): NextActions => {
  const { preferred } = choose(rails.map(factsOf))
  const rail = rails.find(({ methodId }) => methodId === preferred?.rail.methodId)
  if (preferred === null || rail === undefined) return {}
  const quote = withoutKey(rail.commands.quote)
  return {
    recommended_quote: {
      command: quote,
      effect: "write",
      facts: {
        purpose: "quote_credits",
        reason: preferred.reason,
        recommendation_reason: preferred.railClass,
        method_id: rail.methodId,
        pack_id: rail.defaultPackId,
        quote_command: lineOf(quote, bareStart),
        quote_command_copy_runnable: isCopyRunnable(quote),
        buy_command: lineOf(rail.commands.purchase, bareStart),
        status_command: lineOf(rail.commands.status, bareStart),
        requires_auth: true,
        live_money: rail.liveMoney,
        requires_browser: rail.requiresBrowser,
        agent_settleable: rail.agentSettleable,
        command_effect: quoteEffect(rail.liveMoney)
      }
    }
  }
}

const methodRow = (rail: Rail): typeof MethodRow.Type => ({
  ...Struct.omit(rail, ["operatorHint", "notice", "commands"]),
  status: rail.available ? "available" : "unavailable",
  limits: { ...rail.limits, minAmountCents: rail.limits.minCredits, maxAmountCents: rail.limits.maxCredits },
  recovery: {
    quoteCommand: render(rail.commands.quote, executable),
    purchaseCommand: render(rail.commands.purchase, executable),
    statusCommand: render(rail.commands.status, executable)
  }
})

export const PackRow = wire({
  packId: Schema.String,
  name: Schema.String,
  displayName: Schema.String,
  credits: Schema.Number,
  amountCents: Schema.Number,
  amountUsd: Schema.String,
  priceUsd: Schema.String,
  currency: Schema.Literal("USD")
})

/** contract/api.md 5.2. */
export const CreditPacksAnswer = wire({
  creditUnitCents: Schema.Literal(1),
  creditUnitUsd: Schema.Number,
  currency: Schema.Literal("USD"),
  defaultPackId: Schema.String,
  packs: Schema.Array(PackRow),
  customQuotes: wire({ supported: Schema.Boolean, minCredits: Schema.Number, maxCredits: Schema.Number })
})

/** Custom amounts are offered while any rail gives quotes. */
export const creditPacksAnswer = (rails: ReadonlyArray<Rail>): typeof CreditPacksAnswer.Type => ({
  creditUnitCents: 1,
  creditUnitUsd,
  currency: "USD",
  defaultPackId,
  packs: creditPacks.map(packRow),
  customQuotes: { supported: rails.some(({ quoteable }) => quoteable), ...customQuotes }
})

export const packRow = ({ credits, id, name }: CreditPack): typeof PackRow.Type => ({
  packId: id,
  name,
  displayName: `${name} (${credits} credits)`,
  credits,
  amountCents: credits,
  amountUsd: creditsToUsd(credits).toFixed(2),
  priceUsd: creditsToUsd(credits).toFixed(2),
  currency: "USD"
})
