import * as Schema from "effect/Schema"
import { type Command, missingInputs } from "../envelope/CommandLine.ts"
import { lineOf, type Start } from "../envelope/Start.ts"
import { wire } from "../envelope/Wire.ts"
import type { TopUpPath } from "../payments/TopUp.ts"
import type { GuideAnswer } from "./GuideAnswer.ts"
import type { GuideStage } from "./GuideStage.ts"
import { inspectRails, type Step } from "./GuideStep.ts"
import { MissingInput, missingInput } from "./MissingInput.ts"
import type { NextCommandEffect } from "./NextEffect.ts"

/** The blocks for evaluators and for agents that lost their way, given with `--explain` (contract/after-0.1.24.md 4). */

const Line = Schema.NullOr(Schema.String)

/** What a dry run does: it plans and leaves a receipt, and nothing else. */
export const NoSpendEffect = wire({
  label: Schema.Literal("dry_run_plan_no_debit"),
  noSpend: Schema.Literal(true),
  providerCall: Schema.Literal(false),
  hostedCreate: Schema.Literal(false),
  hostedCreateDryRun: Schema.Literal(true),
  hostedSignup: Schema.Literal(false),
  paymentObject: Schema.Literal(false),
  creditDebit: Schema.Literal(false),
  mediaWrite: Schema.Literal(false),
  plannedJob: Schema.Literal(true),
  planReceipt: Schema.Literal(true),
  activityEvent: Schema.Literal("job.planned")
})
export type NoSpendEffect = typeof NoSpendEffect.Type

export const noSpendLabel = "dry_run_plan_no_debit"

export const noSpendEffect: NoSpendEffect = {
  label: noSpendLabel,
  noSpend: true,
  providerCall: false,
  hostedCreate: false,
  hostedCreateDryRun: true,
  hostedSignup: false,
  paymentObject: false,
  creditDebit: false,
  mediaWrite: false,
  plannedJob: true,
  planReceipt: true,
  activityEvent: "job.planned"
}

export const NoSpendEvaluation = wire({
  stopHere: Schema.Boolean,
  stopStage: Line,
  stopReason: Line,
  nextCommandIsLiveCreate: Schema.Boolean,
  liveCreateCommandField: Line,
  liveCreateAllowedWhen: Line,
  recommendedCommandField: Line,
  recommendedCommand: Line,
  recommendedCommandLabel: Line,
  recommendedCommandEffect: Schema.NullOr(NoSpendEffect),
  warning: Line
})
export type NoSpendEvaluation = typeof NoSpendEvaluation.Type

/** All null and false before there is anything to stop at. */
export const noSpendEvaluation = ({ _tag }: GuideStage, dryRun: string): NoSpendEvaluation => {
  const stops = _tag === "ReadyToCreate"
  const whenStopped = <A>(value: A): A | null => (stops ? value : null)
  return {
    stopHere: stops,
    stopStage: whenStopped("ready_to_create"),
    stopReason: whenStopped("next_command makes media; whoever must not spend runs the recommended command instead"),
    nextCommandIsLiveCreate: stops,
    liveCreateCommandField: whenStopped("next_command"),
    liveCreateAllowedWhen: whenStopped("media_spend_allowed"),
    recommendedCommandField: whenStopped("recommended_no_spend_command"),
    recommendedCommand: whenStopped(dryRun),
    recommendedCommandLabel: whenStopped(noSpendLabel),
    recommendedCommandEffect: whenStopped(noSpendEffect),
    warning: whenStopped("the plan leaves a job.planned event and its receipt, and nothing else")
  }
}

export const GuideWarning = wire({
  stage: Schema.String,
  noSpendSafe: Schema.Boolean,
  liveMoneyAction: Schema.Boolean,
  spendRequired: Schema.Boolean,
  providerCall: Schema.Boolean,
  paymentObject: Schema.Boolean,
  creditDebit: Schema.Boolean,
  mediaWrite: Schema.Boolean,
  paymentTopUpPath: Line,
  nextCommandSafety: Schema.Literals([
    "rerun_guide_no_spend",
    "read_only_inspection_no_spend",
    "hosted_signup_no_spend_setup",
    "live_money_payment_action",
    "live_media_create_credit_debit"
  ]),
  recommendedCommandField: Schema.String,
  warning: Line
})
export type GuideWarning = typeof GuideWarning.Type

