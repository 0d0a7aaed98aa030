import { request as sendRequest } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { type HttpOptions, listen } from "@image-skill/adapters/mcp/McpHttp"
import { patience } from "@image-skill/adapters/mcp/McpOptions"
import { agentOperationIds } from "@image-skill/core/agent/AgentOperations"
import { textField } from "@image-skill/core/envelope/JsonFields"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { agentOver } from "./Connected.ts"

const options = { tools: agentOperationIds, spending: "allowed", patience } as const
const local: HttpOptions = { host: "127.0.0.1", port: 0, hosts: [], origins: [], secret: null }
const secret = "canary-of-the-mcp-server-0123456789abcdef"
const here = Effect.provide(agentOver((service) => service))

const body = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "tests", version: "1" } }
})

interface Answer {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | Array<string>>
  readonly text: string
}

/** The answer to one request, whose headers may be any; `fetch` sets some by itself. */
const status = (url: string, headers: Record<string, string>, method = "POST", sent = body) =>
  Effect.promise(
    () =>
      new Promise<Answer>((resolve, reject) => {
        const all = { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers }
        const asked = sendRequest(url, { method, headers: all }, (answer) => {
          let text = ""
          answer
            .setEncoding("utf8")
            .on("data", (chunk: string) => (text += chunk))
            .on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text }))
        })
        asked.on("error", reject).end(method === "POST" ? sent : undefined)
      })
  )

const connect = Effect.fnUntraced(function* (url: string, headers: Record<string, string> = {}) {
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } })
  const client = new Client({ name: "tests", version: "1.0.0" })
  yield* Effect.promise(() => client.connect(transport))
  const call = (name: string, input = {}) =>
    Effect.map(
      Effect.promise(() => client.callTool({ name, arguments: input })),
      ({ structuredContent }) => Schema.decodeUnknownSync(Schema.JsonObject)(structuredContent)
    )
  return { call, client, transport }
})

describe("the MCP server over HTTP", () => {
  it.live("serves the official client, several sessions as one agent, until a session is ended", () =>
    Effect.gen(function* () {
      const url = yield* listen(options, local)
      const first = yield* connect(url)
      const second = yield* connect(url)
      assert.notStrictEqual(first.transport.sessionId, second.transport.sessionId)
      yield* first.call("signup", { agent_name: "painter" })
      const made = yield* first.call("create", { prompt: "a fox", model: "local.storyboard" })
      assert.isTrue(made["ok"])
      const jobs = yield* second.call("jobs_list")
      assert.match(JSON.stringify(jobs["data"]), new RegExp(textField(made["data"], "job_id"), "u"))
      const id = first.transport.sessionId ?? ""
      yield* Effect.promise(() => first.transport.terminateSession())
      const ended = yield* status(url, { "mcp-session-id": id, "mcp-protocol-version": "2025-11-25" }, "POST", ping)
      assert.strictEqual(ended.status, 404)
      yield* second.call("quota")
    }).pipe(Effect.scoped, here)
  )

  it.live("answers nobody who asks for another host, comes from another page, or says it wrong", () =>
    Effect.gen(function* () {
      const url = yield* listen(options, { ...local, origins: ["https://app.example.com"], hosts: ["mcp.example.com"] })
      const statusOf = (headers: Record<string, string>, method?: string, sent?: string) =>
        Effect.map(status(url, headers, method, sent), ({ status: code }) => code)
      assert.strictEqual(yield* statusOf({}), 200)
      assert.strictEqual(yield* statusOf({ host: "localhost:1" }), 200)
      assert.strictEqual(yield* statusOf({ host: "mcp.example.com" }), 200)
      assert.strictEqual(yield* statusOf({ host: "rebound.example.com" }), 403)
      assert.strictEqual(yield* statusOf({ host: "127.0.0.1.example.com" }), 403)
      assert.strictEqual(yield* statusOf({ origin: "https://app.example.com" }), 200)
      assert.strictEqual(yield* statusOf({ origin: "https://app.example.com.evil.example" }), 403)
      assert.strictEqual(yield* statusOf({ origin: "http://localhost:3000" }), 403)
      assert.strictEqual(yield* statusOf({ origin: "null" }), 403)
      assert.strictEqual(yield* statusOf({ "content-type": "text/plain" }), 415)
      assert.strictEqual(yield* statusOf({}, "GET"), 405)
      assert.match((yield* status(url, {}, "POST", "{")).text, /"error":\{"code":-32700/u)
      assert.strictEqual(yield* statusOf({}, "POST", ping), 400)
      const wanted = { "access-control-request-method": "POST", "access-control-request-headers": "mcp-session-id" }
      const asked = yield* status(url, { origin: "https://app.example.com", ...wanted }, "OPTIONS")
      assert.strictEqual(asked.headers["access-control-allow-origin"], "https://app.example.com")
      const evil = yield* status(url, { origin: "https://evil.example", ...wanted }, "OPTIONS")
      assert.notStrictEqual(evil.headers["access-control-allow-origin"], "https://evil.example")
      const nowhere = yield* status(url.replace("/mcp", "/other"), {})
      assert.strictEqual(nowhere.status, 404)
    }).pipe(Effect.scoped, here)
  )

  it.live("wants its secret from everybody, where it has one", () =>
    Effect.gen(function* () {
      const url = yield* listen(options, { ...local, secret: Redacted.make(secret) })
      for (const authorization of ["", "Bearer", `Bearer ${secret}x`, `Basic ${secret}`, `Bearer ${secret.slice(1)}`]) {
        const answer = yield* status(url, authorization === "" ? {} : { authorization })
        assert.strictEqual(answer.status, 401, authorization)
      }
      const { client } = yield* connect(url, { authorization: `Bearer ${secret}` })
      yield* Effect.promise(() => client.ping())
    }).pipe(Effect.scoped, here)
  )

  it.live("takes no request that is larger than any tool needs", () =>
    Effect.gen(function* () {
      const url = yield* listen(options, local)
      const large = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping", params: { text: "x".repeat(2_000_000) } })
      assert.match((yield* status(url, {}, "POST", large)).text, /"error":\{"code":-32700/u)
      assert.strictEqual((yield* status(url, {})).status, 200)
    }).pipe(Effect.scoped, here)
  )
})

const ping = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "ping" })
