import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Answer, ActorWire } from "../envelope/Envelope.ts"
import type { Caller } from "../identity/Identity.ts"
import { Deployment } from "./Deployment.ts"
import type { OperationId } from "./Operations.ts"
import { factsOf, TelemetrySink } from "./TelemetrySink.ts"

/**
 * Writes one telemetry record for each request, whatever becomes of it. The answer is the same with any sink, also with
 * one that fails.
 */
export const requestRecorder = Effect.gen(function* () {
  const sink = yield* TelemetrySink
  const { apiVersion } = yield* Deployment
  return (operation: OperationId, caller: Caller, request: Effect.Effect<Answer>): Effect.Effect<Answer> =>
    Effect.flatMap(Clock.currentTimeMillis, (began) =>
      Effect.onExit(request, (exit) =>
        Effect.ignoreCause(
          Effect.flatMap(Clock.currentTimeMillis, (ended) => {
            const answer = Exit.isSuccess(exit) ? exit.value : null
            const actor = Option.getOrNull(decodeActor(answer?.envelope.actor))
            return sink.record({
              at: DateTime.formatIso(DateTime.makeUnsafe(began)),
              operation,
              clientVersion: caller.clientVersion ?? null,
              apiVersion,
              actorType: actor?.actor_type ?? null,
              claimState: actor?.claim_state ?? null,
              status: answer?.status ?? null,
              durationMs: Math.max(0, ended - began),
              traceId: answer?.envelope.trace_id ?? null,
              ...factsOf(answer?.envelope ?? null)
            })
          })
        )
      )
    )
})

const decodeActor = Schema.decodeUnknownOption(ActorWire)
