import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Agent } from "../identity/Actor.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import { planEdit } from "./EditPlan.ts"
import type { EditRequest } from "./EditRequest.ts"
import { JobInputs } from "./JobInputs.ts"
import { LiveJobs, type Made, type Order, type Planned } from "./LiveJobs.ts"
import { MediaDecision } from "./MediaDecision.ts"
import { wishOfEdit } from "./MediaWish.ts"

/** Makes media from owned media, or says what that would do. */
export class EditJob extends Context.Service<
  EditJob,
  {
    edit(agent: Agent, request: EditRequest, traceId: string): Effect.Effect<Made, Refusal | StoreUnavailable>
    plan(agent: Agent, request: EditRequest, traceId: string): Effect.Effect<Planned, Refusal | StoreUnavailable>
  }
>()("core/jobs/EditJob") {
  static readonly layer = Layer.effect(
    EditJob,
    Effect.gen(function* () {
      const live = yield* LiveJobs
      const inputs = yield* JobInputs
      const { decide, identify, mediaFor } = yield* MediaDecision

      const orderOf = (agent: Agent, request: EditRequest, traceId: string): Order => {
        const wish = wishOfEdit(request)
        return {
          wish,
          idempotencyKey: request.idempotencyKey ?? null,
          waitMs: request.waitMs ?? null,
          traceId,
          identify: identify(agent, wish),
          decide: Effect.gen(function* () {
            const media = yield* mediaFor(agent, wish)
            const origin = yield* inputs.originOf(agent.organizationId, request.inputAssetId)
            return yield* decide(agent, wish, (listed) =>
              planEdit(wish, listed, media, { isEmbedded: origin !== null && isScene(origin.provenance) })
            )
          })
        }
      }

      return EditJob.of({
        edit: (agent, request, traceId) => live.make(agent, orderOf(agent, request, traceId)),
        plan: (agent, request, traceId) => live.plan(agent, orderOf(agent, request, traceId))
      })
    })
  )
}

/** Only the embedded illustrator keeps the scenes of what it drew. */
const isScene = (provenance: unknown): boolean =>
  typeof provenance === "object" && provenance !== null && "scenes" in provenance
