import type { Agent } from "@image-skill/core/agent/Agent"
import { agentTools } from "@image-skill/core/agent/AgentTools"
import type { Ids } from "@image-skill/core/envelope/Ids"
import { executable, version } from "@image-skill/core/envelope/Product"
import * as McpProtocol from "effect/ai/McpProtocol"
import * as McpServer from "effect/ai/McpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { calls } from "./McpCalls.ts"
import type { McpOptions } from "./McpOptions.ts"
import { registerAssets, registerDocuments, registerGuide } from "./McpResources.ts"
import { instructions, mcpTool } from "./McpTools.ts"

/** Every revision of the protocol that clients in use speak; the newest first. */
const protocols = [
  McpProtocol.v2025_11_25,
  McpProtocol.v2025_06_18,
  McpProtocol.v2025_03_26,
  McpProtocol.v2024_11_05,
  McpProtocol.v2026_07_28
] as const

/** What both transports say of this server. */
export const about = (options: McpOptions) => ({
  name: executable,
  version,
  instructions,
  websiteUrl: "https://image-skill.com",
  protocols,
  registrations: registrations(options)
})

/** The tools, resources and the prompt of one agent. One server is one agent, however many clients it has. */
const registrations = (options: McpOptions): Layer.Layer<never, never, McpServer.McpServer | Agent | Ids> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const server = yield* McpServer.McpServer
      yield* registerDocuments
      yield* registerGuide
      const call = yield* calls(options, yield* registerAssets)
      for (const tool of agentTools(options.tools)) {
        yield* server.addTool({ tool: mcpTool(tool), annotations: Context.empty(), handle: call(tool) })
      }
    })
  )
