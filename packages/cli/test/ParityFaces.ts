import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert } from "@effect/vitest"
import { faceOf } from "@image-skill/adapters/agent/FaceOf"
import { patience } from "@image-skill/adapters/mcp/McpOptions"
import * as HttpApp from "@image-skill/adapters/service/HttpApp"
import { aiSdkTools } from "@image-skill/adapters/tools/AiSdkTools"
import type { ToolRunner } from "@image-skill/adapters/tools/ToolRunner"
import { Agent } from "@image-skill/core/agent/Agent"
import { AgentAbilities } from "@image-skill/core/agent/AgentAbilities"
import { agentOperationIds, agentOperationOf, toolNameOf } from "@image-skill/core/agent/AgentOperations"
import * as AgentTokens from "@image-skill/core/agent/AgentTokens"
import { argumentsOf } from "@image-skill/core/agent/AgentTools"
import { nextTools } from "@image-skill/core/agent/NextTool"
import { read } from "@image-skill/core/envelope/Arguments"
import type { Envelope } from "@image-skill/core/envelope/Envelope"
import { isJsonObject, textField } from "@image-skill/core/envelope/JsonFields"
import { embeddedTarget, variables } from "@image-skill/core/envelope/Product"
import { bareStart } from "@image-skill/core/envelope/Start"
import { type OperationId, operationOf } from "@image-skill/core/service/Operations"
import * as MemoryMcp from "@image-skill/testing/agent/MemoryMcp"
import * as MemoryAuthConfig from "@image-skill/testing/identity/MemoryAuthConfig"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import type { Step } from "@image-skill/testing/service/ParityScenarios"
import { pricedOptions } from "@image-skill/testing/service/PricedService"
import { configuration } from "@image-skill/testing/service/ServiceApiSuite"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { thisMachine } from "../src/Machine.ts"
import { answerTo } from "../src/Run.ts"

/** What one agent is answered at one face; null where the face has no such call. */
export type Ask = (step: Step) => Promise<Envelope | null>

/** One way in. Each has a service of its own, which begins like all the others. */
export interface Face {
  readonly name: string
  /** An agent that nobody knows yet. */
  readonly open: () => Promise<Ask>
  readonly close: () => Promise<void>
}

const envelopeSchema = Schema.Struct({
  ok: Schema.Boolean,
  command: Schema.String,
  trace_id: Schema.String,
  actor: Schema.Json,
  data: Schema.Json,
  warnings: Schema.Array(Schema.String),
  error: Schema.Json
})
const fromText = Schema.decodeUnknownSync(Schema.fromJsonString(envelopeSchema))
const fromTool = Schema.decodeUnknownSync(Schema.Struct({ ...envelopeSchema.fields, next_tools: Schema.Json }))

/** What a tool answers: the envelope, and next to it where it leads. */
const envelopeOf = (answer: unknown): Envelope => {
  const { next_tools, ...envelope } = fromTool(answer)
  assert.strictEqual(JSON.stringify(next_tools), JSON.stringify(nextTools(envelope)))
  return envelope
}

/** Everything that costs money, a rail that takes it, and an operator who forbids something. */
const service = Layer.unwrap(
  Effect.map(pricedOptions, (priced) =>
    MemoryService.layer({
      ...configuration,
      ...priced,
      models: [...(priced.models ?? []), FakeMediaProvider.fakeRetoucher]
    })
  )
)

const agent = Agent.standard({ runtime: "shell", waitMs: 30_000 }).pipe(
  Layer.provide(AgentAbilities.none),
  Layer.provideMerge(AgentTokens.layer(embeddedTarget)),
  Layer.provide(MemoryAuthConfig.layer())
)

/** A service in memory, and agents that nobody knows yet. */
const agents = () => {
  const runtime = ManagedRuntime.make(service)
  const newcomer = async (): Promise<ToolRunner> => {
    const context = await runtime.runPromise(Effect.scoped(Layer.build(agent)))
    const { ask } = Context.get(context, Agent)
    return { ask: async (id, body) => (await runtime.runPromise(ask(id, argumentsOf(body)))).envelope }
  }
  return { runtime, newcomer }
}

