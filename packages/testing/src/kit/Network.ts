import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import type { Blow, FaultBoard } from "./FaultPlan.ts"
import { promised } from "./Promised.ts"

/** What carries one request to a service, and its answer back. */
export type Carry = (request: Request) => Promise<Response>

export interface NetworkOptions {
  readonly board: FaultBoard
  readonly sleep: (millis: number) => Promise<void>
  readonly crash: () => Promise<void>
}

/** The words of `fetch` for a connection that came to nothing. */
const broken = (code: "ECONNREFUSED" | "ECONNRESET"): TypeError =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(`the fault plan says ${code}`), { code }) })

export const connectionReset = (): TypeError => broken("ECONNRESET")

/** The same way, with what the plan says happens on it. */
export const faulty =
  (carry: Carry, { board, crash, sleep }: NetworkOptions): Carry =>
  async (request) => {
    const there = await befall(board.take("network.request"), sleep)
    if (there === "fail") throw broken("ECONNREFUSED")
    if (there === "crash") {
      await crash()
      throw broken("ECONNRESET")
    }
    const copy = there === "duplicate" ? request.clone() : null
    const answer = await carry(request)
    if (copy !== null) await drained(await carry(copy))
    const back = await befall(board.take("network.answer"), sleep)
    if (back !== "drop_answer" && back !== "garble") return answer
    await drained(answer)
    if (back === "drop_answer") throw broken("ECONNRESET")
    return new Response("<html><body>502 Bad Gateway</body></html>", {
      status: 502,
      headers: { "content-type": "text/html" }
    })
  }

/** With the length of its body, which every HTTP client says and `fetch` only adds on the wire. */
export const sized = async (request: Request): Promise<Request> => {
  if (request.body === null || request.headers.has("content-length")) return request
  const body = await request.arrayBuffer()
  const headers = new Headers(request.headers)
  headers.set("content-length", `${body.byteLength}`)
  return new Request(request.url, { method: request.method, headers, body, signal: request.signal })
}

const befall = async (blow: Blow | null, sleep: NetworkOptions["sleep"]): Promise<Blow["_tag"] | null> => {
  if (blow?._tag === "delay") await sleep(blow.millis)
  return blow?._tag ?? null
}

const drained = async (response: Response): Promise<void> => {
  await response.arrayBuffer()
}

/** A port of this machine that was taken; behind it there is somebody as soon as it was opened. */
export interface Door {
  readonly port: number
  readonly open: (carry: Carry, baseUrl: string) => void
  readonly close: () => Promise<void>
}

/** More than the largest upload. */
const mostBytes = 300 * 1024 * 1024

/** The same way for sockets of this machine. Bodies are read whole, so that no virtual time passes while they come. */
export const listen = async (port: number): Promise<Door> => {
  const behind = promised<{ readonly carry: Carry; readonly baseUrl: string }>()
  const server = createServer((incoming, outgoing) => {
    behind.promise
      .then(({ baseUrl, carry }) => exchange(incoming, outgoing, carry, baseUrl))
      .catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", resolve)
  })
  const address = server.address()
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    open: (carry, baseUrl) => behind.resolve({ carry, baseUrl }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

const exchange = async (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  carry: Carry,
  baseUrl: string
): Promise<void> => {
  const { method = "GET", url = "/" } = incoming
  const body = await bodyOf(incoming)
  const hangUp = new AbortController()
  outgoing.once("close", () => hangUp.abort())
  const answer = await carry(
    new Request(new URL(url, baseUrl), {
      method,
      headers: headersOf(incoming),
      signal: hangUp.signal,
      ...(method === "GET" || method === "HEAD" ? {} : { body })
    })
  )
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers))
  if (answer.body === null) outgoing.end()
  else await pipeline(Readable.fromWeb(answer.body), outgoing)
}

const bodyOf = async (incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> => {
  const chunks: Array<Uint8Array> = []
  let length = 0
  for await (const chunk of incoming) {
    if (!(chunk instanceof Uint8Array)) continue
    length += chunk.length
    if (length > mostBytes) throw new Error("the body is too long")
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/** Those that Node keeps to itself are left out: they tell of the connection and not of the request. */
const headersOf = ({ headers }: IncomingMessage): Headers => {
  const kept = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name === "connection" || name === "transfer-encoding") continue
    for (const one of typeof value === "string" ? [value] : value) kept.append(name, one)
  }
  return kept
}
