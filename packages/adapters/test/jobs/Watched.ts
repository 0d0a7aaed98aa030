import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { DailySlots } from "@image-skill/core/credits/DailySlots"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { AnswerSpool } from "@image-skill/core/media/AnswerSpool"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { Assets } from "@image-skill/core/media/Assets"
import type { MediaProvider } from "@image-skill/core/media/MediaProvider"
import { Store } from "@image-skill/core/store/Store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { stores } from "./Composition.ts"

/** Is told of every boundary before it is passed. */
export type Pass = (boundary: string) => void

/** What the services here give is an effect that needs nothing more; its failures pass through untouched. */
const isCall = (value: unknown): value is Effect.Effect<unknown> => Effect.isEffect(value)

const before = <A, E, R>(pass: Pass, call: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    pass(`before ${call}`)
    return effect
  })

/** The same service with a boundary before each of its calls. A lease is renewed by the clock, so that counts for nothing. */
const watched = <S extends object>(pass: Pass, name: string, service: S): S =>
  new Proxy(service, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key)
      const call = `${name}.${String(key)}`
      if (call === "JobStore.renew") return member
      if (isCall(member)) return before(pass, call, member)
      if (typeof member !== "function") return member
      return (...args: ReadonlyArray<unknown>): unknown => {
        const result: unknown = Reflect.apply(member, target, args)
        return isCall(result) ? before(pass, call, result) : result
      }
    }
  })

/** What a data folder keeps, with a boundary before every call. */
export const watchedStores = (folder: string, pass: Pass) =>
  Layer.mergeAll(
    Layer.effect(
      Store,
      Effect.map(Store, (service) => watched(pass, "Store", service))
    ),
    Layer.effect(
      JobStore,
      Effect.map(JobStore, (service) => watched(pass, "JobStore", service))
    ),
    Layer.effect(
      LedgerStore,
      Effect.map(LedgerStore, (service) => watched(pass, "LedgerStore", service))
    ),
    Layer.effect(
      DailySlots,
      Effect.map(DailySlots, (service) => watched(pass, "DailySlots", service))
    ),
    Layer.effect(
      ActivityLog,
      Effect.map(ActivityLog, (service) => watched(pass, "ActivityLog", service))
    ),
    Layer.effect(
      Assets,
      Effect.map(Assets, (service) => watched(pass, "Assets", service))
    ),
    Layer.effect(
      ArtifactStore,
      Effect.map(ArtifactStore, (service) => watched(pass, "ArtifactStore", service))
    ),
    Layer.effect(
      AnswerSpool,
      Effect.map(AnswerSpool, (service) => watched(pass, "AnswerSpool", service))
    )
  ).pipe(Layer.provideMerge(stores(folder)))

/** A provider with a boundary on either side of its calls: after the second one it has done what it was asked for. */
export const watchedProvider = (pass: Pass, provider: MediaProvider): MediaProvider => {
  const around = <A, E>(call: string, effect: Effect.Effect<A, E>) =>
    Effect.tap(before(pass, `MediaProvider.${call}`, effect), () =>
      Effect.sync(() => pass(`after MediaProvider.${call}`))
    )
  return {
    ...provider,
    submit: (request) => around("submit", provider.submit(request)),
    poll: (handle) => around("poll", provider.poll(handle)),
    outputs: (answer, request) => around("outputs", provider.outputs(answer, request))
  }
}
