import type { Agent, AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import { type AgentEntry, AgentRegister, type OwnerToken } from "@image-skill/core/identity/AgentRegister"
import type { StoredToken } from "@image-skill/core/identity/Token"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { type Cell, conflict } from "../store/MemoryStore.ts"

/** The rows that agents and their operators share. */
export interface AgentRows {
  readonly agents: ReadonlyArray<Agent>
  readonly tokens: ReadonlyArray<StoredToken & { readonly agentId: AgentId }>
}

interface OwnerRows {
  readonly tokens: ReadonlyArray<OwnerToken>
  readonly frozen: ReadonlyArray<OrganizationId>
}

export const noOwners: OwnerRows = { tokens: [], frozen: [] }

export const make = (rows: Cell<AgentRows>, owners: Cell<OwnerRows>): AgentRegister["Service"] => {
  const entries = Effect.map(rows.get, ({ agents, tokens }) =>
    agents.toSorted((left, right) => (ageOf(left) < ageOf(right) ? 1 : -1)).map((agent) => entryOf(agent, tokens))
  )
  return AgentRegister.of({
    list: ({ after, limit, organizationId }) =>
      Effect.map(entries, (all) => {
        const begin = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1
        return all
          .slice(begin)
          .filter((entry) => organizationId === null || entry.organizationId === organizationId)
          .slice(0, limit)
      }),
    find: (id) => Effect.map(entries, (all) => Array.findFirst(all, (entry) => entry.id === id)),
    hasOrganization: (id) =>
      Effect.map(rows.get, ({ agents }) => agents.some(({ organizationId }) => organizationId === id)),
    setState: (id, claimState, grants) =>
      rows.update((all) => ({
        ...all,
        agents: all.agents.map((agent) => (agent.id === id ? { ...agent, claimState, grants } : agent))
      })),
    revokeTokens: (id) =>
      rows.modify(({ agents, tokens }) => {
        const isMeant = isActiveOf(id)
        const next = tokens.map((token) => (isMeant(token) ? { ...token, status: "revoked" as const } : token))
        return Result.succeed([tokens.filter(isMeant).length, { agents, tokens: next }])
      }),
    tokensLike: (fingerprint) =>
      Effect.map(Effect.all([rows.get, owners.get]), ([{ tokens }, { tokens: owned }]) => [
        ...tokens
          .filter((token) => token.fingerprint === fingerprint)
          .map(({ agentId, hash, status }) => ({
            hash,
            status,
            tokenClass: "restricted" as const,
            holderId: agentId
          })),
        ...owned
          .filter((token) => token.fingerprint === fingerprint)
          .map(({ hash, id, status }) => ({ hash, status, tokenClass: "owner" as const, holderId: id }))
      ]),
    revokeToken: (hash) =>
      Effect.andThen(
        rows.update((all) => ({ ...all, tokens: all.tokens.map(revoked(hash)) })),
        owners.update((all) => ({ ...all, tokens: all.tokens.map(revoked(hash)) }))
      ),
    insertOwnerToken: (token) =>
      owners.modify((all) =>
        all.tokens.some(({ hash, id }) => hash === token.hash || id === token.id)
          ? conflict("the token")
          : Result.succeed([undefined, { ...all, tokens: [...all.tokens, token] }])
      ),
    ownerByTokenHash: (hash) =>
      Effect.map(Effect.all([rows.get, owners.get]), ([{ agents }, { tokens }]) => {
        const token = tokens.find((candidate) => candidate.hash === hash)
        const [first] = agents
          .filter(({ organizationId }) => organizationId === token?.organizationId)
          .toSorted((left, right) => (ageOf(left) < ageOf(right) ? -1 : 1))
        if (token === undefined || first === undefined) return Option.none()
        const { allowanceKey, claimState, createdAt } = first
        return Option.some({ token, first: { allowanceKey, claimState, createdAt } })
      }),
    isFrozen: (id) => Effect.map(owners.get, ({ frozen }) => frozen.includes(id)),
    setFrozen: (id, frozenAt) =>
      owners.update((all) => ({
        ...all,
        frozen: [...all.frozen.filter((other) => other !== id), ...(frozenAt === null ? [] : [id])]
      }))
  })
}

const isActiveOf =
  (id: AgentId) =>
  ({ agentId, status }: AgentRows["tokens"][number]): boolean =>
    agentId === id && status === "active"

const ageOf = ({ createdAt, id }: Pick<Agent, "createdAt" | "id">): string => `${createdAt} ${id}`

const revoked =
  (hash: string) =>
  <T extends StoredToken>(token: T): T =>
    token.hash === hash && token.status === "active" ? { ...token, status: "revoked" } : token

const entryOf = (agent: Agent, tokens: AgentRows["tokens"]): AgentEntry => ({
  id: agent.id,
  organizationId: agent.organizationId,
  name: agent.name,
  runtime: agent.runtime,
  maskedContact: agent.maskedContact,
  claimState: agent.claimState,
  grants: agent.grants,
  createdAt: agent.createdAt,
  tokens: tokens
    .filter(({ agentId }) => agentId === agent.id)
    .map(({ createdAt, fingerprint, status }) => ({ createdAt, fingerprint, status }))
    .toSorted((left, right) => (left.createdAt < right.createdAt ? 1 : -1))
})