export const library = (): Face => {
  const runtime = ManagedRuntime.make(service)
  const open = async (): Promise<Ask> => {
    const own = Layer.provideMerge(agent, Layer.succeedContext(await runtime.context()))
    const skill = await faceOf(own)
    return ({ body, operation }) => skill.ask(operation, body)
  }
  return { name: "library", open, close: () => runtime.dispose() }
}

export const aiSdk = (): Face => {
  const { newcomer, runtime } = agents()
  const open = async (): Promise<Ask> => {
    const { tools } = aiSdkTools(await newcomer())
    return async ({ body, operation }) => {
      const context = { toolCallId: "call_1", messages: [], context: {} }
      return envelopeOf(await tools[toolNameOf(operation)]?.execute?.(body, context))
    }
  }
  return { name: "AI SDK", open, close: () => runtime.dispose() }
}

export const mcp = (): Face => {
  const { runtime } = agents()
  const clients: Array<Client> = []
  const open = async (): Promise<Ask> => {
    const client = new Client({ name: "parity", version: "1.0.0" })
    const line = MemoryMcp.line({ tools: agentOperationIds, spending: "allowed", patience })
    const scope = Scope.makeUnsafe()
    const opened = Effect.gen(function* () {
      const context = yield* Layer.build(agent)
      const transport = yield* Effect.provideContext(line, context)
      yield* Effect.promise(() => client.connect(transport))
    })
    await runtime.runPromise(Scope.provide(opened, scope))
    clients.push(client)
    return async ({ body, operation }) => {
      const { structuredContent } = await client.callTool({ name: toolNameOf(operation), arguments: body })
      return envelopeOf(structuredContent)
    }
  }
  const close = async () => {
    for (const client of clients) await client.close()
    await runtime.dispose()
  }
  return { name: "MCP", open, close }
}

/** A service in memory on a port of this machine. */
const served = () => {
  const socket = NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 })
  const routes = Layer.effectDiscard(
    Effect.flatMap(place, (origin) => Effect.flatMap(HttpApp.make(origin), (app) => HttpServer.serveEffect(app)))
  )
  const runtime = ManagedRuntime.make(routes.pipe(Layer.provideMerge(Layer.merge(service, socket))))
  return { runtime, origin: runtime.runPromise(place) }
}

const place = Effect.map(HttpServer.HttpServer, ({ address }) => HttpServer.formatAddress(address))

/** The items of a list, which is all that a value may be here. */
export const itemsIn = (value: Schema.Json | undefined): ReadonlyArray<Schema.Json> =>
  typeof value === "object" && value !== null && !isJsonObject(value) ? value : []

const text = (value: Schema.Json | undefined): string =>
  typeof value === "string" ? value : JSON.stringify(value ?? null)

/** The routes of the contract, and nothing of ours in between. */
export const http = (): Face => {
  const { origin, runtime } = served()
  const open = async (): Promise<Ask> => {
    const place = await origin
    let token = ""
    return async (step) => {
      const id = routeOf(step)
      if (id === null) return null
      const { method, path } = operationOf(id)
      const fields = Object.entries(bodyOf(step))
      const inPath = fields.filter(([name]) => path.includes(`{${name}}`))
      const rest = fields.filter(([name]) => !path.includes(`{${name}}`))
      const route = inPath.reduce((whole, [name, value]) => whole.replace(`{${name}}`, text(value)), path)
      const isBody = method === "POST" || method === "PUT"
      const asked = new URLSearchParams(
        isBody ? [] : rest.map(([name, value]): [string, string] => [name, text(value)])
      )
      const response = await fetch(`${place}${route}?${asked.toString()}`, {
        method,
        headers: {
          ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
          ...(isBody ? { "content-type": "application/json" } : {})
        },
        ...(isBody ? { body: JSON.stringify(Object.fromEntries(rest)) } : {})
      })
      const envelope = fromText(await response.text())
      token = textField(envelope.data, "token") || token
      return envelope
    }
  }
  return { name: "HTTP", open, close: () => runtime.dispose() }
}

