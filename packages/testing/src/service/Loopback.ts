import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** One request as it arrived. */
export interface Arrived {
  readonly method: string
  /** With its query, as it stood in the request line. */
  readonly path: string
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

export interface Loopback {
  readonly origin: string
  readonly arrived: ReadonlyArray<Arrived>
  /** Waits for the first request. */
  readonly asked: Effect.Effect<void>
  /** Waits until a client has closed its connection before it had the whole answer. */
  readonly hungUp: Effect.Effect<void>
}

/** Something that one side waits for and the other side says once. */
export const signal = () => {
  let resolve: (() => void) | undefined
  const sent = new Promise<void>((done) => {
    resolve = done
  })
  return { send: () => resolve?.(), sent }
}

/** What a server does with a request. */
export type Answering = (response: ServerResponse, request: Arrived) => void

/** A server on this machine that answers as it is told, honestly or not, and ends with the scope. */
export const loopback = (answer: Answering): Effect.Effect<Loopback, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => open(answer)),
      ({ close }) => Effect.promise(close)
    ),
    ({ arrived, asked, hungUp, port }) => ({
      origin: `http://127.0.0.1:${port}`,
      arrived,
      asked: Effect.promise(() => asked.sent),
      hungUp: Effect.promise(() => hungUp.sent)
    })
  )

const open = async (answer: Answering) => {
  const arrived: Array<Arrived> = []
  const asked = signal()
  const hungUp = signal()
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    response.on("close", () => {
      if (!response.writableFinished) hungUp.send()
    })
    request.on("end", () => {
      const { headers, method = "", url: path = "" } = request
      const exchange = { method, path, headers, body: Buffer.concat(chunks).toString("utf8") }
      arrived.push(exchange)
      asked.send()
      answer(response, exchange)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const address = server.address()
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { arrived, asked, hungUp, close, port: typeof address === "object" ? address?.port : undefined }
}

/** An answer of one piece. */
export const answering =
  (status: number, body = "", headers: { readonly [name: string]: string } = {}): Answering =>
  (response) => {
    response.writeHead(status, headers)
    response.end(body)
  }

/** Sends more than anybody can take, for as long as there is somebody who takes it. */
export const withoutEnd: Answering = (response) => {
  const chunk = Buffer.alloc(64 * 1024, "x")
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  }
  response.on("drain", more)
  more()
}

/** Promises more than it sends, and breaks off. */
export const brokenOff: Answering = (response) => {
  response.writeHead(200, { "content-length": "1000" })
  response.write("a hero", () => response.destroy())
}
