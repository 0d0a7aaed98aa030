import { creditsToUsd } from "../credits/Credits.ts"
import type { Limits } from "../credits/Limits.ts"
import type { GuardExceeded } from "../credits/Pricing.ts"
import type { Quota } from "../credits/Quota.ts"
import { command, flag, json, positional } from "../envelope/CommandLine.ts"
import { fitting, summary } from "../envelope/Fitting.ts"
import { nearest } from "../envelope/Nearest.ts"
import { placeholders } from "../envelope/Placeholders.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import type { Availability, Listed } from "../models/Catalogue.ts"
import type { Model } from "../models/Model.ts"
import type { SizeProblem } from "../models/OutputSize.ts"
import type { ParameterProblem } from "../models/Parameters.ts"
import { quotaCommand } from "../payments/PaymentCommands.ts"
import type { Job, JobError } from "./Job.ts"
import { again, formatUsd, showJob, waitForJob } from "./JobCommands.ts"
import type { MediaWish } from "./MediaWish.ts"

/** Every way a create or an edit is refused or ends without media: what happened, why with the values, and the way out. */

const createDocs = docsUrl("image-skill-create")
export const docsOf = ({ operation }: Pick<MediaWish, "operation">) => docsUrl(`image-skill-${operation}`)
const listModels = command("models list", json)

export const promptMissing = (wish: MediaWish): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "`prompt` (--prompt) is required and must not be blank",
    recovery: {
      requiredFlag: "--prompt",
      suggestedCommand: again({ ...wish, prompt: "PROMPT" }),
      docsUrl: docsOf(wish)
    },
    details: { problems: [{ field: "prompt", flag: "--prompt", problem: "is required and must not be blank" }] }
  })

export const modelNotFound = (id: string, known: ReadonlyArray<string>): Refusal => {
  const near = nearest(id, known)
  return new Refusal({
    code: "MODEL_NOT_FOUND",
    message: `there is no model with the id given by --model${near === null ? "" : `; did you mean ${near}?`}`,
    recovery: {
      suggestedCommand: near === null ? listModels : command("models show", positional(near), json),
      docsUrl: docsUrl("image-skill-models")
    },
    ...(near === null ? {} : { details: { nearest: near } })
  })
}

export const providerMismatch = (provider: string, model: Model): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `--provider ${provider} contradicts --model ${model.id}, whose provider is ${model.provider}`,
    recovery: { docsUrl: createDocs, suggestedCommand: command("models show", positional(model.id), json) }
  })

export const wrongEndpoint = (model: Model, { operation }: MediaWish): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message:
      operation === "create"
        ? `${model.id} works on an input image, so it cannot be used by create`
        : `${model.id} works from a prompt alone, so it cannot be used by edit`,
    recovery: {
      docsUrl: docsUrl(`image-skill-${model.endpoint}`),
      suggestedCommand: command("models show", positional(model.id), json)
    },
    details: { model: model.id, endpoint: model.endpoint }
  })

export const modelNotExecutable = ({ availability, model }: Listed): Refusal =>
  new Refusal({
    code: "MODEL_NOT_EXECUTABLE",
    message: `${model.id} cannot run here: ${model.wired ? whyUnavailable(availability) : "it is listed but not wired"}`,
    recovery: { suggestedCommand: runnableModels(model), docsUrl: docsUrl("image-skill-models") },
    details: {
      model: model.id,
      reason: model.wired && availability._tag === "Unavailable" ? availability.reason : "cataloged_not_wired",
      variable: availability._tag === "Unavailable" ? availability.variable : null
    }
  })

const runnableModels = (model: Model) =>
  command("models list", flag("available"), flag("operation", model.operation), json)

export const whyUnavailable = (availability: Availability): string => {
  if (availability._tag === "Available") return "nothing stops it"
  if (availability.variable !== null)
    return `its provider needs ${availability.variable} in the environment of the service`
  return availability.reason === "provider_not_supported"
    ? "this service has no adapter for its provider"
    : availability.reason.replaceAll("_", " ")
}

