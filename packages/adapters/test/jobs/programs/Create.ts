// Creates once, and dies by SIGKILL at the boundary that it was told: before one of the calls to a port, or at the end.
import { appendFileSync } from "node:fs"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { DailySlots } from "@image-skill/core/credits/DailySlots"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { Assets } from "@image-skill/core/media/Assets"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import { Store } from "@image-skill/core/store/Store"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { main, tell, words } from "../../Program.ts"
import { serviceOver, stores } from "../Composition.ts"

const [folder = "", token = "", repeatable = "", fatal = ""] = words

let boundary = 0
let armed = false

const pass = (what: string): void => {
  if (!armed) return
  boundary += 1
  if (boundary !== Number(fatal)) return
  tell({ killedAt: what })
  process.kill(process.pid, "SIGKILL")
}

/** What the services here give is an effect that needs nothing more; its failures pass through untouched. */
const isCall = (value: unknown): value is Effect.Effect<unknown> => Effect.isEffect(value)

/** The same service with a boundary before each of its calls. A lease is renewed by the clock, so that counts for nothing. */
const watched = <S extends object>(name: string, service: S): S =>
  new Proxy(service, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key)
      const call = `${name}.${String(key)}`
      if (call === "JobStore.renew") return member
      if (isCall(member)) return watch(call, member)
      if (typeof member !== "function") return member
      return (...args: ReadonlyArray<unknown>): unknown => {
        const result: unknown = Reflect.apply(member, target, args)
        return isCall(result) ? watch(call, result) : result
      }
    }
  })

const watch = <A, E, R>(call: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    pass(`before ${call}`)
    return effect
  })

const kept = Layer.mergeAll(
  Layer.effect(
    Store,
    Effect.map(Store, (service) => watched("Store", service))
  ),
  Layer.effect(
    JobStore,
    Effect.map(JobStore, (service) => watched("JobStore", service))
  ),
  Layer.effect(
    LedgerStore,
    Effect.map(LedgerStore, (service) => watched("LedgerStore", service))
  ),
  Layer.effect(
    DailySlots,
    Effect.map(DailySlots, (service) => watched("DailySlots", service))
  ),
  Layer.effect(
    ActivityLog,
    Effect.map(ActivityLog, (service) => watched("ActivityLog", service))
  ),
  Layer.effect(
    Assets,
    Effect.map(Assets, (service) => watched("Assets", service))
  ),
  Layer.effect(
    ArtifactStore,
    Effect.map(ArtifactStore, (service) => watched("ArtifactStore", service))
  )
).pipe(Layer.provideMerge(stores(folder)))

main(
  Effect.gen(function* () {
    const fake = yield* FakeMediaProvider.make(undefined, { repeatable: repeatable === "repeatable" })
    const provider = watched("MediaProvider", {
      ...fake,
      generate: (request: Parameters<typeof fake.generate>[0]) =>
        Effect.suspend(() => {
          appendFileSync(`${folder}/calls`, "x")
          return fake.generate(request)
        })
    })
    yield* Effect.gen(function* () {
      const service = yield* ServiceApi
      armed = true
      const answer = yield* service.create(
        { prompt: "a red boat", model: "fake.painter", idempotencyKey: "boat-1" },
        Redacted.make(token)
      )
      pass("at the end")
      tell({ ended: answer.envelope.ok, boundaries: boundary })
    }).pipe(Effect.provide(serviceOver(kept, provider)))
  })
)
