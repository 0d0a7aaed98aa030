import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type * as Schema from "effect/Schema"
import { afterAll, onTestFinished } from "vitest"

/** One request as it arrived. */
export interface Exchange {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

export interface Stub {
  readonly url: string
  readonly requests: ReadonlyArray<Exchange>
}

export type Answering = (exchange: Exchange, response: ServerResponse) => void

/** A service of our own making on loopback, honest or not. It is gone when the test or the file has ended. */
export const stub = async (answer: Answering): Promise<Stub> => {
  const requests: Array<Exchange> = []
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const { headers, method = "", url = "" } = request
      const exchange = { method, path: url, headers, body: Buffer.concat(chunks).toString("utf8") }
      requests.push(exchange)
      answer(exchange, response)
    })
  })
  // A client that hangs up is what some tests are about.
  server.on("clientError", (_, socket) => socket.destroy())
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  try {
    onTestFinished(stop)
  } catch {
    afterAll(stop)
  }
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, requests }
}

export const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: { readonly [name: string]: string } = {}
): void => {
  response.writeHead(status, { "content-type": "application/json", ...headers })
  response.end(JSON.stringify(body))
}

export const foreignTrace = "trace_00112233445566aa"

export const envelope = (command: string, data: Schema.Json) => ({
  ok: true,
  command,
  trace_id: foreignTrace,
  actor: null,
  data,
  warnings: [],
  error: null
})

export const failure = (command: string, error: Schema.JsonObject) => ({
  ok: false,
  command,
  trace_id: foreignTrace,
  actor: null,
  data: null,
  warnings: [],
  error
})

/** A service with one executable model at nine credits, both rails of the contract, and what a test says otherwise. */
export const service =
  (answers: { readonly [route: string]: unknown } = {}): Answering =>
  ({ method, path }, response) => {
    const [route = ""] = path.split("?")
    const key = `${method} ${route}`
    const own = answers[key] ?? (key in healthy ? healthy[key] : undefined)
    if (own === undefined)
      json(response, 404, failure("image-skill", { code: "NOT_FOUND", message: "nothing here", retryable: false }))
    else if (typeof own === "function") (own as (response: ServerResponse) => void)(response)
    else json(response, 200, own, { "x-image-skill-exit-code": "0" })
  }

/** Answers with a status of its own, and the exit code that goes with it. */
export const refusing =
  (status: number, exitCode: number, body: unknown) =>
  (response: ServerResponse): void =>
    json(response, status, body, { "x-image-skill-exit-code": `${exitCode}` })

const rail = (id: string, provider: string, more: Schema.JsonObject) => ({
  method_id: id,
  available: true,
  quoteable: true,
  purchasable: true,
  live_money: true,
  agent_initiated: true,
  ...more,
  recovery: {
    quote_command: `image-skill credits quote --pack starter-500 --payment-method ${id} --idempotency-key KEY --json`,
    purchase_command: `image-skill credits buy --provider ${provider} --quote-id QUOTE_ID --idempotency-key KEY --json`,
    status_command: "image-skill credits status --payment-attempt-id PAYMENT_ATTEMPT_ID --json"
  }
})

export const quota = (remaining: number, daily = 4): Schema.Json => ({
  authenticated: true,
  claim_state: "unclaimed",
  token_status: "active",
  limits: { remaining_credits: remaining, payment_backed_remaining_credits: 0 },
  daily_jobs: { limit: 4, used: 4 - daily, remaining: daily, resets_at: "2026-01-03T00:00:00.000Z" }
})

export const sketch: Schema.JsonObject = {
  id: "demo.sketch-1",
  status: "available",
  provider_id: "demo",
  supports: ["create"],
  execution: { model_execution_status: "executable" },
  economics: {
    estimated_usd_per_image: 0.05,
    credit_pricing: {
      credits_required: 9,
      credit_unit_usd: 0.01,
      estimated_provider_cost_usd: 0.05,
      fallback_provider_cost_usd: null,
      estimated_revenue_usd: 0.09,
      pricing_confidence: "known"
    }
  }
}

const healthy: { readonly [route: string]: unknown } = {
  "GET /healthz": envelope("image-skill doctor", { status: "ok", api_version: "2026-01-02.1" }),
  "GET /v1/models": envelope("image-skill models list", {
    models: [sketch],
    summary: { total: 2, returned: 2, executable: 1, cataloged_not_wired: 1, unavailable: 0 }
  }),
  "GET /v1/payment-methods": envelope("image-skill credits methods", {
    methods: [
      rail("stripe_checkout", "stripe", {
        requires_browser: true,
        agent_settleable: false,
        buyer_modes: ["human_only"]
      }),
      rail("stripe_x402.exact.usdc", "stripe_x402", {
        requires_browser: false,
        agent_settleable: true,
        buyer_modes: ["agent_only"]
      })
    ]
  }),
  "GET /v1/quota": envelope("image-skill usage quota", quota(41))
}
