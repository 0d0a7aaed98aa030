import { type ClaimRequest, ClaimRequests } from "@image-skill/core/identity/ClaimRequests"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { MemoryStore } from "../store/MemoryStore.ts"

export const layer: Layer.Layer<ClaimRequests, never, MemoryStore> = Layer.effect(
  ClaimRequests,
  Effect.map(MemoryStore, ({ cell }) => {
    const rows = cell<ReadonlyArray<ClaimRequest>>([])
    return ClaimRequests.of({
      put: (request) => rows.update((all) => [...all.filter(({ agentId }) => agentId !== request.agentId), request]),
      find: (agentId) =>
        Effect.map(rows.get, (all) => Option.fromUndefinedOr(all.find((request) => request.agentId === agentId))),
      waiting: (limit) =>
        Effect.map(rows.get, (all) =>
          all
            .filter(({ state }) => state === "requested")
            .toSorted((one, other) => (one.requestedAt < other.requestedAt ? -1 : 1))
            .slice(0, limit)
        ),
      close: (agentId, closedAt) =>
        rows.modify((all) => {
          const open = all.find((request) => request.agentId === agentId && request.state === "requested")
          const closed = (request: ClaimRequest): ClaimRequest =>
            request === open ? { ...request, state: "closed", closedAt } : request
          return Result.succeed([open !== undefined, all.map(closed)])
        })
    })
  })
)
