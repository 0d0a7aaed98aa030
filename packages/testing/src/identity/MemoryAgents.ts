import { toHex } from "@image-skill/core/envelope/Ids"
import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import type { Agent, AgentId } from "@image-skill/core/identity/Actor"
import { Agents } from "@image-skill/core/identity/Agents"
import type { StoredToken } from "@image-skill/core/identity/Token"
import { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { MemoryStore } from "../store/MemoryStore.ts"

interface IssuedToken extends StoredToken {
  readonly agentId: AgentId
}

export const layer: Layer.Layer<Agents, never, MemoryStore | SecretBytes> = Layer.effect(
  Agents,
  Effect.gen(function* () {
    const { cell } = yield* MemoryStore
    const secret = yield* SecretBytes
    const agents = cell<ReadonlyMap<string, Agent>>(new Map())
    const tokens = cell<ReadonlyMap<string, IssuedToken>>(new Map())
    const secrets = cell<string | null>(null)
    ...
