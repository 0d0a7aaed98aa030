import { codeMutants } from "./payments/CodeMutants.ts"
import * as CountingIds from "@image-skill/testing/envelope/CountingIds"
import * as CountingSecretBytes from "@image-skill/testing/envelope/CountingSecretBytes"
import { simulate } from "@image-skill/testing/payments/PaymentSimulation"
import * as MemoryRepositories from "@image-skill/testing/store/MemoryRepositories"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
const memory = Layer.fresh(Layer.merge(Layer.provide(MemoryRepositories.layer, CountingSecretBytes.layer), CountingIds.layer))
await Effect.runPromise(Effect.gen(function* () {
  const rows = yield* PaymentStore
  const r: any = yield* simulate({ seed: Number(process.env["SEED"]), mutation: codeMutants.find((m) => m.by.startsWith(process.env["M"]!))!.mutate })
  const d = yield* rows.dump
  for (const v of r.violations.slice(0,5)) { console.log(r.round, v)
    const id = v.message.match(/payatt_\d+/)?.[0]
    console.log(d.attempts.find((a) => a.id === id)) 
    const rc = v.message.match(/receipt_\d+/)?.[0]
    const rec = d.receipts.find((x) => x.id === rc)
    if (rec) { console.log(rec, d.attempts.find((a)=>a.id===rec.attemptId), d.reversals.filter((x)=>x.receiptId===rc)) }
  }
}).pipe(Effect.provide(memory)))
