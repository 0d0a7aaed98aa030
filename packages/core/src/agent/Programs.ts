import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type { Answer } from "../envelope/Envelope.ts"
import type { Ids } from "../envelope/Ids.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import type { AskGuide } from "../guide/AskGuide.ts"
import type { Host } from "../identity/ConfigRecovery.ts"
import type { RailSelection } from "../payments/RailSelection.ts"
import { decodeRequest } from "../service/DecodeRequest.ts"
import type { ServiceApi } from "../service/ServiceApi.ts"
import type { AgentAbilities, AgentSession } from "./AgentAbilities.ts"
import type { AgentTokens, FoundToken } from "./AgentTokens.ts"

export interface AgentOptions {
  /** The program this agent runs in, as a signup says it. */
  readonly runtime: string
  /** How long a create or an edit waits for its job before it answers with the job's id, in milliseconds. */
  readonly waitMs: number
  /** How commands in answers begin; `image-skill`, when left out. */
  readonly host?: Host
}

/** What the programs of an agent work with. */
export interface Tools {
  readonly service: ServiceApi["Service"]
  readonly ids: Ids["Service"]
  readonly tokens: AgentTokens["Service"]
  readonly guide: AskGuide["Service"]
  readonly rails: RailSelection["Service"]
  readonly abilities: AgentAbilities["Service"]
  readonly options: AgentOptions
  readonly host: Host
}

export interface Asked {
  readonly body: Schema.JsonObject
  /** Present whenever the operation requires one. */
  readonly token: FoundToken | null
}

export type Program = (tools: Tools, asked: Asked) => Effect.Effect<Answer, Refusal>

/** A program over its decoded request; one refusal names everything that is wrong with it. */
export const over =
  <Q>(
    schema: Schema.Codec<Q, unknown>,
    run: (tools: Tools, request: Q, token: FoundToken | null) => Effect.Effect<Answer, Refusal>
  ): Program =>
  (tools, { body, token }) =>
    Effect.flatMap(Effect.mapError(Effect.fromResult(decodeRequest(schema, body)), unsent), (request) =>
      run(tools, request, token)
    )

/** One request to the service. */
export const asks = <Q>(
  schema: Schema.Codec<Q, unknown>,
  ask: (service: ServiceApi["Service"], request: Q, token: Redacted.Redacted | null) => Effect.Effect<Answer>
): Program => over(schema, ({ service }, request, token) => ask(service, request, token?.value ?? null))

/** It was judged here, so nothing was sent. */
const unsent = ({ code, details, message, recovery }: Refusal): Refusal =>
  new Refusal({
    code,
    message,
    outcome: "not_sent",
    ...(recovery === undefined ? {} : { recovery }),
    ...(details === undefined ? {} : { details })
  })

/** What needs files, a network or a wallet, where this program has them. */
export const able = <Q>(
  words: string,
  schema: Schema.Codec<Q, unknown>,
  run: (
    abilities: AgentAbilities["Service"],
    request: Q,
    session: AgentSession
  ) => Effect.Effect<Answer, Refusal> | null
): Program =>
  over(schema, ({ abilities, service }, request, token) => {
    const done = token === null ? null : run(abilities, request, { service, token: token.value })
    return done ?? Effect.fail(unable(words))
  })

const unable = (words: string): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_COMMAND_NOT_AVAILABLE",
    message: `${words} cannot be done by this program: it was given no files, network or wallet for it`,
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl() }
  })
