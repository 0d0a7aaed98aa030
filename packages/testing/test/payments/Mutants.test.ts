import { assert, describe, it } from "@effect/vitest"
import { type Books, checkLedger } from "@image-skill/core/payments/CheckLedger"
import * as CountingIds from "@image-skill/testing/envelope/CountingIds"
import * as CountingSecretBytes from "@image-skill/testing/envelope/CountingSecretBytes"
import { attempt, quote } from "@image-skill/testing/payments/PaymentSample"
import { simulate, type SimulationReport } from "@image-skill/testing/payments/PaymentSimulation"
import * as MemoryRepositories from "@image-skill/testing/store/MemoryRepositories"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { codeMutants } from "./CodeMutants.ts"
import { spoiledBooks } from "./SpoiledBooks.ts"

const repositories = Layer.fresh(
  Layer.merge(Layer.provide(MemoryRepositories.layer, CountingSecretBytes.layer), CountingIds.layer)
)

/** Books of a whole simulation, in which everything is that is spoiled below. */
class Sound extends Context.Service<Sound, SimulationReport>()("test/payments/Sound") {
  static readonly layer = Layer.effect(
    Sound,
    Effect.gen(function* () {
      for (let seed = 1; seed <= 300; seed += 1) {
        const report = yield* simulate({ seed, rounds: 60 }).pipe(Effect.provide(repositories))
        if (isRich(report)) return { ...report, books: withOpenPayment(report.books) }
      }
      return yield* Effect.die("no simulation has all rows that are spoiled")
    })
  )
}

const isRich = ({ books: { ledger, payments } }: SimulationReport): boolean =>
  payments.receipts.length > 1 &&
  payments.receipts.some(({ reversedCredits }) => reversedCredits > 0) &&
  payments.reversals.some(({ kind }) => kind === "reinstatement") &&
  payments.events.length > 0 &&
  ledger.debts.length > 0

/** At the end of a simulation nothing is open any more. */
const withOpenPayment = ({ payments, ...others }: Books): Books => ({
  ...others,
  payments: {
    ...payments,
    quotes: [...payments.quotes, quote("open", { state: "purchase_started" })],
    attempts: [...payments.attempts, attempt("open", { status: "requires_action", handles: ["session_open"] })]
  }
})

describe("checkLedger", () => {
  it.layer(Sound.layer)((it) => {
    it.effect("finds nothing in sound books", () =>
      Effect.gen(function* () {
        const { books, truths } = yield* Sound
        assert.deepStrictEqual(checkLedger(books, truths), [])
      })
    )

    it.effect.each(spoiledBooks)("finds that invariant $breaks is broken by $by", ({ breaks, spoil }) =>
      Effect.gen(function* () {
        const spoiled = spoil(yield* Sound)
        const found = checkLedger(spoiled.books, spoiled.truths)
        assert.include(
          found.map(({ invariant }) => invariant),
          breaks,
          JSON.stringify(found)
        )
      })
    )
  })

  it("has a mutant for every invariant of payments", () => {
    const broken = new Set([...spoiledBooks, ...codeMutants].map(({ breaks }) => breaks))
    assert.deepStrictEqual(
      [...broken].toSorted((left, right) => left - right),
      Array.from({ length: 21 }, (_, index) => index + 1)
    )
  })
})

describe("the simulation", () => {
  it.effect.each(codeMutants)("finds by invariant $breaks, within 40 seeds, $by", ({ breaks, mutate }) =>
    Effect.gen(function* () {
      for (let seed = 1; seed <= 40; seed += 1) {
        const { violations } = yield* simulate({ seed, mutation: mutate }).pipe(Effect.provide(repositories))
        if (violations.some(({ invariant }) => invariant === breaks)) return
      }
      assert.fail("nobody found it out")
    })
  )
})
