import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { Answer } from "../envelope/Envelope.ts"
import { toAnswer } from "../envelope/EnvelopeErrors.ts"
import type { Ids } from "../envelope/Ids.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { UploadBodyFailed } from "../media/UploadBody.ts"
import { unencodable } from "./DecodeRequest.ts"
import { type OperationId, operationOf } from "./Operations.ts"
import { requestRecovery } from "./RequestRecovery.ts"
import { type RequestOf, requests } from "./Requests.ts"

/** How a caller proves who it is; null where it has, or needs, no token. */
export type Credentials = Redacted.Redacted | null

/** Every operation but the one whose body is no JSON. */
export type JsonOperationId = Exclude<OperationId, "uploadStream">

export interface MediaBody {
  readonly contentType: string | null
  /** Null where the sender does not say. */
  readonly contentLength: number | null
  /** May be run once. */
  readonly body: Stream.Stream<Uint8Array, UploadBodyFailed>
}

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
  { readonly [K in JsonOperationId]: Method<RequestOf<K>> } & {
    /** A picture as it comes, for what is too large for JSON. `contentType` and `contentLength` are the sender's word. */
    uploadStream(request: RequestOf<"uploadStream">, media: MediaBody, credentials?: Credentials): Effect.Effect<Answer>
    /** Where it is, as shown to people and compared with saved tokens: an origin, or `embedded:`. */
    readonly target: string
  }
>()("core/service/ServiceApi") {}

/** Carries a picture, with the JSON of its query, to a service. */
export type SendMedia = (query: Schema.Json, media: MediaBody, credentials: Credentials) => Effect.Effect<Answer>

/** Carries the JSON of a request to a service. */
export type Send = (operation: JsonOperationId, body: Schema.Json, credentials: Credentials) => Effect.Effect<Answer>

/** The same of an edit. */
export const judgeEdit = (request: RequestOf<"edit">): Refusal | null =>
  Result.match(Schema.encodeResult(requests.edit, { errors: "all" })(request), {
    onSuccess: () => null,
    onFailure: ({ issue }) => unencodable(issue, requestRecovery("edit"))
  })

/** What is wrong with a create, for whoever has to know before it is announced; null when it can be sent. */
export const judgeCreate = (request: RequestOf<"create">): Refusal | null =>
  Result.match(Schema.encodeResult(requests.create, { errors: "all" })(request), {
    onSuccess: () => null,
    onFailure: ({ issue }) => unencodable(issue, requestRecovery("create"))
  })

/** The port over anything that can carry JSON. A request that breaks its own schema is refused before it is sent. */
export const overWire = (
  target: string,
  ids: Ids["Service"],
  send: Send,
  sendMedia: SendMedia
): ServiceApi["Service"] => {
  const encoded =
    <Q, I extends Schema.Json>(operation: OperationId, schema: Schema.Codec<Q, I>) =>
    (request: Q, go: (body: I) => Effect.Effect<Answer>): Effect.Effect<Answer> =>
      Result.match(Schema.encodeResult(schema, { errors: "all" })(request), {
        onSuccess: go,
        onFailure: ({ issue }) =>
          Effect.map(ids.trace, (traceId) => {
            const { effect, label } = operationOf(operation)
            const refusal = unencodable(issue, requestRecovery(operation))
            return toAnswer(refusal, { command: label, traceId, actor: null, effect })
          })
      })
  const method = <Q, I extends Schema.Json>(operation: JsonOperationId, schema: Schema.Codec<Q, I>): Method<Q> => {
    const encode = encoded(operation, schema)
    return (request, credentials = null) => encode(request, (body) => send(operation, body, credentials))
  }
  const encodeUpload = encoded("uploadStream", requests.uploadStream)
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
    upload: method("upload", requests.upload),
    uploadStream: (request, media, credentials = null) =>
      encodeUpload(request, (query) => sendMedia(query, media, credentials)),
    edit: method("edit", requests.edit),
    assetsList: method("assetsList", requests.assetsList),
    assetsShow: method("assetsShow", requests.assetsShow),
    assetsLineage: method("assetsLineage", requests.assetsLineage),
    assetsDelete: method("assetsDelete", requests.assetsDelete),
    jobsList: method("jobsList", requests.jobsList),
    jobsCancel: method("jobsCancel", requests.jobsCancel),
    jobsShow: method("jobsShow", requests.jobsShow),
    activityList: method("activityList", requests.activityList),
    activityShow: method("activityShow", requests.activityShow),
    feedbackCreate: method("feedbackCreate", requests.feedbackCreate),
    claimRequest: method("claimRequest", requests.claimRequest),
    spendPolicyShow: method("spendPolicyShow", requests.spendPolicyShow),
    spendPolicySet: method("spendPolicySet", requests.spendPolicySet)
  }
}
