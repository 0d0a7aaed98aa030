import { DailySlots } from "@image-skill/core/credits/DailySlots"
import { SpendPolicies } from "@image-skill/core/credits/SpendPolicies"
import { FeedbackStore } from "@image-skill/core/feedback/FeedbackStore"
import { Agents } from "@image-skill/core/identity/Agents"
import { ClaimRequests } from "@image-skill/core/identity/ClaimRequests"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { Assets } from "@image-skill/core/media/Assets"
import { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Faults } from "../payments/FaultyStores.ts"

type Rows = Agents | ClaimRequests | SpendPolicies | DailySlots | JobStore | Assets | FeedbackStore

/** Lets everybody else go first after it has read. */
const slow =
  <Input extends ReadonlyArray<unknown>, A>(read: (...input: Input) => Effect.Effect<A, StoreUnavailable>) =>
  (...input: Input): Effect.Effect<A, StoreUnavailable> =>
    Effect.tap(read(...input), Effect.yieldNow)

/** The rows that `FaultyStores` leaves out, written by the same process that may fail or die at any write. */
export const layer = (faults: Faults): Layer.Layer<Rows, never, Rows> => {
  const hit = Effect.suspend((): Effect.Effect<void, StoreUnavailable> => {
    const blow = faults.next()
    if (blow === "none") return Effect.void
    return blow === "crash" ? faults.crash : Effect.fail(new StoreUnavailable({ reason: "busy", message: "busy" }))
  })
  const hard =
    <Input extends ReadonlyArray<unknown>, A>(write: (...input: Input) => Effect.Effect<A, StoreUnavailable>) =>
    (...input: Input): Effect.Effect<A, StoreUnavailable> =>
      Effect.andThen(hit, write(...input))
  return Layer.effectContext(
    Effect.gen(function* () {
      const agents = yield* Agents
      const claims = yield* ClaimRequests
      const policies = yield* SpendPolicies
      const slots = yield* DailySlots
      const jobs = yield* JobStore
      const assets = yield* Assets
      const feedback = yield* FeedbackStore
      return Context.make(Agents, { ...agents, insert: hard(agents.insert), rotate: hard(agents.rotate) }).pipe(
        Context.add(ClaimRequests, { ...claims, put: hard(claims.put), close: hard(claims.close) }),
        Context.add(SpendPolicies, {
          ...policies,
          setPolicy: hard(policies.setPolicy),
          insertApproval: hard(policies.insertApproval),
          updateApproval: hard(policies.updateApproval)
        }),
        Context.add(DailySlots, { ...slots, take: hard(slots.take), giveBack: hard(slots.giveBack) }),
        Context.add(JobStore, {
          ...jobs,
          find: slow(jobs.find),
          findByKey: slow(jobs.findByKey),
          due: slow(jobs.due),
          insert: hard(jobs.insert),
          claim: hard(jobs.claim),
          renew: hard(jobs.renew),
          release: hard(jobs.release),
          update: hard(jobs.update),
          reopen: hard(jobs.reopen),
          requestCancel: hard(jobs.requestCancel)
        }),
        Context.add(Assets, {
          ...assets,
          find: slow(assets.find),
          insert: hard(assets.insert),
          insertThumbnail: hard(assets.insertThumbnail),
          markDeleted: hard(assets.markDeleted),
          noteUnused: hard(assets.noteUnused),
          forgetUnused: hard(assets.forgetUnused)
        }),
        Context.add(FeedbackStore, {
          ...feedback,
          insert: hard(feedback.insert),
          take: hard(feedback.take),
          finish: hard(feedback.finish)
        })
      )
    })
  )
}
