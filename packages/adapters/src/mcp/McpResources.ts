import { Agent } from "@image-skill/core/agent/Agent"
import type { AgentTool } from "@image-skill/core/agent/AgentTools"
import { served } from "@image-skill/core/documents/Documents"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { textField } from "@image-skill/core/envelope/JsonFields"
import * as McpSchema from "effect/ai/McpSchema"
import * as McpServer from "effect/ai/McpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Struct from "effect/Struct"
import { assetRoute, assetsIn, assetTemplate, assetUri, isAssetId, type NamedAsset, resourceOf } from "./McpAssets.ts"
import type { Heed } from "./McpCalls.ts"

/** The documents of this program, under the names a service has them by (contract/api.md 12.3). */
const documents: { readonly [path in keyof typeof served]: string } = {
  "/skill.md": "How an agent works with Image Skill, from the start",
  "/llms.txt": "The same in short, with where the rest is",
  "/cli.md": "Every command with its flags",
  "/errors.md": "Every error with its way out"
}

export const documentUri = (path: string): string => `image-skill://docs${path}`

const always = Context.empty()

export const registerDocuments = Effect.flatMap(McpServer.McpServer, (server) =>
  Effect.forEach(
    Struct.keys(documents),
    (path) => {
      const uri = documentUri(path)
      const mimeType = path.endsWith(".md") ? "text/markdown" : "text/plain"
      return server.addResource({
        resource: new McpSchema.Resource({ uri, name: path.slice(1), description: documents[path], mimeType }),
        annotations: always,
        handle: Effect.sync(() => ({ contents: [{ uri, mimeType, text: served[path]() }] }))
      })
    },
    { discard: true }
  )
)

/** The newest that are known are listed. */
const mostListed = 100

/** A server that lives for months lists no more than these; all of them are found by their template. */
const mostEver = 1_000

/**
 * The assets of this agent as resources: metadata and a fresh link, never the bytes. Those that an answer has named since
 * the start are listed, and not those that were deleted.
 */
export const registerAssets = Effect.gen(function* () {
  const agent = yield* Agent
  const server = yield* McpServer.McpServer
  const known = new Set<string>()
  const listed = new Set<string>()

  const read = Effect.fnUntraced(function* (id: string) {
    if (!isAssetId(id)) return yield* new McpSchema.InvalidParams({ message: "that is no id of an asset" })
    const { envelope } = yield* agent.ask("assetsShow", { asset_id: id })
    if (envelope.ok)
      return { contents: [{ uri: assetUri(id), mimeType: "application/json", text: JSON.stringify(envelope.data) }] }
    return yield* new McpSchema.InvalidParams({
      message: `${textField(envelope.error, "code")}: ${textField(envelope.error, "message")}`
    })
  })

  yield* server.addResourceTemplate({
    template: new McpSchema.ResourceTemplate({
      uriTemplate: assetTemplate,
      name: "asset",
      description: "An asset of this agent: its metadata and a link that works now",
      mimeType: "application/json"
    }),
    annotations: always,
    routerPath: assetRoute,
    completions: {},
    handle: (_, [id = ""]) => read(id)
  })

  const list = Effect.fnUntraced(function* (asset: NamedAsset) {
    const { assetId: id } = asset
    listed.delete(id)
    listed.add(id)
    for (const oldest of [...listed].slice(0, Math.max(0, listed.size - mostListed))) listed.delete(oldest)
    if (known.has(id) || known.size >= mostEver) return
    known.add(id)
    yield* server.addResource({
      resource: resourceOf(asset),
      annotations: Context.make(McpSchema.EnabledWhen, () => listed.has(id)),
      handle: Effect.catchTag(read(id), "InvalidParams", ({ message }) =>
        Effect.fail(new McpSchema.InternalError({ message }))
      )
    })
  })

  const heed = ({ id }: AgentTool, { envelope }: Answer): Effect.Effect<void> => {
    if (!envelope.ok) return Effect.void
    const assets = assetsIn(envelope.data)
    if (id !== "assetsDelete") return Effect.forEach(assets, list, { discard: true })
    return Effect.sync(() => {
      for (const asset of assets) listed.delete(asset.assetId)
    })
  }
  const heeding: Heed = { heed }
  return heeding
})

/** The one prompt: what a person picks to set a model going. */
export const registerGuide = Effect.flatMap(McpServer.McpServer, (server) =>
  server.addPrompt({
    prompt: new McpSchema.Prompt({
      name: "guide",
      title: "Make something with Image Skill",
      description: "Sets a model going: guide first, then what it says",
      arguments: [
        McpSchema.PromptArgument.make({
          name: "prompt",
          description: "what to make, in your own words",
          required: false
        })
      ]
    }),
    annotations: always,
    completions: {},
    handle: ({ prompt = "" }) =>
      Effect.succeed({
        messages: [
          McpSchema.PromptMessage.make({
            role: "user",
            content: McpSchema.TextContent.make({ type: "text", text: asked(prompt) })
          })
        ]
      })
  })
)

const asked = (prompt: string): string =>
  [
    prompt.trim() === "" ? "Make something with Image Skill; ask me what." : `Make this with Image Skill: ${prompt}`,
    "Call the tool guide first, with the prompt if there is one, and follow the first entry of next_tools from answer to answer.",
    "Give max_usd with whatever spends. Show me the link of what was made."
  ].join("\n")
