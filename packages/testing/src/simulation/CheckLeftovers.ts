import type { InvariantName, Violation } from "./CheckAnswers.ts"
import type { State } from "./State.ts"

/** What a service has besides its rows of jobs and assets. */
export interface Leftovers {
  /** How many slots of all days an allowance has used. */
  readonly slots: (allowanceKey: string) => number
  /** Jobs whose raw answer is still kept. */
  readonly answers: ReadonlyArray<string>
  /** Names of stored bytes. */
  readonly bytes: ReadonlyArray<string>
}

const violation = (invariant: InvariantName, message: string): Violation => ({ invariant, message })

/**
 * When everything has ended and a day has passed: the day's slots that are used are those of paid jobs, no provider's
 * answer outlives its job, and no bytes are left that nobody owns.
 */
export const checkLeftovers = ({ assets, jobs }: State, left: Leftovers): ReadonlyArray<Violation> => {
  const owned = new Set(assets.flatMap(({ deletedAt, sha256 }) => (deletedAt === null ? [sha256] : [])))
  const allowances = [...new Set(jobs.map(({ allowanceKey }) => allowanceKey))]
  return [
    ...allowances.flatMap((key) => {
      const paid = jobs.filter(
        ({ allowanceKey, holdId, status }) => allowanceKey === key && holdId !== null && status === "completed"
      ).length
      const used = left.slots(key)
      return used === paid
        ? []
        : [violation("jobs and credits agree", `${paid} paid jobs have used ${used} daily slots`)]
    }),
    ...left.answers.map((id) => violation("everything ends", `the answer of ${id} is still kept`)),
    ...left.bytes
      .filter((sha256) => !owned.has(sha256))
      .map((sha256) => violation("everything ends", `nobody owns the bytes of ${sha256}`))
  ]
}
