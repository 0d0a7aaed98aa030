import { type Books, checkLedger } from "@image-skill/core/payments/CheckLedger"
import { grantsAreTrue, settledIsGranted } from "@image-skill/core/payments/CheckTruths"
import { checkHistory } from "../payments/CheckHistory.ts"
import type { InvariantName, Violation } from "./CheckAnswers.ts"
import { checkEnded, checkJobs } from "./CheckJobs.ts"
import { checkLeftovers } from "./CheckLeftovers.ts"
import * as CheckSecrets from "./CheckSecrets.ts"
import type { World } from "./World.ts"

/** Proves what is committed by every invariant. */
export interface Judge {
  /** After a step; what has not changed is not looked at again. */
  readonly afterStep: () => ReadonlyArray<Violation>
  /** When faults are over and time has passed: everything has ended. */
  readonly afterCalm: () => ReadonlyArray<Violation>
  /** When the payment provider was asked for all it knows, too. */
  readonly atTheEnd: () => ReadonlyArray<Violation>
}

export const make = (world: World): Judge => {
  const { answers, database, kept, media, payments, seen } = world
  const secrets = CheckSecrets.make(world.secrets)
  let before = noBooks
  let version = -1

  const afterStep = (): ReadonlyArray<Violation> => {
    const found = world.violations.splice(0)
    if (database.version() === version) return found
    version = database.version()
    const state = seen.state()
    const { books } = state
    const all = [
      ...found,
      ...numbered("the books are in order", checkLedger(books)),
      ...numbered("the books are in order", grantsAreTrue(books.payments, payments.truths())),
      ...numbered("history is not rewritten", checkHistory(before, books)),
      ...checkJobs(state, { accepted: media.accepted(), isStored: kept.isStored }),
      ...answers.broken(state),
      ...secrets.fresh(kept.places())
    ]
    before = books
    return all
  }

  return {
    afterStep,
    afterCalm: () => {
      const state = seen.state()
      return [
        ...afterStep(),
        ...checkEnded(state),
        ...numbered("everything ends", settledIsGranted(state.books.payments, payments.truths()))
      ]
    },
    atTheEnd: () => [
      ...afterStep(),
      ...numbered("the books are in order", checkLedger(before, payments.truths())),
      ...checkLeftovers(seen.state(), kept.leftovers()),
      ...secrets.all(kept.everything())
    ]
  }
}

const numbered = (
  invariant: InvariantName,
  found: ReadonlyArray<{ readonly invariant: number; readonly message: string }>
): ReadonlyArray<Violation> =>
  found.map(({ invariant: number, message }) => ({ invariant, message: `(${number}) ${message}` }))

const noBooks: Books = {
  ledger: { accounts: [], journals: [], postings: [], holds: [], debts: [] },
  payments: { quotes: [], attempts: [], receipts: [], reversals: [], events: [] },
  events: []
}