const nothingRuns: { readonly [O in MediaWish["operation"]]: string } = {
  create: "no model can run here that makes an image from a prompt alone",
  edit: "no model can run here that edits this picture; one that is listed as unavailable needs its provider's key"
}

export const nothingRunnable = (wish: MediaWish, listed: ReadonlyArray<Listed>): Refusal =>
  new Refusal({
    code: "MODEL_NOT_EXECUTABLE",
    message:
      wish.provider === null ? nothingRuns[wish.operation] : `no model of --provider ${wish.provider} can run here`,
    recovery: { suggestedCommand: listModels, docsUrl: docsUrl("image-skill-models") },
    details: { providers: [...new Set(listed.map(({ model }) => model.provider))] }
  })

export const parametersInvalid = (model: Model, wrong: ReadonlyArray<ParameterProblem>): Refusal => {
  const problems = wrong.map(({ parameter, ...problem }) => [parameter.slice(0, 60), ruleOf(problem)] as const)
  const shown = fitting(problems, 380, ([parameter, rule]) => `          "${parameter}": "${rule}",`)
  const [only] = wrong.length === 1 ? wrong : []
  return new Refusal({
    code: "MODEL_PARAMETERS_INVALID",
    message: `--model-parameters-json does not fit ${model.id}: ${summary(
      problems.map((words) => words.join(" ")),
      100
    )}`,
    recovery: { suggestedCommand: command("models show", positional(model.id), json), docsUrl: createDocs },
    details: {
      model: model.id,
      problems: Object.fromEntries(shown),
      ...(shown.length === problems.length ? {} : { omitted: problems.length - shown.length }),
      ...((only?.allowed ?? null) === null ? {} : { allowed: only?.allowed ?? [] })
    }
  })
}

/** A long list of values has room only where nothing else is wrong; `models show` has it always. */
const ruleOf = ({ allowed, instead, problem }: Omit<ParameterProblem, "parameter">): string => {
  const rule = problem.length > 80 && allowed !== null ? `must be one of ${allowed.length} values` : problem
  return `${rule}${instead === null ? "" : ` (use ${instead})`}`
}
export const aspectRatioNotSupported = ({ aspectRatios, id }: Model, aspectRatio: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message:
      aspectRatios.values.length === 0
        ? `${id} has no aspect ratio, so --aspect-ratio ${aspectRatio} cannot be honoured`
        : `--aspect-ratio ${aspectRatio} is not offered by ${id}; it takes ${aspectRatios.values.join(", ")}`,
    recovery: { suggestedCommand: command("models show", positional(id), json), docsUrl: createDocs },
    details: { field: "aspect_ratio", allowed: aspectRatios.values }
  })

export const tooManyOutputs = (model: Model, outputCount: number): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `--output-count ${outputCount} is more than ${model.id} makes at once; its limit is ${model.maxOutputs}`,
    recovery: { suggestedCommand: command("models show", positional(model.id), json), docsUrl: createDocs },
    details: { field: "output_count", minimum: 1, maximum: model.maxOutputs }
  })

/** Exact pixels say more than a ratio, so where the two contradict each other the ratio is what gives way. */
export const sizeRefused = (model: Model, wish: MediaWish, problem: SizeProblem): Refusal => {
  const { height, width } = problem.size
  if (problem._tag === "Contradiction") {
    return new Refusal({
      code: "INVALID_ARGUMENTS",
      message: `width ${width} and height ${height} contradict --aspect-ratio ${wish.aspectRatio}; give one of the two`,
      recovery: {
        suggestedCommand: again({ ...wish, aspectRatio: wish.operation === "create" ? "1:1" : "auto" }),
        docsUrl: docsOf(wish)
      },
      details: { width, height, aspect_ratio: wish.aspectRatio }
    })
  }
  const { maximum, minimum } = problem
  return new Refusal({
    code: "MODEL_PARAMETERS_INVALID",
    message: `width and height give ${width}x${height}; each side must be ${minimum} to ${maximum} pixels`,
    recovery: { suggestedCommand: command("models show", positional(model.id), json), docsUrl: createDocs },
    details: { width, height, minimum, maximum }
  })
}

