import { assert, it } from "@effect/vitest"
import { Agents } from "@image-skill/core/identity/Agents"
import { type ClaimRequest, ClaimRequests } from "@image-skill/core/identity/ClaimRequests"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { agent } from "./AgentSample.ts"

/** The wish of an agent that was written. */
const wish = Effect.fnUntraced(function* (name: string, change: Partial<ClaimRequest> = {}) {
  const { id, organizationId } = agent(name)
  yield* Effect.flatMap(Agents, (agents) => agents.insert(agent(name), null))
  const request: ClaimRequest = {
    agentId: id,
    organizationId,
    maskedContact: "j***n@e***.com",
    contactHash: `hash_${name}`,
    state: "requested",
    requestedAt: "2026-01-02T03:04:05.678Z",
    closedAt: null,
    ...change
  }
  yield* Effect.flatMap(ClaimRequests, (requests) => requests.put(request))
  return request
})

/** The contract every `ClaimRequests` adapter meets. */
export const suite = <E>(name: string, layer: Layer.Layer<ClaimRequests | Agents, E>): void =>
  it.layer(layer)(`ClaimRequests (${name})`, (it) => {
    it.effect("the latest request of an agent is read as it was written", () =>
      Effect.gen(function* () {
        const requests = yield* ClaimRequests
        const first = yield* wish("asks")
        assert.deepStrictEqual(yield* requests.find(first.agentId), Option.some(first))
        const second = { ...first, contactHash: "hash_other", requestedAt: "2026-02-02T03:04:05.678Z" }
        yield* requests.put(second)
        assert.deepStrictEqual(yield* requests.find(first.agentId), Option.some(second))
        assert.deepStrictEqual(yield* requests.find(agent("silent").id), Option.none())
      })
    )

    it.effect("what nobody has closed waits, oldest first", () =>
      Effect.gen(function* () {
        const requests = yield* ClaimRequests
        const late = yield* wish("late", { requestedAt: "2020-02-02T00:00:00.000Z" })
        const early = yield* wish("early", { requestedAt: "2020-01-02T00:00:00.000Z" })
        assert.deepStrictEqual(yield* requests.waiting(2), [early, late])
        assert.deepStrictEqual(yield* requests.waiting(1), [early])
        assert.isTrue(yield* requests.close(early.agentId, "2020-03-02T00:00:00.000Z"))
        assert.isFalse(yield* requests.close(early.agentId, "2020-04-02T00:00:00.000Z"), "it is closed")
        assert.deepStrictEqual(yield* requests.waiting(1), [late])
        const closed = { ...early, state: "closed" as const, closedAt: "2020-03-02T00:00:00.000Z" }
        assert.deepStrictEqual(yield* requests.find(early.agentId), Option.some(closed))
        assert.isFalse(yield* requests.close(agent("silent").id, "2020-04-02T00:00:00.000Z"))
      })
    )
  })
