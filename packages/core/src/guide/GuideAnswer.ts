import * as Schema from "effect/Schema"
import { NextActionsWire } from "../envelope/NextAction.ts"
import { wire } from "../envelope/Wire.ts"
import { AuthHandoffBlock } from "../identity/AuthHandoff.ts"

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

/** contract/cli.md 9.12; `rejected` is ours: every rail that is not used says why. */
const PaymentsBlock = wire({
  checked: Schema.Boolean,
  liveMoneyMethods: Methods,
  requiresBrowser: Schema.Boolean,
  browserlessMethods: Methods,
  agentInitiatedMethods: Methods,
  agentPayableMethods: Methods,
  agentSettleableMethods: Methods,
  humanHandoffMethods: Methods,
  preferredMethod: Text,
  buyerModes: Methods,
  suggestedCommands: Schema.Array(Schema.String),
  rejected: Schema.Array(wire({ methodId: Schema.String, reason: Schema.String }))
})
export type PaymentsBlock = typeof PaymentsBlock.Type

/** The data of `create --guide` (contract/cli.md 9.11 to 9.14), its keys in the contract's order, ours at the end. */
export const GuideAnswer = wire({
  schema: Schema.Literal("image-skill.create-guide.v1"),
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
      reason: Text
    }),
    payments: PaymentsBlock
  }),
  selection: Schema.NullOr(
    wire({
      operation: Schema.Literal("create"),
      modelId: Schema.String,
      modelStatus: Text,
      modelExecutionStatus: Text,
      reason: Schema.String
    })
  ),
  cost: wire({
    estimatedCredits: Figure,
    estimatedUsdPerImage: Figure,
    estimatedDebitUsdPerImage: Figure,
    estimatedProviderUsdPerImage: Figure,
    creditUnitUsd: Schema.Number,
    pricingConfidence: Text
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
  nextCommandCopyRunnable: Schema.Boolean,
  nextCommandMissingInputs: Schema.optionalKey(
    Schema.Array(
      wire({ flag: Text, placeholder: Schema.String, valueDescription: Schema.String, example: Schema.String })
    )
  ),
  nextActions: NextActionsWire
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
