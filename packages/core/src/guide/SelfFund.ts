import { type Command, missingInputs } from "../envelope/CommandLine.ts"
import { lineOf, type Start } from "../envelope/Start.ts"
import { acceptedMethods, carried } from "../identity/AuthHandoff.ts"
import { methodsCommand, packsCommand } from "../payments/PaymentCommands.ts"
import { inspectionEffect, quoteEffect } from "../payments/PaymentEffects.ts"
import { isAgentPayable, isHumanHandoff, type RailChoice, type RailFacts } from "../payments/RailChoice.ts"
import type { TopUpPath } from "../payments/TopUp.ts"
import { guideRerun } from "./GuideCommands.ts"
import type { GuideFacts, TopUpFacts, Urgency } from "./GuideFacts.ts"
import type { GuideStage } from "./GuideStage.ts"
import { quoteCommand } from "./GuideStep.ts"
import { urgencyFor } from "./ReadTopUp.ts"
import type {
  PreferredMethod,
  SelfFundAuth,
  SelfFundHandoff,
  SelfFundPreparation,
  TopUpCheck,
  WalletSettlement
} from "./SelfFundBlocks.ts"

const isRunnable = (command: Command | null): boolean => command !== null && missingInputs(command).length === 0

export const topUpPath = (rail: RailFacts | null): TopUpPath => {
  if (rail === null) return "payment_method_inspection"
  if (isAgentPayable(rail)) return "browserless_agent_self_fund"
  return isHumanHandoff(rail) ? "human_payment_handoff" : "payment_method_inspection"
}

const nextSteps: { readonly [P in TopUpPath]: PreferredMethod["nextStep"] } = {
  browserless_agent_self_fund: "quote_buy_status_then_rerun_after_next",
  human_payment_handoff: "quote_buy_open_checkout_status_then_rerun_after_next",
  payment_method_inspection: "inspect_credits_methods"
}

const liveWarning = "real money: stay within what you may spend, and buy only what is missing"
const testWarning = "this rail moves no real money"
const noRail = "no payment method can be used here now; look at credits methods again later"

const moneyWarning = ({ liveMoney }: RailFacts): string => (liveMoney ? liveWarning : testWarning)

/** The preferred rail in one block instead of five lists. */
export const preferredMethod = ({ payments }: GuideFacts, { preferred }: RailChoice): PreferredMethod | null => {
  if (preferred === null) return null
  const { rail } = preferred
  const amounts = payments._tag === "Answered" ? payments.value.amounts[rail.methodId] : undefined
  const path = topUpPath(rail)
  return {
    methodId: rail.methodId,
    liveMoney: rail.liveMoney,
    requiresBrowser: rail.requiresBrowser,
    browserless: rail.requiresBrowser === false,
    agentInitiated: rail.agentInitiated,
    agentSettleable: rail.agentSettleable,
    humanHandoffRequired: isHumanHandoff(rail),
    buyerModes: rail.buyerModes,
    settlementBlocker: rail.settlementBlocker,
    defaultPackId: amounts?.defaultPackId ?? null,
    minAmountCents: amounts?.minCents ?? null,
    maxAmountCents: amounts?.maxCents ?? null,
    topUpPath: path,
    nextStep: nextSteps[path],
    warning: moneyWarning(rail)
  }
}

/** `checks.quota.top_up`: what the service says of it, its commands printed by us. */
export const topUpCheck = (topUp: TopUpFacts, rails: RailChoice, start: Start): TopUpCheck => {
  const { first_command: first, quote_command: quote, ...commands } = topUp.commands
  const line = (command: Command | undefined): string | null => (command === undefined ? null : lineOf(command, start))
  const best = quote ?? commands["quote"]
  const rail = rails.ranked.find((row) => row.rail.methodId === topUp.method)?.rail
  const steps = ["inspect_methods", "quote", "buy", "status"].flatMap((name) => line(commands[name]) ?? [])
  return {
    available: topUp.available,
    recommended: topUp.recommended,
    recommendationReason: topUp.reason,
    ...topUp.urgency,
    path: topUp.path,
    preferredPaymentMethod: topUp.method,
    firstCommand: line(first),
    quoteCommand: line(best),
    quoteCommandCopyRunnable: isRunnable(best ?? null),
    quoteCommandEffect: best === undefined ? null : quoteEffect(rail?.liveMoney ?? true),
    commands: Object.fromEntries(Object.entries(commands).map(([name, command]) => [name, lineOf(command, start)])),
    workflow: { steps: steps.map((command) => ({ command })) }
  }
}

/** As the service says, else by what stopped this wish. */
const urgencyOf = (stage: GuideStage, { quota }: GuideFacts): Urgency => {
  const said = quota?._tag === "Answered" ? (quota.value.topUp?.urgency ?? null) : null
  if (said !== null && said.urgencyScore > 0) return said
  if (stage._tag !== "QuotaRequired") return said ?? urgencyFor(null)
  return urgencyFor(stage.reason === "daily_jobs" ? "daily_job_cap_reached" : "credits_depleted")
}

const authFor = ({ tokenSource }: GuideFacts, next: Command | null, start: Start): SelfFundAuth => ({
  tokenSource: tokenSource ?? "none",
  secretValueIncluded: false,
  acceptedMethods,
  nextCommand: next === null || tokenSource === null ? null : carried(next, start)
})

