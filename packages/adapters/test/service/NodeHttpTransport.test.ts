import { createServer } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import { HttpTransport } from "@image-skill/core/service/HttpTransport"
import * as HttpDownloadSuite from "@image-skill/testing/service/HttpDownloadSuite"
import * as HttpTransportSuite from "@image-skill/testing/service/HttpTransportSuite"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

HttpTransportSuite.suite("node", NodeHttpTransport.layer)
HttpDownloadSuite.suite("node", NodeHttpTransport.layer)

/** A port on which somebody listens who hangs up at the first byte. */
const hangingUp = Effect.acquireRelease(
  Effect.promise(
    () =>
      new Promise<ReturnType<typeof createServer>>((resolve) => {
        const server = createServer((socket) => socket.on("data", () => socket.destroy()))
        server.listen(0, "127.0.0.1", () => resolve(server))
      })
  ),
  (server) => Effect.sync(() => server.close())
)

describe("a connection that breaks within the handshake of TLS", () => {
  it.effect("carried nothing of the request", () =>
    Effect.gen(function* () {
      const address = (yield* hangingUp).address()
      const port = typeof address === "object" ? address?.port : undefined
      const transport = yield* HttpTransport
      const failure = yield* Effect.flip(
        transport.send({
          method: "POST",
          url: `https://127.0.0.1:${port}/v1/create`,
          headers: { authorization: "Bearer secret" },
          body: "{}",
          timeout: Duration.seconds(10),
          maxBytes: 1_000
        })
      )
      assert.isFalse(failure.sent, failure.message)
    }).pipe(Effect.provide(NodeHttpTransport.layer))
  )
})
