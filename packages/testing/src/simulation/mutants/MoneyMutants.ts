import type { Journal, JournalKind, Posting } from "@image-skill/core/credits/Journal"
import type { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import * as Effect from "effect/Effect"
import type { Mutant } from "../Mutants.ts"
import type { Mutation } from "../Mutation.ts"

/** Of credits and payments. */
export const mutants: ReadonlyArray<Mutant> = [
  {
    name: "keeps-the-hold-of-a-failed-job",
    breaks: "forgets to give back what a failed job had reserved",
    foundBy: "jobs and credits agree",
    seed: 1,
    mutation: () => ({
      ports: ({ ledger }) => ({
        ledger: {
          append: (journal, postings) =>
            journal.kind === "operation_release" ? Effect.void : ledger.append(journal, postings),
          closeHold: (hold) => (hold.state === "captured" ? ledger.closeHold(hold) : Effect.succeed(true))
        }
      })
    })
  },
  {
    name: "keeps-the-daily-slot",
    breaks: "counts a job against the day's jobs that failed and cost nothing",
    foundBy: "jobs and credits agree",
    seed: 1,
    mutation: () => ({ ports: () => ({ slots: { giveBack: () => Effect.void } }) })
  },
  {
    name: "captures-twice",
    breaks: "takes the credits of a job twice",
    foundBy: "the books are in order",
    seed: 1,
    mutation: () => writingTwice("operation_capture")
  },
  {
    name: "releases-twice",
    breaks: "gives the credits of a job back twice",
    foundBy: "the books are in order",
    seed: 1,
    mutation: () => writingTwice("operation_release")
  },
  {
    name: "grants-twice",
    breaks: "grants the credits of a payment twice",
    foundBy: "the books are in order",
    seed: 1,
    mutation: () => writingTwice("payment_backed_grant")
  },
  {
    name: "grants-without-proof",
    breaks: "takes a payment for settled that was only begun",
    foundBy: "the books are in order",
    seed: 3,
    mutation: () => ({
      rail: (rail) => ({
        ...rail,
        read: (attempt) =>
          Effect.map(rail.read(attempt), (truth) =>
            truth.settled === null && truth.status === "requires_action"
              ? {
                  ...truth,
                  status: "succeeded" as const,
                  settled: {
                    quotedCents: attempt.amountCents,
                    paidCents: attempt.amountCents,
                    currency: "usd",
                    liveMoney: true,
                    chain: null
                  }
                }
              : truth
          )
      })
    })
  },
  {
    name: "grants-silently",
    breaks: "captures credits without an event that tells of it",
    foundBy: "the books are in order",
    seed: 1,
    mutation: () => ({
      ports: ({ activity }) => ({
        activity: {
          append: (event) => (event.type === "usage.credit_consumed" ? Effect.void : activity.append(event))
        }
      })
    })
  },
  {
    name: "holds-nothing",
    breaks: "reserves credits for a job and forgets whose they are",
    foundBy: "jobs and credits agree",
    seed: 1,
    mutation: () => ({
      ports: ({ ledger }) => ({
        ledger: { insertHold: (hold) => ledger.insertHold({ ...hold, jobId: "job_00000000000000000000" }) }
      })
    })
  }
]

const writingTwice = (kind: JournalKind): Mutation => ({
  ports: ({ ledger }) => ({
    ledger: {
      append: (journal, postings) =>
        journal.kind === kind ? twice(ledger, journal, postings) : ledger.append(journal, postings)
    }
  })
})

const twice = (ledger: LedgerStore["Service"], journal: Journal, postings: ReadonlyArray<Posting>) =>
  Effect.andThen(
    ledger.append(journal, postings),
    ledger.append(
      { ...journal, id: `${journal.id}_again`, key: `${journal.key}:again` },
      postings.map((posting) => ({
        ...posting,
        journalId: `${journal.id}_again`,
        seq: posting.seq + 1,
        balanceAfter: posting.balanceAfter + posting.amount
      }))
    )
  )