export const referencesNotSupported = (model: Model | null): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message:
      model === null
        ? "`references` need a model that takes them: name one with --model"
        : `${model.id} takes no references here`,
    recovery: { requiredFlag: "--model", suggestedCommand: listModels, docsUrl: createDocs },
    details: { field: "references" }
  })

export const unknownCost = (model: Model, wish: MediaWish): Refusal =>
  new Refusal({
    code: "BUDGET_REQUIRES_CONFIRMATION",
    message: `the cost of ${model.id} is not known before it runs; confirm that you accept that`,
    recovery: {
      requiredFlag: "--accept-unknown-cost",
      suggestedCommand: again(wish, { model: model.id, acceptUnknownCost: true }),
      docsUrl: docsOf(wish)
    }
  })

export const overBudget = (wish: MediaWish, { guard, requiredUsd }: GuardExceeded): Refusal => {
  const perImage = guard === "max_estimated_usd_per_image"
  const given = perImage ? wish.guard.perOutputUsd : wish.guard.totalUsd
  return new Refusal({
    code: "BUDGET_GUARD_EXCEEDED",
    message: `${perImage ? "one output" : "the request"} would debit ${formatUsd(requiredUsd)} USD, more than --${guard.replaceAll("_", "-")} ${formatUsd(given ?? 0)} allows`,
    recovery: {
      ...(perImage ? { requiredUsdPerImage: requiredUsd } : { requiredUsd }),
      suggestedCommand: again(
        wish,
        perImage ? { maxEstimatedUsdPerImage: formatUsd(requiredUsd) } : { maxUsd: formatUsd(requiredUsd) }
      ),
      docsUrl: docsOf(wish)
    },
    details: { guard, required_usd: requiredUsd, allowed_usd: given }
  })
}

export const contentDenied = (reason: string): Refusal =>
  new Refusal({
    code: "CONTENT_POLICY_DENIED",
    message: `the content policy refuses this request: ${reason}. Nothing was made and no credits were taken`,
    recovery: { docsUrl: createDocs }
  })

/** High-cost and bulk jobs (contract/api.md 3.2). Paid credits raise both limits, where that is enough. */
export const tooMuchForState = (
  credits: number,
  outputCount: number,
  quota: Quota,
  whenPaid: Pick<Limits["Service"], "maxCreditsPerJobWhenPaid" | "maxOutputsWhenPaid">
): Refusal => {
  const { maxCreditsPerJobWhenPaid: paidCredits, maxOutputsWhenPaid: paidOutputs } = whenPaid
  const lifted = quota.dailyJobs.basis === "free_preview" && outputCount <= paidOutputs && credits <= paidCredits
  return new Refusal({
    code: "CAPABILITY_DENIED",
    message: `one job may have ${quota.maxOutputsPerRequest} outputs and ${quota.maxCreditsPerJob} credits here; this has ${outputCount} and ${credits}. ${lifted ? `Paid credits raise that to ${paidOutputs} and ${paidCredits}` : "Ask for less in each job"}`,
    recovery: { suggestedCommand: quotaCommand, docsUrl: createDocs },
    details: {
      max_outputs_per_request: quota.maxOutputsPerRequest,
      max_credits_per_job: quota.maxCreditsPerJob,
      output_count: outputCount,
      credits_required: credits,
      lifted_by: lifted ? "paid_credits" : "smaller_request",
      max_outputs_when_paid: paidOutputs,
      max_credits_when_paid: paidCredits
    }
  })
}

export const dailyCapReached = (quota: Quota, secondsUntilReset: number): Refusal =>
  new Refusal({
    code: "DAILY_JOB_CAP_REACHED",
    message: `the ${quota.dailyJobs.limit} live jobs of this UTC day are used up; the next day starts at ${quota.dailyJobs.resetsAt}`,
    recovery: {
      retryAfterSeconds: secondsUntilReset,
      resetsAt: quota.dailyJobs.resetsAt,
      suggestedCommand: quotaCommand,
      docsUrl: docsUrl("image-skill-credits")
    },
    details: { limit: quota.dailyJobs.limit, used: quota.dailyJobs.used }
  })

