import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Ids } from "../envelope/Ids.ts"
import { ArtifactStore, type ArtifactStoreFailed } from "../media/ArtifactStore.ts"
import { Assets } from "../media/Assets.ts"
import { concatBytes } from "../media/containers/Source.ts"
import { judgeEvidence, judgeFailure, type Look } from "../media/JudgeEvidence.ts"
import { type Measured, measure } from "../media/Measure.ts"
import { type Evidence, MediaInspector, type StoredMedia } from "../media/MediaInspector.ts"
import type { MediaProviderError, ProviderOutput, ProviderResult } from "../media/MediaProvider.ts"
import { OwnedBytes } from "../media/OwnedBytes.ts"
import type { Model } from "../models/Model.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Job, JobMedia, Produced, ProducedOutput } from "./Job.ts"

/**
 * From the outputs of a provider to stored, measured media. What is not media of a kind that the model makes is not an
 * output: no asset, no debit.
 */
export class JobOutputs extends Context.Service<
  JobOutputs,
  {
    /** Everything usable, durable and measured; without any usable output `outputs` is empty. */
    collect(
      job: Job,
      model: Model,
      result: ProviderResult
    ): Effect.Effect<Produced, ArtifactStoreFailed | MediaProviderError | StoreUnavailable>
  }
>()("core/jobs/JobOutputs") {
  static readonly layer = Layer.effect(
    JobOutputs,
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      const inspector = yield* MediaInspector
      const assets = yield* Assets
      const ids = yield* Ids
      const owned = yield* OwnedBytes

      const put = Effect.fnUntraced(function* (model: Model, { body, facts, seen }: ProviderOutput) {
        const { head, whole } = withHead(body)
        const stored = yield* Effect.catchTag(
          artifacts.putStream(whole, maxOutputBytes),
          "ArtifactStoreFailed",
          (error) => (error.reason === "too_large" ? Effect.succeed(null) : Effect.fail(error))
        )
        if (stored === null) return Option.none()
        const measured = measure(head())
        if (measured !== null && model.output.mimeTypes.includes(measured.mimeType))
          return Option.some({ stored, facts, measured, seen })
        yield* Effect.ignore(owned.free(stored.sha256))
        return Option.none()
      })

      const inputLook = Effect.fnUntraced(function* (job: Job, media: JobMedia | undefined) {
        if (media === undefined) return []
        const asset = Option.getOrNull(yield* assets.find(job.organizationId, media.assetId))
        const look: Look = { assetId: media.assetId, lookHash: asset?.evidence?.lookHash ?? null }
        return [look]
      })

      const changedOutside = (job: Job, output: StoredMedia) => {
        const input = job.request.media.find(({ role }) => role === "input")
        const mask = job.request.media.find(({ role }) => role === "mask")
        if (input === undefined || mask === undefined) return Effect.succeed(null)
        return Effect.map(
          Effect.option(inspector.changedOutside({ input: mediaIn(input), mask: mediaIn(mask), output })),
          Option.getOrNull
        )
      }

      const collect = Effect.fn("JobOutputs.collect")(function* (job: Job, model: Model, result: ProviderResult) {
        const { reportedMicroUsd, warnings, provenance } = asAsked(result, job.request.wish.outputCount)
        const wanted = result.outputs.slice(0, job.request.wish.outputCount)
        const kept = yield* Effect.forEach(wanted, (output) => put(model, output), { concurrency: downloads })
        const usable = kept.flatMap((output) => (Option.isSome(output) ? [output.value] : []))
        const { minShortEdge, size: exactSize } = job.request.selection.output
        const inputs = yield* inputLook(
          job,
          job.request.media.find(({ role }) => role === "input")
        )
        const outputs: Array<ProducedOutput> = []
        for (const { facts, measured, seen: shown, stored } of usable) {
          const media: StoredMedia = { ...stored, mimeType: measured.mimeType }
          const seen = yield* Effect.result(
            shown !== undefined && isOf(shown, measured) ? Effect.succeed(shown) : inspector.inspect(media)
          )
          const size = (Result.isSuccess(seen) ? seen.success.size : null) ?? measured.size
          outputs.push({
            assetId: yield* ids.next(model.output.assetPrefix),
            ...stored,
            mimeType: measured.mimeType,
            width: size?.width ?? null,
            height: size?.height ?? null,
            facts,
            // A failed look is a fact of its own, never a reason to lose what was paid for.
            evidence: Result.isFailure(seen)
              ? judgeFailure(seen.failure, { size, exactSize, minShortEdge })
              : judgeEvidence(seen.success, {
                  modality: model.modality,
                  exactSize,
                  minShortEdge,
                  siblings: outputs.map(({ assetId, evidence }) => ({ assetId, lookHash: evidence.lookHash })),
                  inputs,
                  changedOutside: yield* changedOutside(job, media)
                })
          })
        }
        const unusable = wanted.length - usable.length
        const produced: Produced = {
          outputs,
          reportedMicroUsd,
          provenance,
          made: result.outputs.length,
          warnings: [
            ...warnings,
            ...(unusable === 0
              ? []
              : [`${unusable} of ${wanted.length} outputs were not usable media; they were not kept and cost nothing`]),
            ...(usable.length > 0 && wanted.length < job.request.wish.outputCount
              ? [
                  `the provider made ${wanted.length} of ${job.request.wish.outputCount} outputs; only those are paid for`
                ]
              : [])
          ]
        }
        return produced
      })

      return JobOutputs.of({ collect })
    })
  )
}

/** More than any model of the catalogue makes. */
const maxOutputBytes = 512 * 1024 * 1024
/** Where every kind of media says what it is, and how large. */
const headBytes = 256 * 1024
const downloads = 4

/** The same stream, and what came first of it: kept as it passes, since reading it again from a store takes a while. */
const withHead = <E>(body: Stream.Stream<Uint8Array, E>) => {
  let chunks: Array<Uint8Array> = []
  let length = 0
  const take = (chunk: Uint8Array): void => {
    if (length < headBytes) chunks.push(chunk.subarray(0, headBytes - length))
    length += chunk.length
  }
  const whole = Stream.suspend(() => {
    chunks = []
    length = 0
    return Stream.tap(body, (chunk) => Effect.sync(() => take(chunk)))
  })
  return { whole, head: () => concatBytes(chunks) }
}

/** What the bytes themselves say goes before what their maker says of them. */
const isOf = ({ mimeType, size }: Evidence, measured: Measured): boolean =>
  mimeType === measured.mimeType && size?.width === measured.size?.width && size?.height === measured.size?.height

const mediaIn = ({ contentLength, mimeType, sha256 }: JobMedia): StoredMedia => ({
  sha256,
  bytes: contentLength,
  mimeType
})

/**
 * No more outputs than were asked for and are paid for, and a cost in whole millionths, rounded up; one that is no amount
 * is none.
 */
const asAsked = (result: ProviderResult, outputCount: number): ProviderResult => {
  const { outputs, reportedMicroUsd, warnings } = result
  const surplus = outputs.length - outputCount
  const cost = reportedMicroUsd === null ? null : Math.ceil(reportedMicroUsd)
  return {
    ...result,
    reportedMicroUsd: cost !== null && Number.isSafeInteger(cost) && cost >= 0 ? cost : null,
    warnings:
      surplus > 0 ? [...warnings, `the provider made ${surplus} more than was asked for; they were not kept`] : warnings
  }
}
