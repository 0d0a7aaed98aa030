import { type SecretStore, SecretStoreFailed } from "@image-skill/core/identity/SecretStore"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { sendable } from "./SendableToken.ts"

export interface StandardInput {
  readonly isTerminal: boolean
  /** Asked for only when it is read. */
  readonly bytes: () => AsyncIterable<Uint8Array>
}

/** No token is that long; what is longer was piped by mistake. */
const maxBytes = 65_536

/** What is piped in, read to its end and trimmed. Good for any origin. It can be read once. */
export const make = (stdin: StandardInput): SecretStore => ({
  source: "stdin",
  read: () =>
    stdin.isTerminal
      ? Effect.fail(failed("terminal", "standard input is a terminal"))
      : Effect.asSome(Effect.flatMap(readAll(stdin), (text) => sendable("stdin", text.trim()))),
  write: null,
  remove: null
})

const failed = (reason: SecretStoreFailed["reason"], message: string): SecretStoreFailed =>
  new SecretStoreFailed({ source: "stdin", reason, message })

const readAll = ({ bytes }: StandardInput): Effect.Effect<string, SecretStoreFailed> =>
  Stream.suspend(() =>
    Stream.fromAsyncIterable(bytes(), () => failed("unavailable", "standard input could not be read"))
  ).pipe(
    Stream.runFoldEffect(
      () => Buffer.alloc(0),
      (read, chunk: Uint8Array) =>
        read.length + chunk.length > maxBytes
          ? Effect.fail(failed("malformed", `more than ${maxBytes} bytes were piped in`))
          : Effect.succeed(Buffer.concat([read, chunk]))
    ),
    Effect.map((buffer) => buffer.toString("utf8"))
  )
