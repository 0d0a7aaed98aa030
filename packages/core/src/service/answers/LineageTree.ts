import * as Schema from "effect/Schema"
import { sum } from "../../credits/Hold.ts"
import { wire } from "../../envelope/Wire.ts"
import type { Job } from "../../jobs/Job.ts"
import type { Ancestor, LineageTree } from "../../jobs/Lineage.ts"

/** How an asset was made: never the prompt, only how long it was and its hash. */
const Making = wire({
  jobId: Schema.String,
  operation: Schema.String,
  capabilityId: Schema.String,
  modelId: Schema.NullOr(Schema.String),
  parameters: Schema.JsonObject,
  seed: Schema.NullOr(Schema.Number),
  promptCharacters: Schema.Number,
  promptSha256: Schema.NullOr(Schema.String),
  inputs: Schema.Array(
    wire({
      assetId: Schema.String,
      role: Schema.String,
      index: Schema.Number,
      referenceIndex: Schema.optionalKey(Schema.Number),
      referenceTask: Schema.optionalKey(Schema.String)
    })
  ),
  receipt: wire({
    usageEventId: Schema.NullOr(Schema.String),
    creditsCaptured: Schema.Number,
    providerReportedUsd: Schema.NullOr(Schema.Number),
    completedAt: Schema.NullOr(Schema.String)
  })
})

const LineageRow = wire({
  assetId: Schema.String,
  depth: Schema.Number,
  kind: Schema.Literals(["generated", "uploaded", "derived"]),
  modality: Schema.String,
  mimeType: Schema.String,
  sha256: Schema.String,
  createdAt: Schema.String,
  deleted: Schema.Boolean,
  /** Null for what was uploaded. */
  madeBy: Schema.NullOr(Making)
})

export const LineageAnswer = wire({
  request: wire({ assetId: Schema.String }),
  /** The asset first, then what it was made from, nearest first. */
  lineage: Schema.Array(LineageRow),
  /** False where the tree is larger than what is shown. */
  complete: Schema.Boolean
})

export const lineageAnswer = (assetId: string, tree: LineageTree): typeof LineageAnswer.Type => ({
  request: { assetId },
  lineage: tree.ancestors.map(lineageRow),
  complete: tree.complete
})

const lineageRow = ({ asset, depth, job }: Ancestor): typeof LineageRow.Type => ({
  assetId: asset.id,
  depth,
  kind: asset.kind,
  modality: asset.modality,
  mimeType: asset.mimeType,
  sha256: asset.sha256,
  createdAt: asset.createdAt,
  deleted: asset.deletedAt !== null,
  madeBy: job === null || job.operation === "upload" || asset.kind !== "generated" ? null : making(job, asset.id)
})

const making = (job: Job, assetId: string): typeof Making.Type => {
  const { media, promptCharacters, promptSha256, selection, wish } = job.request
  const output = job.produced?.outputs.find((made) => made.assetId === assetId)
  const reported = job.produced?.reportedMicroUsd ?? null
  return {
    jobId: job.id,
    operation: job.operation,
    capabilityId: job.capabilityId,
    modelId: job.modelId,
    parameters: { ...wish.parameters, ...Object.fromEntries(selection.defaultsApplied.map(pairOf)) },
    seed: seedOf(output?.facts["seed"]) ?? seedOf(wish.parameters["seed"]),
    promptCharacters,
    promptSha256: promptCharacters === 0 ? null : promptSha256,
    inputs: media.map(({ assetId: id, index, referenceIndex, role, task }) => ({
      assetId: id,
      role,
      index,
      ...(referenceIndex === null ? {} : { referenceIndex }),
      ...(task === null ? {} : { referenceTask: task })
    })),
    receipt: {
      usageEventId: job.usageEventId,
      creditsCaptured: job.receipt === null ? 0 : sum(job.receipt.captured),
      providerReportedUsd: reported === null ? null : reported / 1_000_000,
      completedAt: job.endedAt
    }
  }
}

/** `name=value`, as receipts of the selection write defaults. */
const pairOf = (text: string): readonly [string, string] => {
  const [name = "", ...value] = text.split("=")
  return [name, value.join("=")]
}

const seedOf = (value: unknown): number | null => (typeof value === "number" ? value : null)
