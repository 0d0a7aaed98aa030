import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type { OrganizationId } from "../identity/Actor.ts"
import { ArtifactStore } from "../media/ArtifactStore.ts"
import type { Asset } from "../media/Asset.ts"
import { Assets } from "../media/Assets.ts"
import type { GenerationRequest, ProviderInput } from "../media/MediaProvider.ts"
import type { Model } from "../models/Model.ts"
import { expectedOutput } from "../models/OutputSize.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Job, JobInput, JobMedia } from "./Job.ts"
import { JobStore } from "./JobStore.ts"

/** What its maker kept of an asset, to make it again or to change it. */
export interface Origin {
  readonly provenance: Schema.Json
  readonly outputIndex: number
}

/** Turns what a job names into what a provider works on. */
export class JobInputs extends Context.Service<
  JobInputs,
  {
    /** Null for uploads, and for outputs of makers that kept nothing. */
    originOf(organizationId: OrganizationId, assetId: string): Effect.Effect<Origin | null, StoreUnavailable>
    inputsOf(
      organizationId: OrganizationId,
      media: ReadonlyArray<JobMedia>
    ): Effect.Effect<ReadonlyArray<ProviderInput>, StoreUnavailable>
    /** The same job always asks for the same thing under the same key. */
    request(job: Job, model: Model, input: JobInput): Effect.Effect<GenerationRequest, StoreUnavailable>
  }
>()("core/jobs/JobInputs") {
  static readonly layer = Layer.effect(
    JobInputs,
    Effect.gen(function* () {
      const assets = yield* Assets
      const jobs = yield* JobStore
      const artifacts = yield* ArtifactStore

      const originOf = Effect.fn("JobInputs.originOf")(function* (organizationId: OrganizationId, assetId: string) {
        const asset = Option.getOrNull(yield* assets.find(organizationId, assetId))
        if (asset?.kind !== "generated") return null
        const maker = Option.getOrNull(yield* jobs.find(organizationId, asset.jobId))
        const { outputs = [], provenance = null } = maker?.produced ?? {}
        if (provenance === null) return null
        const outputIndex = outputs.findIndex((output) => output.assetId === assetId)
        const origin: Origin = { provenance, outputIndex: Math.max(0, outputIndex) }
        return origin
      })

      const inputsOf = (organizationId: OrganizationId, media: ReadonlyArray<JobMedia>) =>
        Effect.forEach(media, ({ sha256, ...facts }) =>
          Effect.map(
            facts.role === "input" ? originOf(organizationId, facts.assetId) : Effect.succeed(null),
            (origin): ProviderInput => ({
              ...facts,
              bytes: artifacts.get(sha256),
              provenance: origin?.provenance ?? null,
              outputIndex: origin?.outputIndex ?? 0
            })
          )
        )

      const request = (job: Job, model: Model, { parameters, prompt }: JobInput) =>
        Effect.map(inputsOf(job.organizationId, job.request.media), (inputs): GenerationRequest => ({
          key: job.id,
          model,
          prompt,
          parameters,
          aspectRatio: job.request.wish.aspectRatio,
          outputCount: job.request.wish.outputCount,
          size: expectedOutput(model, parameters, job.request.wish.aspectRatio).size,
          inputs
        }))

      return JobInputs.of({ originOf, inputsOf, request })
    })
  )
}

export const jobMedia = (
  wished: Pick<JobMedia, "role" | "assetId" | "index" | "referenceIndex" | "task">,
  asset: Asset
): JobMedia => ({
  ...wished,
  sha256: asset.sha256,
  mimeType: asset.mimeType,
  contentLength: asset.contentLength,
  visibility: asset.visibility,
  size: asset.width === null || asset.height === null ? null : { width: asset.width, height: asset.height }
})
