import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { holdLifetime } from "../credits/CreditLedger.ts"
import { ArtifactStore } from "../media/ArtifactStore.ts"
import { measure } from "../media/Measure.ts"
import {
  type GenerationRequest,
  type MediaProvider,
  MediaProviderError,
  MediaProviders,
  type ProviderOutput,
  type ProviderResult
} from "../media/MediaProvider.ts"
import { Catalogue } from "../models/Catalogue.ts"
import type { Model } from "../models/Model.ts"
import { expectedOutput } from "../models/OutputSize.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Job, JobInput, ProducedOutput } from "./Job.ts"
import { JobBooks } from "./JobBooks.ts"
import { JobStore } from "./JobStore.ts"

/**
 * The steps of a live job (see `JobStep`). Every step is written before it acts, and every write is refused when the
 * lease was lost, so that at most one process acts on what it wrote.
 */
export class JobWork extends Context.Service<
  JobWork,
  {
    /** Goes on from wherever the row stands; the row as it is when there is nothing more to do now. */
    advance(job: Job, owner: string): Effect.Effect<Job, StoreUnavailable>
  }
>()("core/jobs/JobWork") {
  static readonly layer = Layer.effect(
    JobWork,
    Effect.gen(function* () {
      const jobs = yield* JobStore
      const books = yield* JobBooks
      const artifacts = yield* ArtifactStore
      const providers = yield* MediaProviders
      const catalogue = yield* Catalogue

      const advance: JobWork["Service"]["advance"] = Effect.fn("JobWork.advance")(function* (job: Job, owner: string) {
        if (job.step === "ended") return job
        if (job.step === "produced") return yield* books.complete(job, owner)
        const model = catalogue.models.find(({ id }) => id === job.modelId)
        const provider = model === undefined ? undefined : providers.find(model.provider)
        if (DateTime.formatIso(yield* DateTime.now) >= job.reservedUntil)
          return yield* books.giveUp(job, owner, provider?.repeatable === true)
        if (model === undefined || provider === undefined || job.input === null)
          return yield* books.giveUp(job, owner, true)
        const mayCall = job.step === "reserved" || job.step === "retryable" || provider.repeatable
        return mayCall ? yield* submit(job, model, provider, job.input, owner) : yield* books.leaveUnknown(job, owner)
      })

      const submit = Effect.fnUntraced(function* (
        job: Job,
        model: Model,
        provider: MediaProvider,
        input: JobInput,
        owner: string
      ) {
        const now = yield* DateTime.now
        const submitting: Job = {
          ...job,
          status: "running",
          step: "submitting",
          error: null,
          startedAt: job.startedAt ?? DateTime.formatIso(now),
          reservedUntil: DateTime.formatIso(DateTime.addDuration(now, holdLifetime))
        }
        if (!(yield* jobs.update(submitting, owner))) return submitting
        const answer = yield* Effect.result(provider.generate(generation(job, model, input)))
        if (Result.isFailure(answer)) return yield* books.providerFailed(submitting, owner, answer.failure)
        const { outputs } = answer.success
        const usable = outputs.length > 0 && outputs.every(({ bytes }) => isUsable(bytes, model))
        return usable
          ? yield* store(submitting, asAsked(answer.success, job.request.wish.outputCount), owner)
          : yield* books.providerFailed(submitting, owner, unusable(provider.id))
      })

      /** Every output is durable before the row says so; the row says so before the books are closed. */
      const store = Effect.fnUntraced(function* (job: Job, result: ProviderResult, owner: string) {
        const stored = yield* Effect.result(Effect.forEach(result.outputs, put))
        if (Result.isFailure(stored)) return yield* books.storageFailed(job, owner)
        const { provenance, reportedMicroUsd, warnings } = result
        const produced: Job = {
          ...job,
          step: "produced",
          produced: { outputs: stored.success, reportedMicroUsd, warnings, provenance }
        }
        return (yield* jobs.update(produced, owner)) ? yield* books.complete(produced, owner) : produced
      })

      const put = ({ bytes, facts }: ProviderOutput) =>
        Effect.map(artifacts.put(bytes), (stored): ProducedOutput => {
          const measured = measure(bytes)
          return {
            sha256: stored.sha256,
            bytes: stored.bytes,
            mimeType: measured?.mimeType ?? "application/octet-stream",
            width: measured?.size?.width ?? null,
            height: measured?.size?.height ?? null,
            facts
          }
        })

      return JobWork.of({ advance })
    })
  )
}

/** The same job always asks for the same thing under the same key. */
const generation = (job: Job, model: Model, { parameters, prompt }: JobInput): GenerationRequest => ({
  key: job.id,
  model,
  prompt,
  parameters,
  aspectRatio: job.request.wish.aspectRatio,
  outputCount: job.request.wish.outputCount,
  size: expectedOutput(model, parameters, job.request.wish.aspectRatio).size
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
    outputs: outputs.slice(0, outputCount),
    reportedMicroUsd: cost !== null && Number.isSafeInteger(cost) && cost >= 0 ? cost : null,
    warnings:
      surplus > 0 ? [...warnings, `the provider made ${surplus} more than was asked for; they were not kept`] : warnings
  }
}

/** What is not media of a kind the model makes is not an output: no asset, no debit. */
const isUsable = (bytes: Uint8Array, model: Model): boolean => {
  const measured = measure(bytes)
  return measured !== null && model.output.mimeTypes.includes(measured.mimeType)
}

const unusable = (provider: string): MediaProviderError =>
  new MediaProviderError({ provider, reason: "rejected", message: "the provider answered without usable media" })
