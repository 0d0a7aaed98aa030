import * as NodeStdio from "@effect/platform-node/NodeStdio"
import * as McpServer from "effect/ai/McpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import type { McpOptions } from "./McpOptions.ts"
import { about } from "./McpServing.ts"

/**
 * The server of the client that started this process: one JSON-RPC message a line on standard input and output.
 * Nothing else may be written to standard output. The fiber that builds it is interrupted when the input ends.
 */
export const layer = (options: McpOptions) => over(options).pipe(Layer.provide(NodeStdio.layer))

/** The same over any input and output. */
export const over = (options: McpOptions) =>
  McpServer.layerStdio(about(options)).pipe(Layer.provide(readable), Layer.orDie)

/** A line that is no JSON would take with it whatever came in one piece with it. */
const readable = Layer.effect(
  Stdio.Stdio,
  Effect.map(Stdio.Stdio, (stdio) => Stdio.make({ ...stdio, stdin: messages(stdio.stdin) }))
)

const messages = <E>(input: Stream.Stream<Uint8Array, E>): Stream.Stream<Uint8Array, E> =>
  input.pipe(
    Stream.decodeText,
    Stream.splitLines,
    Stream.filterEffect((line) =>
      Option.isSome(parse(line)) || line.trim() === ""
        ? Effect.succeed(line.trim() !== "")
        : Effect.as(Effect.logWarning("a line of the client was no JSON and was passed over"), false)
    ),
    Stream.map((line) => `${line}\n`),
    Stream.encodeText
  )

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))
