import { type McpOptions, patience } from "@image-skill/adapters/mcp/McpOptions"
import { Agent } from "@image-skill/core/agent/Agent"
import { AgentAbilities } from "@image-skill/core/agent/AgentAbilities"
import { agentOperationIds } from "@image-skill/core/agent/AgentOperations"
import * as AgentTokens from "@image-skill/core/agent/AgentTokens"
import { embeddedTarget } from "@image-skill/core/envelope/Product"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as MemoryMcp from "@image-skill/testing/agent/MemoryMcp"
import * as MemoryAuthConfig from "@image-skill/testing/identity/MemoryAuthConfig"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js"
import type { ClientCapabilities } from "@modelcontextprotocol/sdk/types.js"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

/** An agent at the service of memory as `wrap` changes it. */
export const agentOver = (
  wrap: (service: ServiceApi["Service"]) => ServiceApi["Service"],
  options: MemoryService.TestServiceOptions = {},
  waitMs = 100_000
) =>
  Agent.standard({ runtime: "tests", waitMs }).pipe(
    Layer.provide([AgentAbilities.none, AgentTokens.layer(embeddedTarget)]),
    Layer.provide(MemoryAuthConfig.layer()),
    Layer.provide(Layer.effect(ServiceApi, Effect.map(ServiceApi, wrap))),
    Layer.provideMerge(MemoryService.layer(options))
  )

/** As far as tests look into a result. */
const Result = Schema.Struct({
  isError: Schema.optionalKey(Schema.Boolean),
  structuredContent: Schema.Struct({
    ok: Schema.Boolean,
    data: Schema.Json,
    error: Schema.Json,
    warnings: Schema.Array(Schema.String),
    next_tools: Schema.Array(
      Schema.Struct({ tool: Schema.String, arguments: Schema.JsonObject, needs: Schema.Array(Schema.String) })
    )
  }),
  content: Schema.Array(
    Schema.Struct({
      type: Schema.String,
      text: Schema.optionalKey(Schema.String),
      uri: Schema.optionalKey(Schema.String),
      mimeType: Schema.optionalKey(Schema.String),
      name: Schema.optionalKey(Schema.String),
      size: Schema.optionalKey(Schema.Number)
    })
  )
})

/** The official client, connected to the server of the agent that is provided. */
export const connected = Effect.fnUntraced(function* (
  options: Partial<McpOptions> = {},
  capabilities: ClientCapabilities = {},
  prepare: (client: Client) => void = () => {}
) {
  const transport = yield* MemoryMcp.line({ tools: agentOperationIds, spending: "allowed", patience, ...options })
  const client = new Client({ name: "tests", version: "1.0.0" }, { capabilities })
  prepare(client)
  yield* Effect.promise(() => client.connect(transport))
  const raw = (name: string, input: Schema.JsonObject = {}, more?: RequestOptions) =>
    Effect.promise(() => client.callTool({ name, arguments: { ...input } }, undefined, more))
  return {
    client,
    transport,
    raw,
    call: (name: string, input?: Schema.JsonObject, more?: RequestOptions) =>
      Effect.flatMap(raw(name, input, more), (result) => Effect.orDie(Schema.decodeUnknownEffect(Result)(result)))
  }
})

/** JSON that stands in a text. */
export const parsed = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Json))
