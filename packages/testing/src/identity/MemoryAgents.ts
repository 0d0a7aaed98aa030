import { toHex } from "@image-skill/core/envelope/Ids"
import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import type { Agent, AgentId } from "@image-skill/core/identity/Actor"
import { Agents } from "@image-skill/core/identity/Agents"
import type { StoredToken } from "@image-skill/core/identity/Token"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { conflict, MemoryStore } from "../store/MemoryStore.ts"

interface State {
  readonly agents: ReadonlyArray<Agent>
  readonly tokens: ReadonlyArray<StoredToken & { readonly agentId: AgentId }>
}

export const layer: Layer.Layer<Agents, never, MemoryStore | SecretBytes> = Layer.effect(
  Agents,
  Effect.gen(function* () {
    const { cell } = yield* MemoryStore
    const secret = yield* SecretBytes
    const state = cell<State>({ agents: [], tokens: [] })
    const pepper = cell<string | null>(null)

    return Agents.of({
      insert: (agent, token) =>
        state.modify(({ agents, tokens }) => {
          if (agents.some(({ id }) => id === agent.id)) return conflict("the agent")
          if (tokens.some(({ hash }) => hash === token?.hash)) return conflict("the token")
          const issued = token === null ? [] : [{ ...token, agentId: agent.id }]
          return Result.succeed([undefined, { agents: [...agents, agent], tokens: [...tokens, ...issued] }])
        }),
      findByTokenHash: (hash) =>
        Effect.map(state.get, ({ agents, tokens }) => {
          const found = tokens.find((token) => token.hash === hash)
          const agent = agents.find(({ id }) => id === found?.agentId)
          if (found === undefined || agent === undefined) return Option.none()
          const { agentId: _, ...token } = found
          return Option.some({ agent, token })
        }),
      rotate: (agentId, previousHash, next) =>
        state.modify(({ agents, tokens }) => {
          if (tokens.some(({ hash }) => hash === next.hash)) return conflict("the token")
          const rotated = tokens.map((token) =>
            token.hash === previousHash && token.agentId === agentId ? { ...token, status: "rotated" as const } : token
          )
          return Result.succeed([undefined, { agents, tokens: [...rotated, { ...next, agentId }] }])
        }),
      pepper: Effect.flatMap(secret.bytes(32), (bytes) =>
        pepper.modify((known) => {
          const value = known ?? toHex(bytes)
          return Result.succeed([value, value])
        })
      )
    })
  })
)
