import type { Command } from "../envelope/CommandLine.ts"
import { lineOf, type Start } from "../envelope/Start.ts"
import type { RailChoice } from "../payments/RailChoice.ts"
import { agentSkill } from "./AgentSkill.ts"
import type { GuideAnswer } from "./GuideAnswer.ts"
import { guideExplained } from "./GuideCommands.ts"
import type { GuideFacts } from "./GuideFacts.ts"
import { type GuideStage, stageName } from "./GuideStage.ts"
import type { Step } from "./GuideStep.ts"
import type { NextCommandEffect } from "./NextEffect.ts"
import { guideRecovery, guideWarning, noSpendEffect, noSpendEvaluation, noSpendLabel, type Outlook } from "./NoSpend.ts"
import { selfFundHandoff, selfFundNext, selfFundPreparation, topUpPath } from "./SelfFund.ts"

/** What the explanation is about: everything that was decided already. */
export interface Decided {
  readonly stage: GuideStage
  readonly facts: GuideFacts
  readonly rails: RailChoice
  readonly step: Step
  readonly effect: NextCommandEffect
  readonly dryRun: Command
  readonly afterNext: string | null
  readonly blocker: GuideAnswer["blocker"]
}

/** What later versions added at length: only when it is asked for (decision D3.11). */
export const explanation = (decided: Decided, start: Start): Partial<GuideAnswer> => {
  const { dryRun, facts, rails, stage } = decided
  const outlook: Outlook = {
    ...decided,
    stageName: stageName(stage),
    topUpPath: topUpPath(rails.preferred?.rail ?? null),
    isLiveMoney: rails.preferred?.rail.liveMoney ?? false
  }
  const isReady = stage._tag === "ReadyToCreate"
  const next = selfFundNext(stage, facts, rails, start)
  return {
    noSpendNextCommandEffect: isReady ? noSpendEffect : null,
    recommendedNoSpendCommand: isReady ? lineOf(dryRun, start) : null,
    recommendedNoSpendCommandLabel: isReady ? noSpendLabel : null,
    recommendedNoSpendCommandEffect: isReady ? noSpendEffect : null,
    noSpendEvaluation: noSpendEvaluation(stage, lineOf(dryRun, start)),
    guideWarning: guideWarning(outlook),
    guideRecovery: guideRecovery(outlook, start),
    selfFundNextCommand: next?.command ?? null,
    selfFundNextCommandLabel: next?.label ?? null,
    selfFundHandoff: selfFundHandoff(stage, facts, rails, start),
    selfFundPreparation: selfFundPreparation(stage, facts, rails, start),
    agentSkill: agentSkill(start)
  }
}

/** What a short answer leaves out, by the names of the fields, and the command that gives it. */
export const omission = ({ facts, stage }: Decided, start: Start): Pick<GuideAnswer, "omitted"> => ({
  omitted: {
    fields: [
      ...always,
      ...(stage._tag === "QuotaRequired" ? wall : []),
      ...(stage._tag === "ReadyToCreate" ? ready : [])
    ],
    command: lineOf(guideExplained(facts.wish), start)
  }
})

const always = ["guide_*", "agent_skill"]
const wall = ["self_fund_*", "checks.quota.top_up"]
const ready = ["no_spend_evaluation", "recommended_no_spend_*", "self_fund_*"]
