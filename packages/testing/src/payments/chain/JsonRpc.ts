import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** The chain refused a request, or did not answer it as JSON-RPC 2.0 says. */
export class ChainRefused extends Data.TaggedError("ChainRefused")<{
  readonly method: string
  readonly detail: string
}> {
  override get message() {
    return `${this.method}: ${this.detail}`
  }
}

const Answer = Schema.fromJsonString(
  Schema.Struct({
    result: Schema.optional(Schema.Unknown),
    error: Schema.optional(Schema.Struct({ message: Schema.String }))
  })
)

/** One request to an Ethereum node. */
export type Ask = (method: string, ...params: ReadonlyArray<unknown>) => Effect.Effect<unknown, ChainRefused>

/** Asks the node at `rpcUrl`. */
export const askAt =
  (rpcUrl: string): Ask =>
  (method, ...params) =>
    Effect.tryPromise(async (signal) => {
      const response = await fetch(rpcUrl, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        signal
      })
      return response.text()
    }).pipe(
      Effect.flatMap(Schema.decodeEffect(Answer)),
      Effect.mapError((error) => new ChainRefused({ method, detail: error.message })),
      Effect.flatMap(({ error, result }) =>
        error === undefined ? Effect.succeed(result) : Effect.fail(new ChainRefused({ method, detail: error.message }))
      )
    )

/** Asks for a string: a quantity, an address, a hash or data, each in hexadecimal. */
export const askText = (ask: Ask, method: string, ...params: ReadonlyArray<unknown>) =>
  ask(method, ...params).pipe(
    Effect.flatMap((result) =>
      typeof result === "string"
        ? Effect.succeed(result)
        : Effect.fail(new ChainRefused({ method, detail: "answered with no string" }))
    )
  )

/** Asks for a whole number, however large. */
export const askNumber = (ask: Ask, method: string, ...params: ReadonlyArray<unknown>) =>
  Effect.map(askText(ask, method, ...params), BigInt)

export const quantity = (value: bigint | number): string => `0x${value.toString(16)}`
