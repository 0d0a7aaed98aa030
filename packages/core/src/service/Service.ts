import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Answer, success } from "../envelope/Envelope.ts"
import { toAnswer } from "../envelope/EnvelopeErrors.ts"
import { Ids } from "../envelope/Ids.ts"
import { isDeeperThan } from "../envelope/JsonFields.ts"
import { credentialField, credentialValueField } from "../envelope/PaymentCredential.ts"
import { docsUrl } from "../envelope/Product.ts"
import { recovering, Refusal } from "../envelope/Refusal.ts"
import type { Session } from "../identity/Agents.ts"
import { type Caller, Identity } from "../identity/Identity.ts"
import { actorIn } from "../identity/OwnerSession.ts"
import { missingGrant } from "../identity/SignupCommand.ts"
import { fromStore } from "../store/StoreRefusal.ts"
import { accountHandlers } from "./AccountHandlers.ts"
import { catalogueHandlers } from "./CatalogueHandlers.ts"
import { notAnObject } from "./DecodeRequest.ts"
import { feedbackHandlers } from "./FeedbackHandlers.ts"
import type { Handler } from "./Handler.ts"
import { mediaHandlers } from "./MediaHandlers.ts"
import { mediaUpload } from "./MediaUpload.ts"
import { type OperationId, operationOf } from "./Operations.ts"
import { paymentHandlers } from "./PaymentHandlers.ts"
import { policyHandlers } from "./PolicyHandlers.ts"
import { rateLimits } from "./RateLimits.ts"
import { requestRecorder } from "./RecordRequest.ts"
import { deepest } from "./RequestLimits.ts"
import { requestRecovery } from "./RequestRecovery.ts"
import type { JsonOperationId, MediaBody } from "./ServiceApi.ts"
import { standingChecks } from "./StandingChecks.ts"
import { topUpFacts } from "./TopUpFacts.ts"
import { writeHandlers } from "./WriteHandlers.ts"

/**
 * The hosted service itself, wherever it runs: any operation, from the JSON of its request to its envelope. Every
 * refusal and every failure becomes an envelope here, in the order of checks of contract/api.md 2.2.
 */
export class Service extends Context.Service<
  Service,
  {
    /** `body` is the JSON body of a POST, or the path and query fields of a GET, as they came. */
    handle(operation: JsonOperationId, body: unknown, caller: Caller): Effect.Effect<Answer>
    /** `query` has the fields of `PUT /v1/uploads`, `media` its body. */
    upload(query: unknown, media: MediaBody, caller: Caller): Effect.Effect<Answer>
  }
>()("core/service/Service") {
  static readonly layer = Layer.effect(
    Service,
    Effect.gen(function* () {
      const identity = yield* Identity
      const ids = yield* Ids
      const standing = yield* standingChecks
      const uploadMedia = yield* mediaUpload
      const topUps = yield* topUpFacts
      const rates = yield* rateLimits
      const recorded = yield* requestRecorder
      const handlers: { readonly [K in JsonOperationId]: Handler } = {
        ...(yield* accountHandlers),
        ...(yield* catalogueHandlers),
        ...(yield* mediaHandlers),
        ...(yield* paymentHandlers),
        ...(yield* feedbackHandlers),
        ...(yield* policyHandlers),
        ...(yield* writeHandlers)
      }

      const authenticate = Effect.fnUntraced(function* (id: OperationId, body: unknown, caller: Caller) {
        const { auth, grant } = operationOf(id)
        if (auth === "none") return null
        if (auth === "optional" && caller.token === null && isAnonymousPlan(body)) return null
        const session = yield* identity.authenticate(caller)
        yield* standing(id, session)
        if (grant !== null && !session.agent.grants.includes(grant)) return yield* missingGrant(grant)
        return session
      })

      const perform = Effect.fn("Service.handle")(function* (
        id: OperationId,
        body: unknown,
        caller: Caller,
        run: Handler["run"]
      ) {
        const { effect, label } = operationOf(id)
        const traceId = yield* ids.trace
        let session: Session | null = null
        const frame = () => ({ command: label, traceId, actor: session === null ? null : actorIn(session) })
        return yield* Effect.gen(function* () {
          if (typeof body !== "object" || body === null || Array.isArray(body)) return yield* notAnObject()
          if (isDeeperThan(body, deepest)) return yield* tooDeep()
          const credential = credentialField(body) ?? (isMoney(id) ? credentialValueField(body) : null)
          if (credential !== null) return yield* credentialRejected(credential)
          session = yield* authenticate(id, body, caller)
          yield* rates.take(session, caller)
          const { actor, data, warnings } = yield* run(body, { caller, session, traceId })
          return success({ ...frame(), ...(actor === undefined ? {} : { actor }) }, data, warnings)
        }).pipe(
          Effect.catchTag("StoreUnavailable", (error) => Effect.fail(fromStore(error))),
          Effect.catchTag("Refusal", (refusal) =>
            Effect.map(
              Effect.orElseSucceed(topUps.recovered(withWay(refusal, id), session), () => withWay(refusal, id)),
              (whole) => toAnswer(whole, { ...frame(), effect })
            )
          ),
          Effect.catchDefect((defect) =>
            Effect.as(
              Effect.logError(`${label} failed`, traceId, Cause.die(defect)),
              toAnswer(internalError(effect === "read"), { ...frame(), effect })
            )
          ),
          Effect.flatMap((answer) => rates.told(answer, id, session, caller))
        )
      })

      return Service.of({
        handle: (id, body, caller) => recorded(id, caller, perform(id, body, caller, handlers[id].run)),
        upload: (query, media, caller) =>
          recorded("uploadStream", caller, perform("uploadStream", query, caller, uploadMedia(media).run))
      })
    })
  )
}

/** Requests about payments, by which a key could be handed over in the wrong field. */
const isMoney = (id: OperationId): boolean => operationOf(id).label.startsWith("image-skill credits ")

/** A dry run without references may be asked for without a token (contract/api.md 8.1). */
const isAnonymousPlan = (body: unknown): boolean =>
  typeof body === "object" && body !== null && "dry_run" in body && body.dry_run === true && !("references" in body)

/** A request that cannot be read, by whatever rule, is answered with how it is asked for rightly. */
const withWay = (refusal: Refusal, id: OperationId): Refusal =>
  refusal.code === "INVALID_ARGUMENTS" && refusal.recovery?.suggestedCommand === undefined
    ? recovering(refusal, { ...requestRecovery(id), ...refusal.recovery })
    : refusal

const credentialRejected = (field: string): Refusal =>
  new Refusal({
    code: "PAYMENT_CREDENTIAL_REJECTED",
    message: `the field ${field.slice(0, 80)} looks like a payment credential; none is ever taken here, and it was not stored`,
    recovery: { docsUrl: docsUrl("image-skill-credits-buy") }
  })

const tooDeep = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `the request is nested deeper than ${deepest} levels`,
    recovery: { docsUrl: docsUrl() },
    details: { maximum_depth: deepest }
  })

const internalError = (isRead: boolean): Refusal =>
  new Refusal({
    code: "INTERNAL_ERROR",
    message: "something unforeseen went wrong in the service; its log has the details under this trace id",
    ...(isRead ? { outcome: "rejected" } : {}),
    recovery: { docsUrl: docsUrl(), retryAfterSeconds: 30 }
  })
