import * as Schema from "effect/Schema"
import { nothing, type Split, sum } from "../../credits/Hold.ts"
import type { Quota } from "../../credits/Quota.ts"
import { command, flag, json, positional, render } from "../../envelope/CommandLine.ts"
import { type NextActions, nextActionsToWire, NextActionsWire } from "../../envelope/NextAction.ts"
import { placeholders } from "../../envelope/Placeholders.ts"
import { executable } from "../../envelope/Product.ts"
import { bareStart } from "../../envelope/Start.ts"
import { wire } from "../../envelope/Wire.ts"
import type { JobMedia } from "../../jobs/Job.ts"
import type { Job } from "../../jobs/Job.ts"
import { downloadAsset, showJob } from "../../jobs/JobCommands.ts"
import type { Made, Planned } from "../../jobs/LiveJobs.ts"
import { capabilityId } from "../../models/Model.ts"
import type { TopUp } from "../../payments/TopUp.ts"
import { AssetRow, assetRow, type UrlOf } from "./Assets.ts"
import {
  CapabilityRef,
  CostBlock,
  costBlock,
  factsOf,
  ModelParametersBlock,
  PlanReceipt,
  planReceipt,
  SafetyBlock,
  safetyBlock,
  SelectionBlock,
  selectionBlock
} from "./Jobs.ts"
import { DailyJobsBlock, dailyJobsBlock, LimitsBlock, limitsBlock } from "./Quota.ts"
import { selfFundFields, SelfFundFields, selfFundShort, TopUpBlock, topUpBlock } from "./TopUps.ts"

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
  dailyJobs: Schema.optionalKey(DailyJobsBlock),
  /** Left out while no rail can be used. */
  topUp: Schema.optionalKey(TopUpBlock)
})

const sharedFields = {
  jobId: Schema.NullOr(Schema.String),
  traceId: Schema.String,
  status: Schema.Literals(["completed", "planned"]),
  operation: Schema.Literals(["create", "edit"]),
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
  ...SelfFundFields,
  nextCommand: Schema.NullOr(Schema.String)
} as const

/** contract/api.md 8.1, for live runs and dry runs alike. */
export const CreateAnswer = wire(sharedFields)

const InputAsset = wire({
  assetId: Schema.String,
  mimeType: Schema.String,
  width: Schema.NullOr(Schema.Number),
  height: Schema.NullOr(Schema.Number)
})

/** contract/api.md 8.5: the same and what it was made from. */
export const EditAnswer = wire({
  ...sharedFields,
  inputAsset: InputAsset,
  additionalInputAssets: Schema.optionalKey(Schema.Array(InputAsset)),
  maskAsset: Schema.NullOr(InputAsset),
  referenceAssets: Schema.Array(InputAsset)
})

const inputAsset = ({ assetId, mimeType, size }: JobMedia): typeof InputAsset.Type => ({
  assetId,
  mimeType,
  width: size?.width ?? null,
  height: size?.height ?? null
})

const sourcesOf = (media: ReadonlyArray<JobMedia>) => {
  const [first, ...more] = media.filter(({ role }) => role === "input")
  const mask = media.find(({ role }) => role === "mask")
  return {
    inputAsset: first === undefined ? { assetId: "", mimeType: "", width: null, height: null } : inputAsset(first),
    ...(more.length === 0 ? {} : { additionalInputAssets: more.map(inputAsset) }),
    maskAsset: mask === undefined ? null : inputAsset(mask),
    referenceAssets: media.filter(({ role }) => role !== "input" && role !== "mask").map(inputAsset)
  }
}

export const editedAnswer = (made: Made, urlOf: UrlOf, topUp: TopUp | null): typeof EditAnswer.Type => ({
  ...createdAnswer(made, urlOf, topUp),
  ...sourcesOf(made.job.request.media)
})

export const plannedEditAnswer = (
  planned: Planned,
  traceId: string,
  createdAt: string,
  topUp: TopUp | null
): typeof EditAnswer.Type => ({
  ...plannedAnswer(planned, traceId, createdAt, topUp),
  ...sourcesOf(planned.plan.media)
})

