import { assert, it } from "@effect/vitest"
import { AgentId, OrganizationId, restrictedGrants } from "@image-skill/core/identity/Actor"
import { AgentRegister, type OwnerToken } from "@image-skill/core/identity/AgentRegister"
import { Agents } from "@image-skill/core/identity/Agents"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { agent, token } from "./AgentSample.ts"

const ownerToken = (name: string, change: Partial<OwnerToken> = {}): OwnerToken => ({
  ...token(`owner_${name}`),
  id: `own_${name}`,
  organizationId: OrganizationId.make(`org_${name}`),
  ...change
})

/** The contract every `AgentRegister` adapter meets, over the same rows as `Agents`. */
export const suite = <E>(name: string, layer: Layer.Layer<AgentRegister | Agents, E>): void =>
  it.layer(layer)(`AgentRegister (${name})`, (it) => {
    it.effect("agents are listed newest first, page by page, with their tokens and without hashes", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        const register = yield* AgentRegister
        const organizationId = OrganizationId.make("org_paged")
        for (const day of ["1", "2", "3"])
          yield* agents.insert(
            agent(`paged_${day}`, { organizationId, createdAt: `2026-02-0${day}T00:00:00.000Z` }),
            token(`paged_${day}`)
          )
        const first = yield* register.list({ organizationId, after: null, limit: 2 })
        assert.deepStrictEqual(
          first.map(({ id }) => id),
          ["agt_paged_3", "agt_paged_2"].map((id) => AgentId.make(id))
        )
        const rest = yield* register.list({ organizationId, after: AgentId.make("agt_paged_2"), limit: 2 })
        assert.deepStrictEqual(
          rest.map(({ id, tokens }) => [id, tokens.length]),
          [[AgentId.make("agt_paged_1"), 1]]
        )
        assert.notInclude(JSON.stringify(first), "hash_")
        assert.isAtLeast((yield* register.list({ organizationId: null, after: null, limit: 100 })).length, 3)
      })
    )

    it.effect("a state and grants that are set are those that a token finds", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        const register = yield* AgentRegister
        const one = agent("stated")
        yield* agents.insert(one, token("stated"))
        yield* register.setState(one.id, "claimed", ["identity.read"])
        const found = Option.getOrThrow(yield* agents.findByTokenHash("hash_stated"))
        assert.deepStrictEqual([found.agent.claimState, found.agent.grants], ["claimed", ["identity.read"]])
        assert.deepStrictEqual(
          Option.map(yield* register.find(one.id), ({ claimState }) => claimState),
          Option.some("claimed")
        )
        assert.deepStrictEqual(yield* register.find(AgentId.make("agt_nobody")), Option.none())
        yield* register.setState(one.id, "unclaimed", restrictedGrants)
      })
    )

    it.effect("revoking an agent's tokens leaves rotated ones and those of others alone", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        const register = yield* AgentRegister
        yield* agents.insert(agent("revoked"), token("revoked_1"))
        yield* agents.rotate(AgentId.make("agt_revoked"), "hash_revoked_1", token("revoked_2"))
        yield* agents.insert(agent("spared"), token("spared"))
        assert.strictEqual(yield* register.revokeTokens(AgentId.make("agt_revoked")), 1)
        assert.strictEqual(yield* register.revokeTokens(AgentId.make("agt_revoked")), 0)
        const status = (hash: string) =>
          Effect.map(agents.findByTokenHash(hash), (found) => Option.getOrThrow(found).token.status)
        assert.deepStrictEqual(yield* Effect.forEach(["hash_revoked_1", "hash_revoked_2", "hash_spared"], status), [
          "rotated",
          "revoked",
          "active"
        ])
      })
    )

    it.effect("an owner's token finds its organization and the allowance of its first agent", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        const register = yield* AgentRegister
        const organizationId = OrganizationId.make("org_owned")
        const first = agent("owned_1", { organizationId, createdAt: "2026-02-01T00:00:00.000Z" })
        yield* agents.insert(agent("owned_2", { organizationId, createdAt: "2026-02-02T00:00:00.000Z" }), null)
        yield* agents.insert(first, null)
        const made = ownerToken("owned")
        yield* register.insertOwnerToken(made)
        const { allowanceKey, claimState, createdAt } = first
        assert.deepStrictEqual(
          yield* register.ownerByTokenHash(made.hash),
          Option.some({ token: made, first: { allowanceKey, claimState, createdAt } })
        )
        assert.deepStrictEqual(yield* agents.findByTokenHash(made.hash), Option.none())
        assert.deepStrictEqual(yield* register.ownerByTokenHash("hash_nobody"), Option.none())
        assert.strictEqual((yield* Effect.flip(register.insertOwnerToken(made))).reason, "conflict")
        assert.isTrue(yield* register.hasOrganization(organizationId))
        assert.isFalse(yield* register.hasOrganization(OrganizationId.make("org_nobody")))
      })
    )

    it.effect("tokens of both classes are found by their fingerprint, and one is revoked", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        const register = yield* AgentRegister
        const fingerprint = "f1f2f3"
        yield* agents.insert(agent("printed"), token("printed", { fingerprint }))
        yield* register.insertOwnerToken(ownerToken("printed", { fingerprint }))
        const found = yield* register.tokensLike(fingerprint)
        assert.deepStrictEqual(
          found.map(({ holderId, status, tokenClass }) => `${tokenClass} ${holderId} ${status}`).toSorted(),
          ["owner own_printed active", "restricted agt_printed active"]
        )
        yield* register.revokeToken("hash_owner_printed")
        const after = yield* register.tokensLike(fingerprint)
        assert.deepStrictEqual(after.map(({ status, tokenClass }) => `${tokenClass} ${status}`).toSorted(), [
          "owner revoked",
          "restricted active"
        ])
      })
    )

    it.effect("an organization is frozen until it is thawed, and freezing it twice is freezing it", () =>
      Effect.gen(function* () {
        const agents = yield* Agents
        const register = yield* AgentRegister
        const one = agent("cold")
        yield* agents.insert(one, null)
        assert.isFalse(yield* register.isFrozen(one.organizationId))
        yield* register.setFrozen(one.organizationId, "2026-02-01T00:00:00.000Z")
        yield* register.setFrozen(one.organizationId, "2026-02-02T00:00:00.000Z")
        assert.isTrue(yield* register.isFrozen(one.organizationId))
        yield* register.setFrozen(one.organizationId, null)
        assert.isFalse(yield* register.isFrozen(one.organizationId))
      })
    )
  })
