import * as Schema from "effect/Schema"
import { command, flag, json, render } from "../../envelope/CommandLine.ts"
import { nextActionsToWire, NextActionsWire } from "../../envelope/NextAction.ts"
import { executable } from "../../envelope/Product.ts"
import { bareStart } from "../../envelope/Start.ts"
import { wire } from "../../envelope/Wire.ts"
import type { Canceled, CancelState } from "../../jobs/CancelJob.ts"
import { type Job, jobOperations, jobStatuses } from "../../jobs/Job.ts"
import { showJob, waitForJob } from "../../jobs/JobCommands.ts"
import { creditsOf } from "./Jobs.ts"

/** One line of a list of jobs; `jobs show` has the rest. */
const JobLine = wire({
  jobId: Schema.String,
  operation: Schema.Literals(jobOperations),
  status: Schema.Literals(jobStatuses),
  outcome: Schema.NullOr(Schema.Literal("unknown")),
  createdAt: Schema.String,
  completedAt: Schema.NullOr(Schema.String),
  capabilityId: Schema.String,
  creditsReserved: Schema.Number,
  creditsCaptured: Schema.Number,
  errorCode: Schema.NullOr(Schema.String),
  idempotencyKey: Schema.NullOr(Schema.String),
  command: Schema.String
})

const jobLine = (job: Job): typeof JobLine.Type => {
  const credits = creditsOf(job)
  const isLive = job.status === "queued" || job.status === "running"
  return {
    jobId: job.id,
    operation: job.operation,
    status: job.status,
    outcome: job.outcome,
    createdAt: job.createdAt,
    completedAt: job.endedAt,
    capabilityId: job.capabilityId,
    creditsReserved: isLive ? (credits?.reserved ?? 0) : 0,
    creditsCaptured: credits?.captured ?? 0,
    errorCode: job.error?.code ?? null,
    idempotencyKey: job.idempotencyKey,
    command: render(isLive ? waitForJob(job.id) : showJob(job.id), executable)
  }
}

export const JobsListAnswer = wire({
  request: wire({ limit: Schema.Number, status: Schema.NullOr(Schema.String) }),
  jobs: Schema.Array(JobLine),
  nextCursor: Schema.NullOr(Schema.String),
  nextCommand: Schema.NullOr(Schema.String)
})

export const jobsListAnswer = (
  request: { readonly limit: number; readonly status: string | null },
  jobs: ReadonlyArray<Job>,
  nextCursor: string | null
): typeof JobsListAnswer.Type => ({
  request,
  jobs: jobs.map(jobLine),
  nextCursor,
  nextCommand:
    nextCursor === null
      ? null
      : render(
          command(
            "jobs list",
            flag("limit", `${request.limit}`),
            request.status === null ? null : flag("status", request.status),
            flag("cursor", nextCursor),
            json
          ),
          executable
        )
})

const cancelStates = ["canceled", "requested", "not_possible", "too_late"] as const

export const JobsCancelAnswer = wire({
  request: wire({ jobId: Schema.String }),
  job: JobLine,
  cancellation: wire({
    state: Schema.Literals(cancelStates),
    /** What it costs, in one sentence. */
    billing: Schema.String
  }),
  status: Schema.Literals(jobStatuses),
  nextActions: NextActionsWire,
  nextCommand: Schema.String
})

export const jobsCancelAnswer = ({ job, state }: Canceled): typeof JobsCancelAnswer.Type => {
  const line = jobLine(job)
  const isLive = line.status === "queued" || line.status === "running"
  const next = isLive ? waitForJob(job.id) : showJob(job.id)
  return {
    request: { jobId: job.id },
    job: line,
    cancellation: { state, billing: billingOf(state, line) },
    status: job.status,
    nextActions: nextActionsToWire({ look: { command: next, effect: "read" } }, bareStart),
    nextCommand: render(next, executable)
  }
}

const billingOf = (state: CancelState, { creditsCaptured, creditsReserved }: typeof JobLine.Type): string => {
  switch (state) {
    case "canceled":
      return "nothing was made; whatever was reserved was given back, and 0 credits were charged"
    case "requested":
      return `the provider was asked to stop; if it delivers all the same, up to ${creditsReserved} credits are charged for what it made, else they are given back`
    case "not_possible":
      return `this provider cannot be asked to stop; if it delivers, up to ${creditsReserved} credits are charged, else they are given back`
    case "too_late":
      if (creditsReserved > 0)
        return `the provider has delivered already; up to ${creditsReserved} credits are charged once that is stored`
      return creditsCaptured > 0
        ? `the job had ended before; its ${creditsCaptured} credits were charged for what it made`
        : "the job had ended before; it charged 0 credits"
  }
}
