import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/**
 * What an emulated provider does wrong.
 *
 * - `refuse`: answers with this status before it takes anything. `slow`: answers late.
 * - `drop`: takes the request, does the work, and breaks the connection instead of answering.
 * - `duplicate`: delivers the same output twice. `wrong_type`: delivers HTML under the type of media.
 * - `truncated`: announces the whole output and breaks off in the middle.
 * - `endless`: takes the request and never gets done. `redirect`: sends whoever fetches an output to `to`.
 */
export type Fault =
  | { readonly _tag: "refuse"; readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly _tag: "slow"; readonly millis: number }
  | { readonly _tag: "drop" }
  | { readonly _tag: "duplicate" }
  | { readonly _tag: "wrong_type" }
  | { readonly _tag: "truncated" }
  | { readonly _tag: "endless" }
  | { readonly _tag: "redirect"; readonly to: string }
  /** The provider's own content policy says no, in its own words. */
  | { readonly _tag: "content" }

export type FaultTag = Fault["_tag"]

export interface EmulatedCall {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Uint8Array
}

export interface EmulatedReply {
  readonly status: number
  readonly headers?: { readonly [name: string]: string }
  readonly body?: Uint8Array | string | Schema.Json
  /** Breaks the connection after this many bytes of the body; 0 for before the status line. */
  readonly breakAfter?: number
}

/** A provider on this machine, as its adapter and its vendor's SDK see it. */
export interface ProviderEmulator {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string
  /** A key of this emulator alone; every other one is refused as the vendor does. */
  readonly apiKey: string
  /** Everything that arrived, in order. */
  readonly calls: ReadonlyArray<EmulatedCall>
  /** How many paid requests it took: what the vendor would bill. */
  readonly accepted: () => number
  /** From now on, for the next `times` requests that it concerns; for all where it is left out. Null ends it. */
  readonly fail: (fault: Fault | null, times?: number) => void
}

/** The fault switch that a vendor's routes ask. */
export class FaultSwitch {
  #fault: Fault | null = null
  #left = Infinity

  set(fault: Fault | null, times = Infinity): void {
    this.#fault = fault
    this.#left = times
  }

  /** The fault if it is on and one of these; counts as one use. */
  take<T extends FaultTag>(...tags: ReadonlyArray<T>): Extract<Fault, { _tag: T }> | null {
    const fault = this.#fault
    if (fault === null || this.#left <= 0 || !isOne(fault, tags)) return null
    this.#left -= 1
    return fault
  }
}

const isOne = <T extends FaultTag>(fault: Fault, tags: ReadonlyArray<T>): fault is Extract<Fault, { _tag: T }> =>
  tags.some((tag) => tag === fault._tag)

export interface Served {
  readonly origin: string
  readonly calls: ReadonlyArray<EmulatedCall>
}

/** Listens on a free port of this machine until the scope ends. `answer` knows the origin, for the URLs it gives out. */
export const serve = (
  answer: (call: EmulatedCall, origin: string) => EmulatedReply | Promise<EmulatedReply>,
  port = 0
): Effect.Effect<Served, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => open(answer, port)),
      ({ close }) => Effect.promise(close)
    ),
    ({ calls, origin }) => ({ calls, origin })
  )

const open = async (
  answer: (call: EmulatedCall, origin: string) => EmulatedReply | Promise<EmulatedReply>,
  port: number
) => {
  const calls: Array<EmulatedCall> = []
  let origin = ""
  const server = createServer((request, response) => {
    const answered = received(request)
      .then((call) => {
        calls.push(call)
        return answer(call, origin)
      })
      .then((reply) => send(response, reply))
    // A client that breaks off while it sends has asked for nothing; a reply that cannot be made is none.
    void answered.catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve)
  })
  const address = server.address()
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : port}`
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { calls, close, origin }
}

const received = async (request: IncomingMessage): Promise<EmulatedCall> => {
  const chunks: Array<Uint8Array> = []
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk)
  const [path = "", query = ""] = (request.url ?? "").split("?", 2)
  const { headers, method = "GET" } = request
  return { method, path, query: new URLSearchParams(query), headers, body: new Uint8Array(Buffer.concat(chunks)) }
}

const send = (response: ServerResponse, { body, breakAfter, headers = {}, status }: EmulatedReply): void => {
  const isBytes = body instanceof Uint8Array
  const bytes = isBytes
    ? Buffer.from(body)
    : Buffer.from(typeof body === "string" ? body : JSON.stringify(body ?? null))
  if (breakAfter === 0) {
    response.destroy()
    return
  }
  const type = isBytes || typeof body === "string" ? {} : { "content-type": "application/json" }
  response.writeHead(status, { ...type, "content-length": `${bytes.length}`, ...headers })
  if (breakAfter === undefined) response.end(bytes)
  else response.write(bytes.subarray(0, breakAfter), () => response.destroy())
}
