import * as CountingIds from "@image-skill/testing/envelope/CountingIds"
import * as CountingSecretBytes from "@image-skill/testing/envelope/CountingSecretBytes"
import { simulate } from "@image-skill/testing/payments/PaymentSimulation"
import * as MemoryRepositories from "@image-skill/testing/store/MemoryRepositories"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
const repositories = Layer.fresh(Layer.merge(Layer.provide(MemoryRepositories.layer, CountingSecretBytes.layer), CountingIds.layer))
await Effect.runPromise(Effect.gen(function* () {
  for (let seed = 1; seed <= 300; seed += 1) {
    const { books: { ledger, payments } } = yield* simulate({ seed, rounds: 60 }).pipe(Effect.provide(repositories))
    const f = [payments.receipts.length > 1, payments.receipts.some(({ reversedCredits }) => reversedCredits > 0), payments.reversals.some(({ kind }) => kind === "reinstatement"), ledger.debts.length > 0]
    if (f.filter((x) => !x).length === 0) console.log(seed, f.map(Number).join(""))
  }
}))
