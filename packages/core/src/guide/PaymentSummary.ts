import { type Command, command, json } from "../envelope/CommandLine.ts"
import { lineOf, type Start } from "../envelope/Start.ts"
import { isAgentPayable, isHumanHandoff, isUsable, type RailChoice, type RailFacts } from "../payments/RailChoice.ts"
import type { PaymentsBlock } from "./GuideAnswer.ts"
import type { Check, PaymentFacts } from "./GuideFacts.ts"

const inspectMethods = command("credits methods", json)
const inspectPacks = command("credits packs list", json)

/**
 * What may be run to find or use a rail: to look, and the preferred rail's quote; once credits are what is missing, the
 * rest of that rail and the quotes of the other usable ones, too. The rest of those is in `credits methods`: a guide is
 * small (decision D3.11).
 */
export const paymentCommands = ({ preferred, ranked }: RailChoice, isDue: boolean): ReadonlyArray<Command> => {
  const first = preferred?.rail.commands ?? null
  const others = ranked.flatMap(({ rail }) => (rail === preferred?.rail ? [] : [rail.commands.quote]))
  return [
    inspectMethods,
    inspectPacks,
    first?.quote ?? null,
    ...(isDue ? [first?.purchase ?? null, first?.status ?? null, ...others] : [])
  ].filter((line) => line !== null)
}

/** The first step towards credits: a quote if a usable rail gives one, else a look at the rails. */
export const firstPaymentCommand = (choice: RailChoice): Command =>
  choice.ranked.map(({ rail }) => rail.commands.quote).find((quote) => quote !== null) ?? inspectMethods

export const paymentSummary = (
  payments: Check<PaymentFacts>,
  choice: RailChoice,
  { isDue, isWhole }: { readonly isDue: boolean; readonly isWhole: boolean },
  start: Start
): PaymentsBlock => {
  const rails = payments._tag === "Answered" ? payments.value.rails : []
  const live = rails.filter(({ liveMoney }) => liveMoney)
  // Without any live rail, the usable ones that move no real money stand in for them (decision D4.3).
  const shown = (live.length > 0 ? live : rails).filter(isUsable)
  const ids = (pick: (rail: RailFacts) => boolean) => shown.filter(pick).map(({ methodId }) => methodId)
  return {
    checked: payments._tag === "Answered" && payments.value.checked,
    liveMoneyMethods: ids(({ liveMoney }) => liveMoney),
    requiresBrowser: shown.length > 0 && shown.every(({ requiresBrowser }) => requiresBrowser === true),
    browserlessMethods: ids(({ requiresBrowser }) => requiresBrowser === false),
    agentInitiatedMethods: ids(({ agentInitiated }) => agentInitiated),
    agentPayableMethods: ids(isAgentPayable),
    agentSettleableMethods: ids(isAgentPayable),
    humanHandoffMethods: ids(isHumanHandoff),
    preferredMethod: choice.preferred?.rail.methodId ?? null,
    buyerModes: [...new Set((live.length > 0 ? live : rails).flatMap(({ buyerModes }) => buyerModes))],
    suggestedCommands: [...new Set(paymentCommands(choice, isDue).map((line) => lineOf(line, start)))],
    ...(isWhole ? { rejected: choice.rejected.map(({ rail, reason }) => ({ methodId: rail.methodId, reason })) } : {})
  }
}
