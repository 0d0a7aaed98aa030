import { Agent } from "@image-skill/core/agent/Agent"
import { AgentAbilities } from "@image-skill/core/agent/AgentAbilities"
import * as AgentTokens from "@image-skill/core/agent/AgentTokens"
import type { AgentOptions } from "@image-skill/core/agent/Programs"
import { embeddedTarget } from "@image-skill/core/envelope/Product"
import * as Layer from "effect/Layer"
import * as MemoryAuthConfig from "../identity/MemoryAuthConfig.ts"
import * as MemoryService from "../service/MemoryService.ts"

/** An agent without files, network or wallet, at a whole service in memory. Its token ends with the layer. */
export const layer = (options: Partial<AgentOptions> = {}, service: MemoryService.TestServiceOptions = {}) =>
  Agent.standard({ runtime: "test", waitMs: 100_000, ...options }).pipe(
    Layer.provide([AgentAbilities.none, AgentTokens.layer(embeddedTarget)]),
    Layer.provide(MemoryAuthConfig.layer()),
    Layer.provideMerge(MemoryService.layer(service))
  )