export const createdAnswer = (
  { assets, job, replayed }: Made,
  urlOf: UrlOf,
  topUp: TopUp | null
): typeof CreateAnswer.Type => {
  const actions = actionsAfter(job, assets)
  return {
    jobId: job.id,
    traceId: job.traceId,
    status: "completed",
    operation: operationOf(job),
    dryRun: false,
    capability: { id: job.capabilityId },
    assetIds: assets.map(({ id }) => id),
    assets: assets.map((asset) => assetRow(asset, urlOf, factsOf(job, asset.id))),
    cost: costBlock(job.price, job.produced),
    request: requestBlock(job),
    safety: safetyBlock(job.safetyChecks),
    quota: consumed(job.receipt?.captured ?? nothing, job.receipt?.quota ?? null, topUp),
    idempotency: { key: job.idempotencyKey, replayed },
    usageEventId: job.usageEventId,
    nextActions: nextActionsToWire({ ...actions, ...selfFundShort(topUp) }, bareStart),
    ...selfFundFields(topUp),
    nextCommand: actions["download"] === undefined ? null : render(actions["download"].command, executable)
  }
}

export const plannedAnswer = (
  { job, plan, quota, safetyChecks }: Planned,
  traceId: string,
  createdAt: string,
  topUp: TopUp | null
): typeof CreateAnswer.Type => {
  const capability = capabilityId(plan.model)
  const actions = actionsAfterPlan(job)
  return {
    jobId: job?.id ?? null,
    traceId,
    status: "planned",
    operation: plan.media.some(({ role }) => role === "input") ? "edit" : "create",
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
    quota: consumed(nothing, quota, topUp),
    idempotency: null,
    usageEventId: null,
    planReceipt: planReceipt({
      operation: plan.model.endpoint,
      jobId: job?.id ?? null,
      capability,
      outputCount: plan.outputCount,
      mimeType: plan.model.output.mimeTypes[0] ?? "application/octet-stream",
      output: plan.expected,
      price: plan.price,
      modelParameters: plan.modelParameters,
      createdAt
    }),
    nextActions: nextActionsToWire({ ...actions, ...selfFundShort(topUp) }, bareStart),
    ...selfFundFields(topUp),
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

const consumed = (captured: Split, quota: Quota | null, topUp: TopUp | null): typeof ConsumedBlock.Type => ({
  consumedCredits: sum(captured),
  consumedPreviewCredits: captured.preview,
  consumedPaymentBackedCredits: captured.paid,
  limits: quota === null ? null : limitsBlock(quota),
  ...(quota === null ? {} : { dailyJobs: dailyJobsBlock(quota) }),
  ...(topUp?.available === true ? { topUp: topUpBlock(topUp) } : {})
})

/** What one would do with the result: download it, look at it, look at the job. */
export const actionsAfter = (job: Job, assets: Made["assets"]): NextActions => {
  const [asset] = assets
  const inspectJob = { inspect_job: { command: showJob(job.id), effect: "read" } } as const
  if (asset === undefined) return inspectJob
  return {
    download: { command: downloadAsset(asset), effect: "read" },
    inspect_asset: { command: command("assets show", positional(asset.id), json), effect: "read" },
    ...inspectJob,
    ...(asset.modality === "image" ? { iterate_edit: { command: editOf(asset.id), effect: "spend" } } : {})
  }
}

const editOf = (id: string) => command("edit", flag("input", id), flag("prompt", placeholders.CHANGE), json)

const actionsAfterPlan = (job: Job | null): NextActions =>
  job === null
    ? {}
    : {
        inspect_job: { command: showJob(job.id), effect: "read" },
        activity: { command: command("activity list", flag("subject", job.id), json), effect: "read" }
      }

const operationOf = ({ operation }: Job): "create" | "edit" => (operation === "edit" ? "edit" : "create")
