import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import { command, json } from "../envelope/CommandLine.ts"
import type { Answer } from "../envelope/Envelope.ts"
import { toAnswer } from "../envelope/EnvelopeErrors.ts"
import { Ids } from "../envelope/Ids.ts"
import { isDeeperThan, isJsonObject } from "../envelope/JsonFields.ts"
import { credentialField } from "../envelope/PaymentCredential.ts"
import { docsUrl, executable } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import { bareStart } from "../envelope/Start.ts"
import { AskGuide } from "../guide/AskGuide.ts"
import { GuideState } from "../guide/GuideState.ts"
import type { AuthConfig } from "../identity/AuthConfig.ts"
import { AuthHandoff } from "../identity/AuthHandoff.ts"
import type { Host } from "../identity/ConfigRecovery.ts"
import { authRequired } from "../identity/SignupCommand.ts"
import { RailSelection } from "../payments/RailSelection.ts"
import { notAnObject } from "../service/DecodeRequest.ts"
import { deepest } from "../service/RequestLimits.ts"
import { ServiceApi } from "../service/ServiceApi.ts"
import { AgentAbilities } from "./AgentAbilities.ts"
import { type AgentOperation, type AgentOperationId, agentOperationOf } from "./AgentOperations.ts"
import { agentPrograms } from "./AgentPrograms.ts"
import { onThisSide, unknownFields } from "./AgentRefusals.ts"
import { asSent } from "./AgentRequests.ts"
import { AgentTokens, type FoundToken } from "./AgentTokens.ts"
import type { AgentOptions, Tools } from "./Programs.ts"

/** Shorter than the patience of the shells and hosts that agents run in: the job goes on, and its id is the answer. */
export const defaultWaitMs = 100_000

const bareHost: Host = { ...bareStart, startWith: () => bareStart }

/**
 * One agent at one service: everything it can do, from JSON to an envelope. The library, the MCP server and the tools of
 * agent frameworks all ask here.
 *
 * `ask` always answers. The body has the names of HTTP; what is wrong with it is said in one answer, before anything is
 * sent. The token is found for each request, kept after a signup, and stands in no answer.
 */
export class Agent extends Context.Service<
  Agent,
  {
    /** An origin, or `embedded:`. */
    readonly target: string
    readonly ask: (id: AgentOperationId, body: Schema.Json) => Effect.Effect<Answer>
  }
>()("core/agent/Agent") {
  static readonly layer = (
    options: AgentOptions
  ): Layer.Layer<Agent, never, ServiceApi | Ids | AgentTokens | AgentAbilities | AskGuide | RailSelection> =>
    Layer.effect(
      Agent,
      Effect.gen(function* () {
        const service = yield* ServiceApi
        const ids = yield* Ids
        const tokens = yield* AgentTokens
        const guide = yield* AskGuide
        const rails = yield* RailSelection
        const abilities = yield* AgentAbilities
        const host = options.host ?? bareHost
        const tools: Tools = { service, ids, tokens, guide, rails, abilities, options, host }

        const answerTo = (id: AgentOperationId, body: Schema.Json) =>
          Effect.gen(function* () {
            const operation = agentOperationOf(id)
            const given = asSent(id, yield* judged(body))
            const token = yield* tokenFor(operation, given, tokens.find)
            const misnamed = unknownFields(id, given)
            if (misnamed !== null) return yield* misnamed
            return yield* agentPrograms[id](tools, { body: given, token })
          })

        const ask = Effect.fn("Agent.ask")(function* (
          id: AgentOperationId,
          body: Schema.Json
        ): Effect.fn.Return<Answer> {
          const operation = agentOperationOf(id)
          const { effect, label } = operation
          const refuse = (refusal: Refusal) =>
            Effect.map(ids.trace, (traceId) =>
              toAnswer(onThisSide(operation, refusal), { command: label, traceId, actor: null, effect, start: host })
            )
          return yield* answerTo(id, body).pipe(
            Effect.catchTag("Refusal", refuse),
            Effect.catchDefect((defect) => refuse(unforeseen(defect)))
          )
        })

        return Agent.of({ target: service.target, ask })
      })
    )

  /** With the guide's decisions, the handoff and the choice of rails as they are. */
  static readonly standard = (
    options: AgentOptions
  ): Layer.Layer<Agent, never, ServiceApi | Ids | AgentTokens | AgentAbilities | AuthConfig> =>
    Agent.layer(options).pipe(
      Layer.provide(AskGuide.layer),
      Layer.provide(GuideState.layer),
      Layer.provide([AuthHandoff.layer, RailSelection.layer])
    )
}

/** What no request may be or hold, whatever it asks for. */
const judged = (body: Schema.Json): Effect.Effect<Schema.JsonObject, Refusal> => {
  if (!isJsonObject(body)) return Effect.fail(notAnObject())
  if (isDeeperThan(body, deepest)) return Effect.fail(tooDeep())
  const credential = credentialField(body)
  return credential === null ? Effect.succeed(body) : Effect.fail(credentialRejected(credential))
}

/** A plan may be anybody's; what is done for somebody needs its token. */
const tokenFor = (
  { auth, words }: AgentOperation,
  body: Schema.JsonObject,
  find: AgentTokens["Service"]["find"]
): Effect.Effect<FoundToken | null, Refusal> => {
  if (auth === "none" && words !== "signup") return Effect.succeed(null)
  const isNeeded = auth === "required" || (words === "create" && body["dry_run"] !== true)
  return Effect.flatMap(find, (token) => (token === null && isNeeded ? Effect.fail(missing()) : Effect.succeed(token)))
}

export const missing = (): Refusal => {
  const { code, message, recovery } = authRequired()
  return new Refusal({ code, message, outcome: "not_sent", ...(recovery === undefined ? {} : { recovery }) })
}

const tooDeep = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `the request is nested deeper than ${deepest} levels`,
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl() }
  })

const credentialRejected = (field: string): Refusal =>
  new Refusal({
    code: "PAYMENT_CREDENTIAL_FLAG_REJECTED",
    message: `the request has the field ${field.slice(0, 80)}, which looks like a payment credential; none is ever taken here, and it was not sent`,
    outcome: "not_sent",
    recovery: { suggestedCommand: command("credits methods", json), docsUrl: docsUrl("image-skill-credits-buy") }
  })

/** A bug of ours, or of what was plugged in: said as such. */
const unforeseen = (defect: unknown): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_FAILED",
    message: `something unforeseen went wrong in ${executable}: ${defect instanceof Error ? defect.message : "no details"}`,
    recovery: { suggestedCommand: command("doctor", json), docsUrl: docsUrl() }
  })
