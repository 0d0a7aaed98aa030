import * as McpSchema from "effect/ai/McpSchema"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"

type Server = McpSchema.McpServerClient["Service"]

/** Who asks, as far as this request says. */
export interface Client {
  readonly clientId: number
  readonly protocolVersion: string
  readonly progressToken: string | number | null
  /** Null where this client, or this revision of the protocol, cannot be asked anything. */
  readonly reverse: Pick<Server, "getClient"> | null
  readonly canFill: boolean
  readonly canOpen: boolean
}

/** The client of the request that this runs for. */
export const client: Effect.Effect<Client, never, McpSchema.McpRequestContext> = Effect.gen(function* () {
  const { clientCapabilities, clientId, protocolVersion, requestMetadata } = yield* McpSchema.McpRequestContext
  const server = Option.getOrNull(yield* Effect.serviceOption(McpSchema.McpServerClient))
  const { elicitation } = clientCapabilities
  // Revisions before 2025-11-25 know forms only, and say nothing of it.
  const canOpen = server !== null && elicitation?.url !== undefined
  const canFill = server !== null && elicitation !== undefined && (elicitation.form !== undefined || !canOpen)
  return {
    clientId,
    protocolVersion,
    progressToken: tokenIn(server === null ? requestMetadata : server.requestMetadata),
    reverse: server,
    canFill,
    canOpen
  }
})

const tokenIn = (metadata: unknown): string | number | null => {
  const token = Predicate.hasProperty(metadata, "progressToken") ? metadata.progressToken : null
  return typeof token === "string" || typeof token === "number" ? token : null
}

/** Asks the client's person; null when the question failed. A question that is given up is withdrawn. */
export const elicit = (
  { reverse }: Client,
  request: McpSchema.ElicitRequestParams
): Effect.Effect<"accept" | "decline" | "cancel" | null> =>
  reverse === null
    ? Effect.succeed(null)
    : Effect.flatMap(reverse.getClient, (asked) => asked.elicit(request)).pipe(
        Effect.map(({ action }) => action),
        Effect.orElseSucceed(() => null),
        Effect.scoped
      )
