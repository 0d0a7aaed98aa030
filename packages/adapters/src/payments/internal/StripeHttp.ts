import type * as Http from "node:http"
import { createRequire } from "node:module"
import type Stripe from "stripe"

// An ESM import of node:http loads all of undici on Node 22 and newer, which nothing here needs.
const load: (id: "node:http" | "node:https") => typeof Http = createRequire(import.meta.url)

/** The request failed before a byte of it can have reached the other side. */
export class NotSent extends Error {}

/** The answer is whole, and not what Stripe answers. */
export class NotJson extends Error {}

const maxBytes = 16 * 1024 * 1024

/**
 * The transport of one call of Stripe's SDK: Node's own client, which knows whether anything was sent, ends the
 * connection when `signal` does, and takes no more than 16 MiB. The SDK keeps its one retry after a closed connection.
 */
export const stripeHttp = (signal: AbortSignal): Stripe.HttpClient => ({
  getClientName: () => "node",
  makeRequest: (host, port, path, method, headers, body, protocol, timeout) =>
    new Promise((resolve, reject) => {
      const client = load(protocol === "http" ? "node:http" : "node:https")
      const sent = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, typeof value === "number" ? `${value}` : value])
      )
      const request = client.request({ host, port, path, method, headers: sent, signal })
      let isOpen = false
      request.once("socket", (socket) => {
        // A connection that is used again has been open all the time.
        if (!socket.connecting) isOpen = true
        else socket.once(protocol === "http" ? "connect" : "secureConnect", () => void (isOpen = true))
      })
      request.setTimeout(timeout, () => request.destroy(timedOut()))
      request.once("response", (response) => resolve(answer(response)))
      request.on("error", (error) => reject(isOpen ? error : new NotSent(error.message, { cause: error })))
      request.end(body)
    })
})

const answer = (response: Http.IncomingMessage): Stripe.HttpClientResponse => {
  const status = response.statusCode ?? 0
  return {
    getStatusCode: () => status,
    getHeaders: () =>
      Object.fromEntries(
        Object.entries(response.headers).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, typeof value === "string" ? value : value.join(", ")]]
        )
      ),
    getRawResponse: () => response,
    toStream: () => response,
    toJSON: async () => parse(status, await text(response)),
    dispose: () => void response.destroy()
  }
}

const text = async (response: Http.IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  let bytes = 0
  // Whatever the stream gives without an encoding is a buffer.
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error("the answer is too long")
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

/** A refusal that is not Stripe's own comes from something in between, and keeps its status. */
const parse = (status: number, body: string): unknown => {
  const json = parsed(body)
  const isObject = typeof json === "object" && json !== null
  if (status >= 400) return isObject && "error" in json ? json : { error: { type: "api_error", message: "" } }
  if (!isObject) throw new NotJson("the answer is no JSON object")
  return json
}

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const timedOut = (): Error => Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" })
