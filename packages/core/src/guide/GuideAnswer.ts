import * as Schema from "effect/Schema"
import { NextActionsWire } from "../envelope/NextAction.ts"
import { wire } from "../envelope/Wire.ts"
import { AuthHandoffBlock } from "../identity/AuthHandoff.ts"
import { AgentSkill } from "./AgentSkill.ts"
import { MissingInput } from "./MissingInput.ts"
import { AuthReady, NextCommandEffect } from "./NextEffect.ts"
import { GuideRecovery, GuideWarning, NoSpendEffect, NoSpendEvaluation } from "./NoSpend.ts"
import { PreferredMethod, SelfFundHandoff, SelfFundPreparation, TopUpCheck } from "./SelfFundBlocks.ts"

const Text = Schema.NullOr(Schema.String)
const Figure = Schema.NullOr(Schema.Number)
const Methods = Schema.Array(Schema.String)

const ConfigWrite = wire({
  writable: Schema.Boolean,
  configPath: Schema.String,
  parentPath: Schema.String,
  parentDirectoriesPrepared: Schema.Boolean,
  errorMessage: Text,
  recovery: Schema.NullOr(Schema.JsonObject)
})

/** contract/cli.md 9.12; `rejected` is ours: every rail that is not used says why. What is optional may be in `omitted`. */
const PaymentsBlock = wire({
  checked: Schema.Boolean,
  liveMoneyMethods: Schema.optionalKey(Methods),
  requiresBrowser: Schema.Boolean,
  browserlessMethods: Schema.optionalKey(Methods),
  agentInitiatedMethods: Schema.optionalKey(Methods),
  agentPayableMethods: Schema.optionalKey(Methods),
  agentSettleableMethods: Schema.optionalKey(Methods),
  humanHandoffMethods: Schema.optionalKey(Methods),
  preferredMethod: Text,
  buyerModes: Schema.optionalKey(Methods),
  suggestedCommands: Schema.Array(Schema.String),
  rejected: Schema.optionalKey(Schema.Array(wire({ methodId: Schema.String, reason: Schema.String }))),
  preferredMethodSummary: Schema.optionalKey(Schema.NullOr(PreferredMethod))
})
export type PaymentsBlock = typeof PaymentsBlock.Type

const explained = {
  noSpendNextCommandEffect: Schema.optionalKey(Schema.NullOr(NoSpendEffect)),
  recommendedNoSpendCommand: Schema.optionalKey(Text),
  recommendedNoSpendCommandLabel: Schema.optionalKey(Text),
  recommendedNoSpendCommandEffect: Schema.optionalKey(Schema.NullOr(NoSpendEffect)),
  noSpendEvaluation: Schema.optionalKey(NoSpendEvaluation),
  guideWarning: Schema.optionalKey(GuideWarning),
  guideRecovery: Schema.optionalKey(GuideRecovery),
  selfFundNextCommand: Schema.optionalKey(Text),
  selfFundNextCommandLabel: Schema.optionalKey(Text),
  selfFundHandoff: Schema.optionalKey(Schema.NullOr(SelfFundHandoff)),
  selfFundPreparation: Schema.optionalKey(Schema.NullOr(SelfFundPreparation)),
  agentSkill: Schema.optionalKey(AgentSkill)
} as const

/**
 * The data of `create --guide` and `edit --guide` (contract/cli.md 9.11 to 9.14), its keys in the contract's order, then
 * those of later versions and ours (contract/after-0.1.24.md 4 to 6). What is optional comes with `--explain`, and is named in
 * `omitted` without it.
 */
export const GuideAnswer = wire({
  schema: Schema.Literals(["image-skill.create-guide.v1", "image-skill.edit-guide.v1"]),
  ready: Schema.Boolean,
  stage: Schema.String,
  checks: wire({
    hostedApi: wire({ reachable: Schema.Boolean, status: Text, apiBaseUrl: Schema.String, errorCode: Text }),
    auth: wire({
      source: Schema.String,
      authenticated: Schema.Boolean,
      claimState: Text,
      tokenStatus: Text,
      savedConfigPath: Schema.String,
      configWrite: Schema.NullOr(ConfigWrite)
    }),
    models: wire({
      reachable: Schema.Boolean,
      executableCount: Schema.Number,
      catalogedNotWiredCount: Schema.Number,
      errorCode: Text
    }),
    quota: wire({
      checked: Schema.Boolean,
      authenticated: Schema.Boolean,
      remainingCredits: Figure,
      requiredCredits: Figure,
      dailyJobsRemaining: Figure,
      reason: Text,
      topUp: Schema.optionalKey(Schema.NullOr(TopUpCheck))
    }),
    payments: PaymentsBlock
  }),
  selection: Schema.NullOr(
    wire({
      operation: Schema.Literals(["create", "edit"]),
      modelId: Schema.String,
      modelStatus: Text,
      modelExecutionStatus: Text,
      reason: Schema.String,
      modality: Schema.String,
      suggestedAspectRatio: Text
    })
  ),
  cost: wire({
    estimatedCredits: Figure,
    estimatedUsdPerImage: Figure,
    estimatedDebitUsdPerImage: Figure,
    estimatedProviderUsdPerImage: Figure,
    creditUnitUsd: Schema.Number,
    pricingConfidence: Text,
    pricingSource: Text,
    modelParameterDefaultsApplied: Schema.Array(Schema.String)
  }),
  blocker: Schema.NullOr(Schema.Struct({ code: Schema.String, message: Schema.String })),
  nextCommand: Schema.String,
  afterNext: Text,
  authHandoff: Schema.NullOr(AuthHandoffBlock),
  escapeHatches: wire({
    doctor: Schema.String,
    modelInspection: Schema.String,
    paymentMethods: Schema.String,
    quota: Schema.String,
    dryRun: Schema.String
  }),
  mutation: wire({
    providerCall: Schema.Literal(false),
    hostedCreate: Schema.Literal(false),
    hostedSignup: Schema.Literal(false),
    paymentObject: Schema.Literal(false),
    creditDebit: Schema.Literal(false),
    mediaWrite: Schema.Literal(false)
  }),
  nextCommandEffect: NextCommandEffect,
  noSpendNextCommand: Text,
  noSpendNextCommandLabel: Text,
  nextCommandCopyRunnable: Schema.Boolean,
  nextCommandMissingInputs: Schema.Array(MissingInput),
  authReady: AuthReady,
  nextActions: NextActionsWire,
  ...explained,
  /** What only `--explain` gives, and the command that gives it. */
  omitted: Schema.optionalKey(Schema.Struct({ fields: Schema.Array(Schema.String), command: Schema.String }))
})
export type GuideAnswer = typeof GuideAnswer.Type

/** What a guide itself does: nothing. These say nothing about the command that it proposes. */
export const noMutation: GuideAnswer["mutation"] = {
  providerCall: false,
  hostedCreate: false,
  hostedSignup: false,
  paymentObject: false,
  creditDebit: false,
  mediaWrite: false
}