const safeties: { readonly [Id in Step["id"]]: GuideWarning["nextCommandSafety"] } = {
  guide: "rerun_guide_no_spend",
  inspect_models: "read_only_inspection_no_spend",
  inspect_model: "read_only_inspection_no_spend",
  inspect_rails: "read_only_inspection_no_spend",
  sign_up: "hosted_signup_no_spend_setup",
  quote: "live_money_payment_action",
  create: "live_media_create_credit_debit",
  edit: "live_media_create_credit_debit"
}

export interface Outlook {
  readonly stage: GuideStage
  readonly stageName: string
  readonly step: Step
  readonly effect: NextCommandEffect
  readonly topUpPath: TopUpPath
  readonly isLiveMoney: boolean
  readonly afterNext: string | null
  readonly blocker: GuideAnswer["blocker"]
  readonly dryRun: Command
}

export const guideWarning = ({ effect, isLiveMoney, stage, stageName, step, topUpPath }: Outlook): GuideWarning => {
  const nextCommandSafety = safeties[step.id]
  const isShort = stage._tag === "QuotaRequired"
  return {
    stage: stageName,
    noSpendSafe: nextCommandSafety.includes("no_spend"),
    liveMoneyAction: step.id === "quote" && isLiveMoney,
    spendRequired: isShort || effect.creditDebit,
    providerCall: effect.providerCall,
    paymentObject: effect.paymentObject,
    creditDebit: effect.creditDebit,
    mediaWrite: effect.mediaWrite,
    paymentTopUpPath: isShort ? topUpPath : null,
    nextCommandSafety,
    recommendedCommandField: safeFieldOf(step),
    warning: effect.warning
  }
}

/** The field with the command that may be run whatever one is allowed to spend. */
const safeFieldOf = ({ effect, id }: Step): string => {
  if (effect === "spend") return "recommended_no_spend_command"
  return id === "quote" ? "escape_hatches.payment_methods" : "next_command"
}

export const GuideRecovery = wire({
  schema: Schema.Literal("image-skill.guide-recovery.v1"),
  stage: Schema.String,
  preconditionCode: Line,
  preconditionMessage: Line,
  noSpendCommand: Schema.String,
  noSpendCommandField: Schema.String,
  noSpendCommandCopyRunnable: Schema.Boolean,
  noSpendCommandMissingInputs: Schema.Array(MissingInput),
  afterSuccessCommand: Line,
  afterSuccessCommandField: Line,
  liveCreateCommandField: Line,
  livePaymentCommandField: Line,
  doubleSpendGuard: wire({ required: Schema.Boolean, safeRerunCommandField: Line, warning: Line })
})
export type GuideRecovery = typeof GuideRecovery.Type

/** What is safe to run after a step that half failed, and which command repeats nothing because it has a key. */
export const guideRecovery = (outlook: Outlook, start: Start): GuideRecovery => {
  const { afterNext, blocker, dryRun, stageName, step } = outlook
  const safe = step.effect === "spend" ? dryRun : step.id === "quote" ? inspectRails : step.command
  const isKeyed = step.effect === "spend" || step.id === "quote"
  return {
    schema: "image-skill.guide-recovery.v1",
    stage: stageName,
    preconditionCode: blocker?.code ?? null,
    preconditionMessage: blocker?.message ?? null,
    noSpendCommand: lineOf(safe, start),
    noSpendCommandField: safeFieldOf(step),
    noSpendCommandCopyRunnable: missingInputs(safe).length === 0,
    noSpendCommandMissingInputs: missingInputs(safe).map(missingInput),
    afterSuccessCommand: afterNext,
    afterSuccessCommandField: afterNext === null ? null : "after_next",
    liveCreateCommandField: step.effect === "spend" ? "next_command" : null,
    livePaymentCommandField: step.id === "quote" ? "next_command" : null,
    doubleSpendGuard: {
      required: isKeyed,
      safeRerunCommandField: isKeyed ? "next_command" : null,
      warning: isKeyed
        ? "run this very command again, with its key: a new guide has a new key, and that would be another job or quote"
        : null
    }
  }
}
