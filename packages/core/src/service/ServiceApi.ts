import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Answer } from "../envelope/Envelope.ts"
import { toAnswer } from "../envelope/EnvelopeErrors.ts"
import type { Ids } from "../envelope/Ids.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import { unencodable } from "./DecodeRequest.ts"
import { type OperationId, operationOf } from "./Operations.ts"
import { requestRecovery } from "./RequestRecovery.ts"
import { type RequestOf, requests } from "./Requests.ts"

/** How a caller proves who it is; null where it has, or needs, no token. */
export type Credentials = Redacted.Redacted | null

type Method<Q> = (request: Q, credentials?: Credentials) => Effect.Effect<Answer>

/**
 * The public contract, reached in the process or over HTTP: one method for each operation.
 *
 * A method always answers. Whatever goes wrong, a refusal or a network that is down, is an envelope with `ok: false`,
 * because that is what the caller will print or act on. `answer.envelope.data` is the JSON of the service; programs
 * that act on it read it with a tolerant schema of the fields they use.
 */
export class ServiceApi extends Context.Service<
  ServiceApi,
  { readonly [K in OperationId]: Method<RequestOf<K>> } & {
    /** Where it is, as shown to people and compared with saved tokens: an origin, or `embedded:`. */
    readonly target: string
  }
>()("core/service/ServiceApi") {}

/** Carries the JSON of a request to a service. */
export type Send = (operation: OperationId, body: Schema.Json, credentials: Credentials) => Effect.Effect<Answer>

/** What is wrong with a create, for whoever has to know before it is announced; null when it can be sent. */
export const judgeCreate = (request: RequestOf<"create">): Refusal | null =>
  Result.match(Schema.encodeResult(requests.create, { errors: "all" })(request), {
    onSuccess: () => null,
    onFailure: ({ issue }) => unencodable(issue, requestRecovery("create"))
  })

/** The port over anything that can carry JSON. A request that breaks its own schema is refused before it is sent. */
export const overWire = (target: string, ids: Ids["Service"], send: Send): ServiceApi["Service"] => {
  const method =
    <Q, I extends Schema.Json>(operation: OperationId, schema: Schema.Codec<Q, I>): Method<Q> =>
    (request, credentials = null) =>
      Result.match(Schema.encodeResult(schema, { errors: "all" })(request), {
        onSuccess: (body) => send(operation, body, credentials),
        onFailure: ({ issue }) =>
          Effect.map(ids.trace, (traceId) => {
            const { effect, label } = operationOf(operation)
            const refusal = unencodable(issue, requestRecovery(operation))
            return toAnswer(refusal, { command: label, traceId, actor: null, effect })
          })
      })
  return {
    target,
    healthz: method("healthz", requests.healthz),
    signup: method("signup", requests.signup),
    whoami: method("whoami", requests.whoami),
    quota: method("quota", requests.quota),
    paymentMethods: method("paymentMethods", requests.paymentMethods),
    creditPacks: method("creditPacks", requests.creditPacks),
    creditsQuote: method("creditsQuote", requests.creditsQuote),
    creditsBuyCheckout: method("creditsBuyCheckout", requests.creditsBuyCheckout),
    creditsBuyDeposit: method("creditsBuyDeposit", requests.creditsBuyDeposit),
    creditsFakePurchase: method("creditsFakePurchase", requests.creditsFakePurchase),
    creditsStatus: method("creditsStatus", requests.creditsStatus),
    modelsList: method("modelsList", requests.modelsList),
    modelsShow: method("modelsShow", requests.modelsShow),
    capabilitiesList: method("capabilitiesList", requests.capabilitiesList),
    capabilitiesShow: method("capabilitiesShow", requests.capabilitiesShow),
    create: method("create", requests.create),
    assetsShow: method("assetsShow", requests.assetsShow),
    jobsShow: method("jobsShow", requests.jobsShow),
    activityList: method("activityList", requests.activityList),
    activityShow: method("activityShow", requests.activityShow)
  }
}