const purchases: { readonly [provider: string]: OperationId } = {
  stripe: "creditsBuyCheckout",
  stripe_x402: "creditsBuyDeposit",
  fake: "creditsFakePurchase"
}

const routeOf = ({ body, operation }: Step): OperationId | null => {
  if (operation === "creditsBuy") return purchases[textField(body, "provider")] ?? null
  return operation === "jobsWait" ? null : agentOperationOf(operation).answers
}

const bodyOf = ({ body, operation }: Step): Schema.JsonObject => {
  const { provider: _, ...rest } = body
  if (operation === "creditsBuy") return rest
  return operation === "signup" ? { ...body, return_token: true } : body
}

/** The commands of the executable, each run in this process against a service on a port. */
export const cli = (): Face => {
  const { origin, runtime } = served()
  const folder = mkdtempSync(join(tmpdir(), "isp-"))
  let agentCount = 0
  const open = async (): Promise<Ask> => {
    const place = await origin
    const home = join(folder, `${agentCount++}`)
    const given: { readonly [name: string]: string } = {
      [variables.apiBaseUrl]: place,
      [variables.configPath]: join(home, "config.json")
    }
    return async (step) => {
      const file = join(folder, "body.json")
      const { body, words } = lineOf(step)
      writeFileSync(file, JSON.stringify(body))
      const argv = Object.keys(body).length === 0 ? [...words, "--json"] : [...words, "--input", `@${file}`, "--json"]
      const machine = {
        ...thisMachine("/home/demo/image-skill"),
        arguments: argv,
        workingDirectory: folder,
        variable: (name: string) => given[name] ?? null,
        hasEmptyToken: false,
        // A person waits there, who is not told how to go on after a crash.
        stderrIsTerminal: true,
        dataHome: home,
        configHome: home
      }
      const host = { ...bareStart, startWith: () => bareStart }
      return (await runtime.runPromise(answerTo(machine, read(argv), null, host))).envelope
    }
  }
  const close = async () => {
    await runtime.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
  return { name: "CLI", open, close }
}

/** The command of a call. What its request has goes in as a body; what only the command line knows is a flag. */
const lineOf = ({
  body,
  operation
}: Step): { readonly words: ReadonlyArray<string>; readonly body: Schema.JsonObject } => {
  const words = agentOperationOf(operation).words.split(" ")
  const { explain, inputs, max_usd, no_human, operation: kind, provider, timeout_ms, credits, ...rest } = body
  switch (operation) {
    case "guide": {
      const pictures = itemsIn(inputs).map((input) => `--input=${text(input)}`)
      const more = [...(explain === true ? ["--explain"] : []), ...pictures]
      const cap = max_usd === undefined ? {} : { max_usd }
      return { words: [kind === "edit" ? "edit" : "create", "--guide", ...more], body: { ...rest, ...cap } }
    }
    case "creditsPlan": {
      const flags = [
        ...(credits === undefined ? [] : [`--credits=${text(credits)}`]),
        ...(max_usd === undefined ? [] : [`--max-usd=${text(max_usd)}`]),
        ...(no_human === true ? ["--no-human"] : [])
      ]
      return { words: [...words, ...flags], body: {} }
    }
    case "creditsBuy":
      return { words: [...words, `--provider=${text(provider)}`], body: rest }
    case "modelsList":
      // The command line never lists more.
      return { words, body: Object.fromEntries(Object.entries(rest).filter(([name]) => name !== "compact")) }
    case "creditsPacks":
      return { words: [...words, "list"], body }
    case "quota":
      return { words: ["usage", "quota"], body }
    case "jobsWait": {
      const limit = timeout_ms === undefined ? [] : [`--timeout-ms=${text(timeout_ms)}`]
      return { words: [...words, `--job-id=${text(rest["job_id"])}`, ...limit], body: {} }
    }
    default:
      return { words, body }
  }
}
