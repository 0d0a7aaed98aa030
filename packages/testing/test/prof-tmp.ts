import * as CountingIds from "@image-skill/testing/envelope/CountingIds"
import * as CountingSecretBytes from "@image-skill/testing/envelope/CountingSecretBytes"
import { simulate } from "@image-skill/testing/payments/PaymentSimulation"
import * as MemoryRepositories from "@image-skill/testing/store/MemoryRepositories"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
const memory = Layer.fresh(Layer.merge(Layer.provide(MemoryRepositories.layer, CountingSecretBytes.layer), CountingIds.layer))
const from = Number(process.env["FROM"] ?? 0)
await Effect.runPromise(Effect.gen(function* () {
  const totals: any = { deeds: 0, crashes: 0, failures: 0, receipts: 0, reversals: 0, bad: 0 }
  const t = performance.now()
  const kinds: any = {}
  for (let seed = from; seed < from + Number(process.env["N"] ?? 20); seed++) {
    const r: any = yield* simulate({ seed }).pipe(Effect.provide(memory))
    for (const k of ["deeds","crashes","failures","receipts","reversals"]) totals[k] += r[k] ?? r.books.payments[k].length
    if (r.violations.length) {
      totals.bad++
      for (const k of new Set<string>(r.violations.map((v: any) => `${v.invariant} ${v.message.replace(/[0-9]+/g, "#").slice(0, 110)}`))) kinds[k] = [...(kinds[k] ?? []), seed].slice(0,8)
      if (totals.bad < 4) console.log(seed, r.round, r.violations.slice(0, 3).map((v: any) => `${v.invariant} ${v.message.slice(0, 1500)}`))
    }
  }
  console.log(totals, kinds, Math.round(performance.now() - t))
}))
