import * as Schema from "effect/Schema"
import { nothing, type Split, sum } from "../../credits/Hold.ts"
import type { Quota } from "../../credits/Quota.ts"
import { command, flag, json, positional, render } from "../../envelope/CommandLine.ts"
import { type NextActions, nextActionsToWire, NextActionsWire } from "../../envelope/NextAction.ts"
import { executable } from "../../envelope/Product.ts"
import { bareStart } from "../../envelope/Start.ts"
import { wire } from "../../envelope/Wire.ts"
import type { Created, Planned } from "../../jobs/CreateJob.ts"
import type { Job } from "../../jobs/Job.ts"
import { getAsset, showJob } from "../../jobs/JobCommands.ts"
import { extensionOf } from "../../media/Asset.ts"
import { capabilityId } from "../../models/Model.ts"
import { AssetRow, assetRow, type UrlOf } from "./Assets.ts"
import {
  CapabilityRef,
  CostBlock,
  costBlock,
  ModelParametersBlock,
  PlanReceipt,
  planReceipt,
  SafetyBlock,
  safetyBlock,
  SelectionBlock,
  selectionBlock
} from "./Jobs.ts"
import { DailyJobsBlock, dailyJobsBlock, LimitsBlock, limitsBlock } from "./Quota.ts"

const RequestBlock = wire({
  intent: Schema.String,
  aspectRatio: Schema.String,
  outputCount: Schema.Number,
  promptCharacters: Schema.Number,
  modelParameters: ModelParametersBlock,
  selection: SelectionBlock
})

const ConsumedBlock = wire({
  consumedCredits: Schema.Number,
  consumedPreviewCredits: Schema.Number,
  consumedPaymentBackedCredits: Schema.Number,
  limits: Schema.NullOr(LimitsBlock),
  dailyJobs: Schema.optionalKey(DailyJobsBlock)
})

/** contract/api.md 8.1, for live runs and dry runs alike. */
export const CreateAnswer = wire({
  jobId: Schema.NullOr(Schema.String),
  traceId: Schema.String,
  status: Schema.Literals(["completed", "planned"]),
  operation: Schema.Literal("create"),
  dryRun: Schema.Boolean,
  capability: CapabilityRef,
  assetIds: Schema.Array(Schema.String),
  assets: Schema.Array(AssetRow),
  cost: CostBlock,
  request: RequestBlock,
  safety: SafetyBlock,
  quota: ConsumedBlock,
  idempotency: Schema.NullOr(wire({ key: Schema.NullOr(Schema.String), replayed: Schema.Boolean })),
  usageEventId: Schema.NullOr(Schema.String),
  planReceipt: Schema.optionalKey(PlanReceipt),
  nextActions: NextActionsWire,
  nextCommand: Schema.NullOr(Schema.String)
})

export const createdAnswer = ({ assets, job, replayed }: Created, urlOf: UrlOf): typeof CreateAnswer.Type => {
  const actions = actionsAfter(job, assets)
  return {
    jobId: job.id,
    traceId: job.traceId,
    status: "completed",
    operation: "create",
    dryRun: false,
    capability: { id: job.capabilityId },
    assetIds: assets.map(({ id }) => id),
    assets: assets.map((asset, index) => assetRow(asset, urlOf, job.produced?.outputs[index]?.facts)),
    cost: costBlock(job.price, job.produced),
    request: requestBlock(job),
    safety: safetyBlock(job.safetyChecks),
    quota: consumed(job.receipt?.captured ?? nothing, job.receipt?.quota ?? null),
    idempotency: { key: job.idempotencyKey, replayed },
    usageEventId: job.usageEventId,
    nextActions: nextActionsToWire(actions, bareStart),
    nextCommand: actions["download"] === undefined ? null : render(actions["download"].command, executable)
  }
}

export const plannedAnswer = (
  { job, plan, quota, safetyChecks }: Planned,
  traceId: string,
  createdAt: string
): typeof CreateAnswer.Type => {
  const capability = capabilityId(plan.model)
  const actions = actionsAfterPlan(job)
  return {
    jobId: job?.id ?? null,
    traceId,
    status: "planned",
    operation: "create",
    dryRun: true,
    capability: { id: capability },
    assetIds: [],
    assets: [],
    cost: costBlock(plan.price, null),
    request: {
      intent: plan.selection.intent,
      aspectRatio: plan.aspectRatio,
      outputCount: plan.outputCount,
      promptCharacters: plan.prompt.length,
      modelParameters: plan.modelParameters,
      selection: selectionBlock(plan.selection, capability, plan.price)
    },
    safety: safetyBlock(safetyChecks),
    quota: consumed(nothing, quota),
    idempotency: null,
    usageEventId: null,
    planReceipt: planReceipt({
      jobId: job?.id ?? null,
      capability,
      outputCount: plan.outputCount,
      mimeType: plan.model.output.mimeTypes[0] ?? "application/octet-stream",
      output: plan.expected,
      price: plan.price,
      modelParameters: plan.modelParameters,
      createdAt
    }),
    nextActions: nextActionsToWire(actions, bareStart),
    nextCommand: null
  }
}

const requestBlock = ({ capabilityId: capability, price, request }: Job): typeof RequestBlock.Type => ({
  intent: request.wish.intent,
  aspectRatio: request.wish.aspectRatio,
  outputCount: request.wish.outputCount,
  promptCharacters: request.promptCharacters,
  modelParameters: request.modelParameters,
  selection: selectionBlock(request.selection, capability, price)
})

const consumed = (captured: Split, quota: Quota | null): typeof ConsumedBlock.Type => ({
  consumedCredits: sum(captured),
  consumedPreviewCredits: captured.preview,
  consumedPaymentBackedCredits: captured.paid,
  limits: quota === null ? null : limitsBlock(quota),
  ...(quota === null ? {} : { dailyJobs: dailyJobsBlock(quota) })
})

/** What one would do with the result: download it, look at it, look at the job. */
export const actionsAfter = (job: Job, assets: Created["assets"]): NextActions => {
  const [asset] = assets
  const inspectJob = { inspect_job: { command: showJob(job.id), effect: "read" } } as const
  if (asset === undefined) return inspectJob
  const extension = extensionOf(asset.mimeType)
  return {
    download: {
      command: getAsset(asset.id, extension === null ? asset.id : `${asset.id}.${extension}`),
      effect: "read"
    },
    inspect_asset: { command: command("assets show", positional(asset.id), json), effect: "read" },
    ...inspectJob
  }
}

const actionsAfterPlan = (job: Job | null): NextActions =>
  job === null
    ? {}
    : {
        inspect_job: { command: showJob(job.id), effect: "read" },
        activity: { command: command("activity list", flag("subject", job.id), json), effect: "read" }
      }
