import { groupBy } from "@image-skill/core/credits/CheckCredits"
import { type Hold, sum } from "@image-skill/core/credits/Hold"
import { isTerminal, type Job } from "@image-skill/core/jobs/Job"
import type { Asset } from "@image-skill/core/media/Asset"
import type { InvariantName, Violation } from "./CheckAnswers.ts"
import type { Accepted } from "./MediaWorld.ts"
import type { State } from "./State.ts"

/** What of the world outside a check of jobs needs. */
export interface JobWorld {
  readonly accepted: ReadonlyArray<Accepted>
  readonly isStored: (sha256: string) => boolean
}

const violation = (invariant: InvariantName, message: string): Violation => ({ invariant, message })

/** Jobs against their rows, their credits, their assets, and what the providers took. */
export const checkJobs = (state: State, world: JobWorld): ReadonlyArray<Violation> => {
  const { assets, books, jobs } = state
  const holds = new Map(books.ledger.holds.map((hold) => [hold.id, hold]))
  const mine = groupBy(
    assets.filter(({ kind }) => kind !== "derived"),
    ({ jobId }) => jobId
  )
  const taken = groupBy(world.accepted, ({ jobId }) => jobId)
  const known = new Set(jobs.map(({ id }) => id))
  return [
    ...jobs.flatMap((job) => {
      const hold = job.holdId === null ? null : (holds.get(job.holdId) ?? null)
      return [
        ...steps(job),
        ...credits(job, hold),
        ...media(job, mine.get(job.id) ?? [], world),
        ...paidOnce(job, taken.get(job.id) ?? [])
      ]
    }),
    ...books.ledger.holds
      .filter(({ jobId }) => !known.has(jobId))
      .map(({ id }) => violation("jobs and credits agree", `${id} reserves credits for no job`))
  ]
}

/** What may still be under way when faults are over, and must come to its end (see `settled`). */
export const checkEnded = ({ books, jobs }: State): ReadonlyArray<Violation> => [
  ...jobs
    .filter(({ status, step }) => step !== "ended" && status !== "planned")
    .map(({ id, status, step }) => violation("everything ends", `${id} is still ${status}, at step ${step}`)),
  ...books.ledger.holds
    .filter(({ state }) => state === "open")
    .map(({ id, jobId }) => violation("everything ends", `${id} still holds credits for ${jobId}`))
]

/** A row says all that its step needs, and nothing that must be gone by then. */
const steps = (job: Job): ReadonlyArray<Violation> => {
  const { handle, id, input, owner, produced, status, step } = job
  const wrong = (message: string) => violation("jobs and credits agree", `${id} ${message}`)
  return [
    ...(step === "polling" && handle === null ? [wrong("is polled without a handle")] : []),
    ...(step === "produced" && produced === null ? [wrong("is produced without outputs")] : []),
    ...(step === "ended" && !isTerminal(job) && status !== "planned" ? [wrong(`has ended as ${status}`)] : []),
    ...(step === "ended" && owner !== null ? [wrong("has ended and has an owner")] : []),
    ...(step === "ended" && input !== null
      ? [violation("secrets stay where they belong", `${id} keeps its prompt`)]
      : []),
    ...(step !== "ended" && input === null ? [wrong("has lost its input")] : [])
  ]
}

/** No asset, no debit; never more than was held, nor than the outputs that were delivered cost. */
const credits = ({ holdId, id, price, produced, request, status, step }: Job, hold: Hold | null) => {
  const wrong = (message: string) => [violation("jobs and credits agree", `${id} ${message}`)]
  if (holdId === null) return []
  if (hold === null) return wrong(`has lost its hold ${holdId}`)
  if (hold.jobId !== id) return wrong(`has the hold of ${hold.jobId}`)
  if (step !== "ended") return hold.state === "open" ? [] : wrong(`goes on, and its hold is ${hold.state}`)
  if (status !== "completed")
    return hold.state === "released" || hold.state === "expired"
      ? []
      : wrong(`is ${status}, and its hold ${hold.state}`)
  const captured = sum(hold.captured)
  if (hold.state !== "captured") return wrong(`is completed, and its hold is ${hold.state}`)
  if (captured > sum(hold.held)) return wrong(`held ${sum(hold.held)} credits and took ${captured}`)
  const delivered = produced?.outputs.length ?? 0
  const most = Math.ceil((price.credits * delivered) / Math.max(1, request.wish.outputCount))
  return price.providerCost !== null && captured > most
    ? wrong(`delivered ${delivered} of ${request.wish.outputCount} outputs and took ${captured} of ${price.credits}`)
    : []
}

/** A completed job has its assets, and each of them has its bytes; any other job has none. */
const media = ({ id, operation, produced, status, step }: Job, assets: ReadonlyArray<Asset>, world: JobWorld) => {
  const wrong = (message: string) => violation("what was made is delivered or released", `${id} ${message}`)
  if (step !== "ended" || status !== "completed")
    return assets.length === 0 ? [] : [wrong(`is ${status} and has assets`)]
  const wanted = operation === "upload" ? 1 : (produced?.outputs.length ?? 0)
  return [
    ...(wanted > 0 && assets.length === wanted ? [] : [wrong(`has ${assets.length} assets of ${wanted} outputs`)]),
    ...assets
      .filter(({ deletedAt, sha256 }) => deletedAt === null && !world.isStored(sha256))
      .map((asset) => wrong(`has ${asset.id}, whose bytes are nowhere`))
  ]
}

/** A provider is paid once for a job; and what it made is not called a failure that made nothing. */
const paidOnce = ({ error, id, outcome, status, step }: Job, accepted: ReadonlyArray<Accepted>) => [
  ...(accepted.length > 1
    ? [violation("one job is one paid call", `${id} was taken ${accepted.length} times by its provider`)]
    : []),
  ...(step === "ended" &&
  status === "failed" &&
  outcome === null &&
  error?.code !== "ARTIFACT_STORAGE_WRITE_FAILED" &&
  accepted.some(({ comesTo }) => comesTo === "media")
    ? [violation("what was made is delivered or released", `${id} failed as if its provider had made nothing`)]
    : [])
]