/** At the wall: everything that buying takes, and the first command that spends nothing. */
export const selfFundHandoff = (
  stage: GuideStage,
  facts: GuideFacts,
  rails: RailChoice,
  start: Start
): SelfFundHandoff | null => {
  if (stage._tag !== "QuotaRequired" || rails.preferred === null) return null
  const { rail } = rails.preferred
  const quote = quoteCommand(rails, facts)
  const line = (command: Command | null): string | null => (command === null ? null : lineOf(command, start))
  return {
    required: true,
    ...urgencyOf(stage, facts),
    preferredMethod: rail.methodId,
    liveMoney: rail.liveMoney,
    browserless: rail.requiresBrowser === false,
    agentInitiated: rail.agentInitiated,
    agentSettleable: rail.agentSettleable,
    humanHandoffRequired: isHumanHandoff(rail),
    firstSafeCommand: lineOf(methodsCommand, start),
    firstSafeCommandEffect: inspectionEffect,
    inspectMethodsCommand: lineOf(methodsCommand, start),
    inspectPacksCommand: lineOf(packsCommand, start),
    paymentCommands: { quote: line(quote), buy: line(rail.commands.purchase), status: line(rail.commands.status) },
    walletSettlement: walletSettlement(rail, start),
    afterNext: lineOf(guideRerun(facts.wish), start),
    auth: authFor(facts, quote, start),
    warning: moneyWarning(rail)
  }
}

const walletSettlement = (rail: RailFacts, start: Start): WalletSettlement | null => {
  const { status } = rail.commands
  if (rail.methodId !== "stripe_x402.exact.usdc" || !isAgentPayable(rail) || status === null) return null
  return {
    methodId: rail.methodId,
    walletRequired: true,
    browserRequired: false,
    network: "base",
    tokenCurrency: "usdc",
    exactAmountRequired: true,
    secretValueIncluded: false,
    payableInstructionsFields: { buyResponse: instructions, statusResponse: instructions },
    amountAtomicField: `${instructions}.token_amount_atomic`,
    destinationField: `${instructions}.deposit_address`,
    statusCommandAfterPayment: lineOf(status, start),
    nextStep:
      "buy, pay exactly token_amount_atomic to deposit_address from a wallet you control, then ask for the status",
    credentialBoundary: "the key of the wallet stays in the wallet: no command or request here takes one",
    warning: moneyWarning(rail)
  }
}

const instructions = "data.stripe_x402.payable_instructions"

/** Before the wall: the same as a look ahead, so that no task stops in its middle. */
export const selfFundPreparation = (
  stage: GuideStage,
  facts: GuideFacts,
  rails: RailChoice,
  start: Start
): SelfFundPreparation | null => {
  if (stage._tag !== "ReadyToCreate") return null
  const topUp = facts.quota?._tag === "Answered" ? facts.quota.value.topUp : null
  const rail = rails.preferred?.rail ?? null
  const quote = rail === null ? null : quoteCommand(rails, facts)
  const amounts = facts.payments._tag === "Answered" ? facts.payments.value.amounts[rail?.methodId ?? ""] : undefined
  return {
    available: quote !== null,
    recommended: quote !== null && topUp?.recommended === true,
    recommendationReason: topUp?.reason ?? null,
    ...urgencyOf(stage, facts),
    preferredMethod: rail?.methodId ?? null,
    topUpPath: topUpPath(rail),
    inspectMethodsCommand: lineOf(methodsCommand, start),
    inspectPacksCommand: lineOf(packsCommand, start),
    quoteCommand: quote === null ? null : lineOf(quote, start),
    quoteCommandCopyRunnable: isRunnable(quote),
    quoteCommandEffect:
      quote === null || rail === null
        ? null
        : {
            ...quoteEffect(rail.liveMoney),
            requires_wallet_for_buy: isAgentPayable(rail) && rail.methodId.includes("x402"),
            max_amount_cents: amounts?.maxCents ?? null
          },
    afterNext: lineOf(guideRerun(facts.wish), start),
    auth: authFor(facts, quote, start),
    warning: rail === null ? noRail : moneyWarning(rail)
  }
}

const wallLabels: { readonly [P in TopUpPath]: string } = {
  browserless_agent_self_fund: "browserless_agent_payable_quote",
  human_payment_handoff: "human_handoff_payment_quote",
  payment_method_inspection: "payment_or_quota_action"
}

/** One field to follow at the wall and before it; null where there is nothing to do, or it would not run as printed. */
export const selfFundNext = (
  stage: GuideStage,
  facts: GuideFacts,
  rails: RailChoice,
  start: Start
): { readonly command: string; readonly label: string } | null => {
  const path = topUpPath(rails.preferred?.rail ?? null)
  const quote = quoteCommand(rails, facts)
  if (stage._tag === "QuotaRequired")
    return quote === null
      ? { command: lineOf(methodsCommand, start), label: "payment_or_quota_action" }
      : { command: lineOf(quote, start), label: wallLabels[path] }
  const preparation = selfFundPreparation(stage, facts, rails, start)
  const isDue = preparation?.recommended === true && preparation.quoteCommandCopyRunnable
  return isDue && quote !== null ? { command: lineOf(quote, start), label: `pre_wall_${wallLabels[path]}` } : null
}
