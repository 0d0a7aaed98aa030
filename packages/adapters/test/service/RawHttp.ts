import * as Http from "node:http"
import * as Net from "node:net"
import { assert } from "@effect/vitest"
import { isJsonObject, textField } from "@image-skill/core/envelope/JsonFields"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/** The connection ended without a whole answer. */
export class Broken extends Data.TaggedError("Broken")<{ readonly message: string }> {}

export interface RawRequest {
  readonly method?: string
  /** As it goes over the wire; nobody normalises it. */
  readonly path: string
  readonly headers?: Http.OutgoingHttpHeaders
  readonly body?: string | Uint8Array
}

export interface RawReply {
  readonly status: number
  readonly headers: Http.IncomingHttpHeaders
  readonly bytes: Buffer
  readonly text: string
}

/** One request over a connection of its own, by Node's plain client. Interruption destroys the connection. */
export const send = (origin: string, { body, headers = {}, method = "GET", path }: RawRequest) =>
  Effect.callback<RawReply, Broken>((resume) => {
    const broken = (error: Error): void => resume(Effect.fail(new Broken({ message: error.message })))
    const request = Http.request(origin, { method, path, headers, agent: false }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", broken)
      response.on("end", () => {
        const bytes = Buffer.concat(chunks)
        const { headers, statusCode = 0 } = response
        resume(Effect.succeed({ status: statusCode, headers, bytes, text: bytes.toString("utf8") }))
      })
    })
    request.on("error", broken)
    request.end(body)
    return Effect.sync(() => request.destroy())
  })

const parse = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Json))

export const json = ({ text }: RawReply): Schema.Json => parse(text)

/** A POST of JSON, as a client would send it. */
export const post = (path: string, body: unknown, headers: Http.OutgoingHttpHeaders = {}): RawRequest => ({
  method: "POST",
  path,
  headers: { "content-type": "application/json", ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body)
})

export const bearer = (token: string): Http.OutgoingHttpHeaders => ({ authorization: `Bearer ${token}` })

/** A connection that says exactly what it is told to; closed with the scope. */
export interface RawSocket {
  readonly say: (text: string) => Effect.Effect<void>
  readonly sayBytes: (bytes: Uint8Array) => Effect.Effect<void>
  /** Everything that the other side says until it ends the connection. */
  readonly rest: Effect.Effect<string>
}

export const connect = (origin: string): Effect.Effect<RawSocket, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<Net.Socket>((resume) => {
        const { hostname, port } = new URL(origin)
        const socket = Net.connect(Number(port), hostname, () => resume(Effect.succeed(socket)))
      }),
      (socket) => Effect.sync(() => socket.destroy())
    ),
    (socket): RawSocket => {
      let heard = ""
      const ended = new Promise<string>((resolve) => {
        socket.on("data", (chunk) => {
          heard += chunk.toString("latin1")
        })
        socket.on("error", () => {})
        socket.on("close", () => resolve(heard))
      })
      const sayBytes = (bytes: Uint8Array | string) =>
        Effect.callback<void>((resume) => void socket.write(bytes, () => resume(Effect.void)))
      return {
        say: sayBytes,
        sayBytes,
        rest: Effect.promise(() => ended)
      }
    }
  )

/** What an enveloped answer must be like, whatever it says (contract/api.md 1.3 and 1.4). */
export interface Enveloped {
  readonly status: number
  readonly exit: number
  /** Null for a success. */
  readonly code: string | null
  readonly command: string
  readonly cache?: string
}

const keys = ["ok", "command", "trace_id", "actor", "data", "warnings", "error"]

export const assertEnvelope = (reply: RawReply, expected: Enveloped, about?: string): void => {
  const body = json(reply)
  const envelope = isJsonObject(body) ? body : {}
  assert.deepStrictEqual(Object.keys(envelope), keys, about)
  const { cache = "no-store", code, command, exit, status } = expected
  assert.deepStrictEqual(
    {
      status: reply.status,
      exit: reply.headers["x-image-skill-exit-code"],
      code: code === null ? envelope["error"] : textField(envelope["error"], "code"),
      command: envelope["command"],
      ok: envelope["ok"],
      trace: reply.headers["x-image-skill-trace-id"],
      type: reply.headers["content-type"],
      length: reply.headers["content-length"],
      cache: reply.headers["cache-control"]
    },
    {
      status,
      exit: `${exit}`,
      code,
      command,
      ok: code === null,
      trace: envelope["trace_id"],
      type: "application/json; charset=utf-8",
      length: `${reply.bytes.length}`,
      cache
    },
    about
  )
  assert.match(textField(envelope, "trace_id"), /^trace_[0-9a-f]{16}$/u, about)
  assert.isArray(envelope["warnings"], about)
}
