// How much of a whole simulated service one thread gets through, beside the simulation of payments alone.
// By itself: npm run bench -- simulator
import * as CountingIds from "@image-skill/testing/envelope/CountingIds"
import * as CountingSecretBytes from "@image-skill/testing/envelope/CountingSecretBytes"
import * as PaymentSimulation from "@image-skill/testing/payments/PaymentSimulation"
import { simulate } from "@image-skill/testing/simulation/Simulation"
import * as MemoryRepositories from "@image-skill/testing/store/MemoryRepositories"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { note } from "./row.mjs"

/** @import { Row } from "./row.mjs" */

const seeds = 10

/** @returns {Promise<ReadonlyArray<Row>>} */
export const run = async () => {
  simulate({ seed: 0 })
  await payments(0)
  const whole = await perSecond((seed) => Promise.resolve(simulate({ seed }).step))
  const paid = await perSecond(payments)
  return [note("simulator: checked steps of a whole service, beside rounds of payments alone", whole, paid, "/s")]
}

const repositories = Layer.fresh(
  Layer.merge(Layer.provide(MemoryRepositories.layer, CountingSecretBytes.layer), CountingIds.layer)
)

/** @param {number} seed */
const payments = (seed) =>
  Effect.runPromise(
    Effect.map(PaymentSimulation.simulate({ seed }).pipe(Effect.provide(repositories)), ({ round }) => round)
  )

/** @param {(seed: number) => Promise<number>} play */
const perSecond = async (play) => {
  const began = performance.now()
  let steps = 0
  for (let seed = 1; seed <= seeds; seed += 1) steps += await play(seed)
  return (steps * 1_000) / (performance.now() - began)
}
