import { type ActivityEvent, type ActivityLinks, noLinks } from "../activity/ActivityEvent.ts"
import { toUsd } from "../credits/Credits.ts"
import { sum } from "../credits/Hold.ts"
import type { Asset } from "../media/Asset.ts"
import type { Job } from "./Job.ts"

/** An event before it has an id and a time. */
export type Draft = Omit<ActivityEvent, "id" | "organizationId" | "occurredAt" | "traceId">

const linksOf = (job: Job, assetIds: ReadonlyArray<string>): ActivityLinks => ({
  ...noLinks,
  jobId: job.id,
  assetIds,
  usageEventId: job.usageEventId
})

const costOf = (job: Job): ActivityEvent["cost"] => ({
  estimatedUsd: job.price.providerCost === null ? null : toUsd(job.price.providerCost),
  credits: job.receipt === null ? 0 : sum(job.receipt.captured)
})

/** What a completed job tells: each asset, what was captured if anything was, and its end. */
export const completed = (job: Job, assets: ReadonlyArray<Asset>): ReadonlyArray<Draft> => {
  const assetIds = assets.map(({ id }) => id)
  const consumed: Draft = {
    type: "usage.credit_consumed",
    operation: "usage",
    summary: "Credits were captured for a finished job",
    subject: { type: "usage", id: job.usageEventId ?? job.id },
    links: linksOf(job, assetIds),
    status: "captured",
    cost: costOf(job),
    details: {}
  }
  return [
    ...assets.map(({ id, modality }): Draft => ({
      type: "asset.created",
      operation: job.operation,
      summary: `A generated ${modality} was stored`,
      subject: { type: "asset", id },
      links: linksOf(job, [id]),
      status: "stored",
      cost: null,
      details: {}
    })),
    ...(job.receipt !== null && sum(job.receipt.captured) > 0 ? [consumed] : []),
    ended(job, assetIds)
  ]
}

/** A live job reached its end, whatever the end. */
export const ended = (job: Job, assetIds: ReadonlyArray<string> = []): Draft => ({
  type: "job.completed",
  operation: job.operation,
  summary: `A ${job.operation} job ended: ${job.status}`,
  subject: { type: "job", id: job.id },
  links: linksOf(job, assetIds),
  status: job.status,
  cost: costOf(job),
  details: job.error === null ? {} : { error_code: job.error.code }
})

/** An authenticated dry run stored its plan. */
export const planned = (job: Job): Draft => ({
  type: "job.planned",
  operation: job.operation,
  summary: `A ${job.operation} was planned; nothing was made`,
  subject: { type: "job", id: job.id },
  links: linksOf(job, []),
  status: "planned",
  cost: { estimatedUsd: job.price.providerCost === null ? null : toUsd(job.price.providerCost), credits: 0 },
  details: { plan_receipt: { job_id: job.id, status: "planned", credits_required: job.price.credits } }
})

/** Somebody's own picture was kept. */
export const uploaded = (job: Job, asset: Asset): Draft => ({
  type: "asset.uploaded",
  operation: "upload",
  summary: `An uploaded ${asset.modality} was stored`,
  subject: { type: "asset", id: asset.id },
  links: linksOf(job, [asset.id]),
  status: "stored",
  cost: { estimatedUsd: 0, credits: 0 },
  details: {}
})
