// What the MCP server adds to a call: the official client on standard input and output, beside the same request asked of
// an agent in this process, on the same data. By itself: node bench/main.mjs mcp
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as FileAuthConfig from "@image-skill/adapters/identity/FileAuthConfig"
import * as Embedded from "@image-skill/adapters/service/Embedded"
import { Agent } from "@image-skill/core/agent/Agent"
import { AgentAbilities } from "@image-skill/core/agent/AgentAbilities"
import * as AgentTokens from "@image-skill/core/agent/AgentTokens"
import { embeddedLimits } from "@image-skill/core/credits/Limits"
import { embeddedTarget } from "@image-skill/core/envelope/Product"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { executable } from "./process.mjs"
import { amount, median } from "./row.mjs"

/** Milliseconds that a tool call may take longer than its operation. */
const budget = 5
/** Kilobytes of `tools/list`, which stands in the context of a model as long as it works. */
const listBudget = 32
const rounds = 60

/** @type {ReadonlyArray<{ what: string, id: import("@image-skill/core/agent/AgentOperations").AgentOperationId, tool: string, body: Record<string, string | boolean> }>} */
const cases = [
  { what: "a read (quota)", id: "quota", tool: "quota", body: {} },
  {
    what: "a dry run (create)",
    id: "create",
    tool: "create",
    body: { prompt: "a lighthouse at dusk", model: "local.storyboard", dry_run: true }
  }
]

/** @returns {Promise<ReadonlyArray<import("./row.mjs").Row>>} */
export const run = async () => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-bench-"))
  const bare = ManagedRuntime.make(agentIn(folder))
  const client = new Client({ name: "bench", version: "1.0.0" })
  try {
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [executable, "mcp"],
        env: { PATH: process.env["PATH"] ?? "", HOME: folder, IMAGE_SKILL_HOME: folder }
      })
    )
    await called(client, "signup", { agent_name: "bench" })
    const rows = []
    for (const { body, id, tool, what } of cases) {
      /** @type {Array<number>} */
      const over = []
      /** @type {Array<number>} */
      const under = []
      for (let round = 0; round < rounds; round += 1) {
        over.push(await timed(() => called(client, tool, body)))
        under.push(await timed(() => asked(bare, id, body)))
      }
      const [slow, quick] = [median(over), median(under)]
      rows.push(amount(`MCP: ${what}, beyond the bare operation`, slow - quick, "ms", budget, quick))
    }
    const listed = JSON.stringify(await client.listTools())
    return [...rows, amount("MCP: tools/list", Buffer.byteLength(listed) / 1_000, "kB", listBudget)]
  } finally {
    await client.close()
    await bare.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} folder */
const agentIn = (folder) =>
  Agent.standard({ runtime: "bench", waitMs: 30_000 }).pipe(
    Layer.provide([AgentAbilities.none, AgentTokens.layer(embeddedTarget)]),
    Layer.provide(FileAuthConfig.layer(join(folder, "config.json"))),
    Layer.provideMerge(
      Embedded.layer({ dataFolder: folder, limits: embeddedLimits, contentRules: [], variable: () => null })
    )
  )

/** @param {Client} client @param {string} name @param {Record<string, string | boolean>} input */
const called = async (client, name, input) => {
  const { isError, structuredContent } = await client.callTool({ name, arguments: input })
  if (isError === true) throw new Error(`${name}: ${JSON.stringify(structuredContent)}`)
}

/**
 * @param {ReturnType<typeof ManagedRuntime.make<import("@image-skill/core/agent/Agent").Agent, unknown>>} bare
 * @param {import("@image-skill/core/agent/AgentOperations").AgentOperationId} id
 * @param {Record<string, string | boolean>} body
 */
const asked = async (bare, id, body) => {
  const { envelope } = await bare.runPromise(Effect.flatMap(Agent, (agent) => agent.ask(id, body)))
  if (!envelope.ok) throw new Error(`${id}: ${JSON.stringify(envelope.error)}`)
}

/** @param {() => Promise<void>} work */
const timed = async (work) => {
  const began = performance.now()
  await work()
  return performance.now() - began
}
