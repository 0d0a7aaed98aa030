import { toHex } from "@image-skill/core/envelope/Ids"
import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import { AgentRegister } from "@image-skill/core/identity/AgentRegister"
import { Agents } from "@image-skill/core/identity/Agents"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { conflict, MemoryStore } from "../store/MemoryStore.ts"
import * as MemoryAgentRegister from "./MemoryAgentRegister.ts"

/** Agents and what their operators do with them, over the same rows. */
export const layer: Layer.Layer<Agents | AgentRegister, never, MemoryStore | SecretBytes> = Layer.effectContext(
  Effect.gen(function* () {
    const { cell } = yield* MemoryStore
    const secret = yield* SecretBytes
    const state = cell<MemoryAgentRegister.AgentRows>({ agents: [], tokens: [] })
    const register = MemoryAgentRegister.make(state, cell(MemoryAgentRegister.noOwners))
    const pepper = cell<string | null>(null)

    const agents = Agents.of({
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
    return Context.make(Agents, agents).pipe(Context.add(AgentRegister, register))
  })
)
