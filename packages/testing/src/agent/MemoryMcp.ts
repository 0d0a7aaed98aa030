import type { McpOptions } from "@image-skill/adapters/mcp/McpOptions"
import { over } from "@image-skill/adapters/mcp/McpStdio"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Sink from "effect/Sink"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"

/** The client's end of a line to a server in this process. */
export interface Line extends Transport {
  /** Everything that the server wrote, as it was written. */
  readonly written: () => string
  /** Sends text as it is, whole lines or not. */
  readonly type: (text: string) => void
}

/** The MCP server of an agent, with its standard input and output in the hands of a test, until the scope ends. */
export const line = Effect.fnUntraced(function* (options: McpOptions) {
  const input = yield* Queue.unbounded<Uint8Array, Cause.Done>()
  let written = ""
  let rest = ""
  const transport: Line = {
    start: () => Promise.resolve(),
    send: (message) => {
      transport.type(`${JSON.stringify(message)}\n`)
      return Promise.resolve()
    },
    close: () => {
      Queue.endUnsafe(input)
      transport.onclose?.()
      return Promise.resolve()
    },
    written: () => written,
    type: (text) => {
      Queue.offerUnsafe(input, new TextEncoder().encode(text))
    }
  }
  const receive = (chunk: string | Uint8Array): void => {
    const text = typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk)
    written += text
    const lines = `${rest}${text}`.split("\n")
    rest = lines.pop() ?? ""
    for (const each of lines) if (each !== "") transport.onmessage?.(JSON.parse(each))
  }
  const stdio = Stdio.make({
    args: Effect.succeed([]),
    stdin: Stream.fromQueue(input),
    stdout: () => Sink.forEach((chunk: string | Uint8Array) => Effect.sync(() => receive(chunk))),
    stderr: () => Sink.drain
  })
  // Its own fiber: the end of the input interrupts the one that runs the server.
  yield* Effect.forkScoped(Layer.launch(Layer.provide(over(options), Layer.succeed(Stdio.Stdio, stdio))))
  return transport
})
