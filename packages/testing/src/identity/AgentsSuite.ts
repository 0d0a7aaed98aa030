import { assert, it } from "@effect/vitest"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import { Agents } from "@image-skill/core/identity/Agents"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { agent, token } from "./AgentSample.ts"

/** The contract every `Agents` adapter meets. */
export const suite = <E>(name: string, layer: Layer.Layer<Agents, E>): void =>
  it.layer(layer)(`Agents (${name})`, (it) => {
    it.effect("an agent is found by the hash of its token, as it was written", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        const plain = agent("plain")
        const full = agent("full", {
          maskedContact: "j***@example.com",
          claimState: "claimed",
          discoverySource: "skills-registry",
          grants: ["identity.read", "quota.read"]
        })
        yield* agents.insert(plain, token("plain"))
        yield* agents.insert(full, token("full"))
        assert.deepStrictEqual(
          yield* agents.findByTokenHash("hash_plain"),
          Option.some({ agent: plain, token: token("plain") })
        )
        assert.deepStrictEqual(
          yield* agents.findByTokenHash("hash_full"),
          Option.some({ agent: full, token: token("full") })
        )
      })
    )

    it.effect("a hash that nobody wrote finds nothing", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        assert.deepStrictEqual(yield* agents.findByTokenHash("hash_of_nobody"), Option.none())
      })
    )

    it.effect("an agent may start without a token and get one later", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        const silent = agent("silent")
        yield* agents.insert(silent, null)
        yield* agents.rotate(silent.id, "none before", token("first"))
        assert.deepStrictEqual(
          yield* agents.findByTokenHash("hash_first"),
          Option.some({ agent: silent, token: token("first") })
        )
      })
    )

    it.effect("an organization may have several agents", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        const organizationId = OrganizationId.make("org_shared")
        yield* agents.insert(agent("one", { organizationId }), token("one"))
        yield* agents.insert(agent("two", { organizationId }), token("two"))
        const found = yield* Effect.forEach(["hash_one", "hash_two"], agents.findByTokenHash)
        assert.deepStrictEqual(found.map(Option.map((session) => session.agent.organizationId)), [
          Option.some(organizationId),
          Option.some(organizationId)
        ])
      })
    )

    it.effect("rotating marks the token before and adds the new one", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        const rotating = agent("rotating")
        yield* agents.insert(rotating, token("old"))
        yield* agents.rotate(rotating.id, "hash_old", token("new"))
        const before = yield* agents.findByTokenHash("hash_old")
        const after = yield* agents.findByTokenHash("hash_new")
        assert.deepStrictEqual(before, Option.some({ agent: rotating, token: token("old", { status: "rotated" }) }))
        assert.deepStrictEqual(after, Option.some({ agent: rotating, token: token("new") }))
      })
    )

    it.effect("rotating is one step: when the new token cannot be added, the token before stays active", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        yield* agents.insert(agent("careful"), token("careful"))
        yield* agents.insert(agent("rival"), token("rival"))
        const failure = yield* Effect.flip(
          agents.rotate(AgentId.make("agt_careful"), "hash_careful", token("clash", { hash: "hash_rival" }))
        )
        assert.strictEqual(failure.reason, "conflict")
        const kept = yield* agents.findByTokenHash("hash_careful")
        assert.deepStrictEqual(
          Option.map(kept, (session) => session.token.status),
          Option.some("active")
        )
      })
    )

    it.effect("rotating leaves the tokens of other agents alone", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        yield* agents.insert(agent("mine"), token("mine"))
        yield* agents.insert(agent("theirs"), token("theirs"))
        yield* agents.rotate(AgentId.make("agt_mine"), "hash_theirs", token("another"))
        const theirs = yield* agents.findByTokenHash("hash_theirs")
        assert.deepStrictEqual(
          Option.map(theirs, (session) => session.token.status),
          Option.some("active")
        )
      })
    )

    it.effect("a token that exists already is a conflict, and its agent is not written either", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        yield* agents.insert(agent("holder"), token("taken"))
        const failure = yield* Effect.flip(agents.insert(agent("late"), token("taken")))
        assert.strictEqual(failure.reason, "conflict")
        yield* agents.insert(agent("late"), token("late"))
      })
    )

    it.effect("the pepper stays the same and is long enough to be a secret", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        const pepper = yield* agents.pepper
        assert.isAtLeast(pepper.length, 32)
        assert.strictEqual(yield* agents.pepper, pepper)
      })
    )
  })
