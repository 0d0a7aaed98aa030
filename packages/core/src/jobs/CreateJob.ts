import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Agent } from "../identity/Actor.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import { planCreate } from "./CreatePlan.ts"
import type { CreateRequest } from "./CreateRequest.ts"
import { LiveJobs, type Made, type Order, type Planned } from "./LiveJobs.ts"
import { MediaDecision } from "./MediaDecision.ts"
import { wishOf } from "./MediaWish.ts"

/** Makes media, or says what making it would do. */
export class CreateJob extends Context.Service<
  CreateJob,
  {
    /** Validates, reserves, runs and stores. One idempotency key is one job, one debit and one set of assets. */
    create(agent: Agent, request: CreateRequest, traceId: string): Effect.Effect<Made, Refusal | StoreUnavailable>
    /** Validates and prices like a live run, and spends nothing. */
    plan(
      agent: Agent | null,
      request: CreateRequest,
      traceId: string
    ): Effect.Effect<Planned, Refusal | StoreUnavailable>
  }
>()("core/jobs/CreateJob") {
  static readonly layer = Layer.effect(
    CreateJob,
    Effect.gen(function* () {
      const live = yield* LiveJobs
      const { decide, identify, mediaFor } = yield* MediaDecision

      const orderOf = (agent: Agent | null, request: CreateRequest, traceId: string): Order => {
        const wish = wishOf(request)
        return {
          wish,
          idempotencyKey: request.idempotencyKey ?? null,
          waitMs: request.waitMs ?? null,
          traceId,
          identify: identify(agent, wish),
          decide: Effect.flatMap(mediaFor(agent, wish), (media) =>
            decide(agent, wish, (listed) => planCreate(wish, listed, media))
          )
        }
      }

      return CreateJob.of({
        create: (agent, request, traceId) => live.make(agent, orderOf(agent, request, traceId)),
        plan: (agent, request, traceId) => live.plan(agent, orderOf(agent, request, traceId))
      })
    })
  )
}
