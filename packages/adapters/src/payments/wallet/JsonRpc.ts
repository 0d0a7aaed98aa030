import { type HttpReply, HttpTransport } from "@image-skill/core/service/HttpTransport"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * A node did not do what it was asked for.
 *
 * - `unreachable`: no answer, or none that can be read. Whether the request took effect is unknown.
 * - `reverted`: the contract refused the call. `known`, `nonce_used`, `underpriced`, `no_funds`: why the node did not take
 *   a transaction. `refused`: anything else that it said no to.
 *
 * The words of a node are not kept: they may hold the address it was asked at, with the key in it.
 */
export class ChainFailed extends Data.TaggedError("ChainFailed")<{
  readonly reason: "known" | "no_funds" | "nonce_used" | "refused" | "reverted" | "underpriced" | "unreachable"
  readonly method: string
}> {
  override get message() {
    return this.reason === "unreachable"
      ? `the node gave no usable answer to ${this.method}`
      : `the node refused ${this.method} (${this.reason})`
  }
}

export type Ask = (method: string, ...params: ReadonlyArray<Schema.Json>) => Effect.Effect<unknown, ChainFailed>

const patience = Duration.seconds(10)
const maxBytes = 1_048_576

const Answer = Schema.fromJsonString(
  Schema.Struct({
    result: Schema.optional(Schema.Unknown),
    error: Schema.optional(Schema.Struct({ code: Schema.Number, message: Schema.String }))
  })
)

/** Asks the node at `url`, and nobody else: a redirect is not followed. */
export const make = Effect.fnUntraced(function* (url: string) {
  const transport = yield* HttpTransport
  const ask: Ask = (method, ...params) =>
    transport
      .send({
        method: "POST",
        url,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        timeout: patience,
        maxBytes
      })
      .pipe(
        Effect.mapError(() => new ChainFailed({ reason: "unreachable", method })),
        Effect.flatMap((reply) => resultOf(method, reply))
      )
  return ask
})

const resultOf = (method: string, { text }: HttpReply): Effect.Effect<unknown, ChainFailed> =>
  Schema.decodeEffect(Answer)(text).pipe(
    Effect.mapError(() => new ChainFailed({ reason: "unreachable", method })),
    Effect.flatMap(({ error, result }) => {
      if (error !== undefined) return Effect.fail(new ChainFailed({ reason: reasonOf(error), method }))
      return result === undefined
        ? Effect.fail(new ChainFailed({ reason: "unreachable", method }))
        : Effect.succeed(result)
    })
  )

/** Nodes agree on few codes, so their usual words are read, too (go-ethereum's, and those that follow it). */
const reasonOf = ({ code, message }: { readonly code: number; readonly message: string }): ChainFailed["reason"] => {
  if (/already known|already imported|known transaction/iu.test(message)) return "known"
  if (/nonce too low|nonce is too low|old nonce/iu.test(message)) return "nonce_used"
  if (/underpriced/iu.test(message)) return "underpriced"
  if (/insufficient funds/iu.test(message)) return "no_funds"
  return code === 3 || /revert/iu.test(message) ? "reverted" : "refused"
}