export const quotaExceeded = (required: number, remaining: number): Refusal =>
  new Refusal({
    code: "QUOTA_EXCEEDED",
    message: `${required} credits (${formatUsd(creditsToUsd(required))} USD) are needed and ${remaining} are left`,
    recovery: {
      requiredCredits: required,
      remainingCredits: remaining,
      suggestedCommand: command("credits methods", json),
      suggestedCommands: [command("credits methods", json), command("credits packs list", json)],
      docsUrl: docsUrl("image-skill-credits")
    }
  })

export const storageUnavailable = (): Refusal =>
  new Refusal({
    code: "ARTIFACT_STORAGE_UNAVAILABLE",
    message: "media cannot be stored now, so nothing was made and no credits were taken",
    recovery: { retryAfterSeconds: 30, suggestedCommand: command("doctor", json), docsUrl: createDocs }
  })

export const keyConflict = (key: string, wish: MediaWish): Refusal =>
  new Refusal({
    code: "IDEMPOTENCY_KEY_CONFLICT",
    message: "this idempotency key belongs to another request of yours; give a new request a key of its own",
    recovery: {
      idempotencyKey: key,
      suggestedCommand: again(wish, { idempotencyKey: placeholders.KEY }),
      docsUrl: docsOf(wish)
    }
  })

export const inProgress = (job: Job): Refusal =>
  new Refusal({
    code: "IDEMPOTENT_REQUEST_IN_PROGRESS",
    message: "the first request with this key is still running; do not run it under another key",
    recovery: {
      jobId: job.id,
      ...(job.idempotencyKey === null ? {} : { idempotencyKey: job.idempotencyKey }),
      suggestedCommand: waitForJob(job.id),
      retryAfterSeconds: 5,
      docsUrl: docsUrl(`image-skill-${job.operation}`)
    }
  })

/** The refusal that a job's recorded error stands for, with what became of its credits. */
export const jobFailed = (job: Job): Refusal => {
  const error: JobError = job.error ?? {
    code: "INTERNAL_ERROR",
    message: "the job ended without media",
    retryable: false
  }
  const recovery = {
    jobId: job.id,
    ...(job.idempotencyKey === null ? {} : { idempotencyKey: job.idempotencyKey }),
    docsUrl: docsUrl(`image-skill-${job.operation}`)
  }
  return new Refusal({
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    ...(error.code === "ARTIFACT_STORAGE_WRITE_FAILED" && job.step === "ended" ? { moneyMoved: "no" } : {}),
    ...(job.outcome === "unknown" ? { outcome: "unknown", moneyMoved: job.step === "ended" ? "no" : "unknown" } : {}),
    recovery: error.retryable
      ? { ...recovery, suggestedCommand: retryCommand(job), retryAfterSeconds: error.retryAfterSeconds ?? 5 }
      : { ...recovery, suggestedCommand: showJob(job.id) },
    warnings: ["no credits have been captured for this attempt"]
  })
}

/** Somebody stopped it before anything was made. */
export const jobCanceled = (job: Job): Refusal =>
  new Refusal({
    code: "PROVIDER_FAILURE",
    message: "the job was canceled before anything was made; its credits were given back",
    retryable: false,
    recovery: {
      jobId: job.id,
      suggestedCommand: showJob(job.id),
      docsUrl: docsUrl(`image-skill-${job.operation}`)
    }
  })

/** The very same request under the same key; the prompt is the caller's, so it stands as a placeholder. */
const retryCommand = ({ idempotencyKey, request }: Job) =>
  again(
    { ...request.wish, media: request.media, prompt: request.promptCharacters === 0 ? "" : "PROMPT", dryRun: false },
    idempotencyKey === null ? {} : { idempotencyKey }
  )

export const stillRunning = (job: Job): Refusal =>
  new Refusal({
    code: "PROVIDER_TIMEOUT",
    message: "the work goes on but this request stops waiting for it; look the job up, do not run it again",
    recovery: {
      jobId: job.id,
      ...(job.idempotencyKey === null ? {} : { idempotencyKey: job.idempotencyKey }),
      suggestedCommand: waitForJob(job.id),
      retryAfterSeconds: 5,
      docsUrl: docsUrl(`image-skill-${job.operation}`)
    }
  })
