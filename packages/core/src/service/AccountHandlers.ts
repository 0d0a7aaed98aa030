import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ActivityLog } from "../activity/ActivityLog.ts"
import type { DailySlots } from "../credits/DailySlots.ts"
import type { LedgerStore } from "../credits/LedgerStore.ts"
import type { Limits } from "../credits/Limits.ts"
import { quotaOf } from "../credits/Quota.ts"
import { command, json } from "../envelope/CommandLine.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import { FeedbackStore } from "../feedback/FeedbackStore.ts"
import { Claims } from "../identity/Claims.ts"
import { ArtifactStore } from "../media/ArtifactStore.ts"
import { Catalogue } from "../models/Catalogue.ts"
import { Store } from "../store/Store.ts"
import { answers } from "./Answers.ts"
import { activityListAnswer, activityShowAnswer } from "./answers/Activity.ts"
import { claimRequestStateOf } from "./answers/Claim.ts"
import { whoamiAnswer } from "./answers/Identity.ts"
import { quotaAnswer } from "./answers/Quota.ts"
import { selfFundShort } from "./answers/TopUps.ts"
import { Deployment } from "./Deployment.ts"
import { handler, sessionOf } from "./Handler.ts"
import { notFound } from "./NotFound.ts"
import { requests } from "./Requests.ts"
import { topUpFacts } from "./TopUpFacts.ts"

/** The handlers that look at what an organization has, and at whether the service is ready. */
export const accountHandlers = Effect.gen(function* () {
  const store = yield* Store
  const artifacts = yield* ArtifactStore
  const deployment = yield* Deployment
  const catalogue = yield* Catalogue
  const activity = yield* ActivityLog
  const feedback = yield* FeedbackStore
  const claims = yield* Claims
  const topUps = yield* topUpFacts
  const quotaContext = yield* Effect.context<LedgerStore | DailySlots | Limits>()

  const healthz = handler({
    request: requests.healthz,
    answer: answers.healthz,
    run: Effect.fnUntraced(function* () {
      const checks = {
        database: yield* probe(store.check),
        artifactStorage: yield* probe(artifacts.check),
        feedbackStorage: yield* probe(feedback.check),
        modelRegistry: catalogue.models.length > 0 ? "ok" : "failed"
      } as const
      if (Object.values(checks).includes("failed")) return yield* notReady(checks)
      const time = DateTime.formatIso(yield* DateTime.now)
      const { apiVersion, mediaBaseUrl } = deployment
      return { data: { status: "ok", apiVersion, mediaBaseUrl, checks, time } as const }
    })
  })

  const whoami = handler({
    request: requests.whoami,
    answer: answers.whoami,
    run: Effect.fnUntraced(function* (_, call) {
      const session = yield* sessionOf(call)
      const claim = Option.getOrNull(yield* claims.latest(session.agent))
      return { data: whoamiAnswer(session, claim) }
    })
  })

  const quota = handler({
    request: requests.quota,
    answer: answers.quota,
    run: Effect.fnUntraced(function* (_, call) {
      const session = yield* sessionOf(call)
      const current = yield* Effect.provide(quotaOf(session.agent), quotaContext)
      const claimRequestState = claimRequestStateOf(Option.getOrNull(yield* claims.latest(session.agent)))
      return { data: { ...quotaAnswer(session, current, yield* topUps.ofQuota(current)), claimRequestState } }
    })
  })

  const activityList = handler({
    request: requests.activityList,
    answer: answers.activityList,
    run: Effect.fnUntraced(function* (request, call) {
      const { agent } = yield* sessionOf(call)
      const limit = Number(request.limit ?? "20")
      const query = {
        organizationId: agent.organizationId,
        reference: request.subject ?? null,
        limit: limit + 1,
        after: request.cursor ?? null
      }
      const events = yield* activity.list(query)
      const page = events.slice(0, limit)
      const nextCursor = events.length > limit ? (page.at(-1)?.id ?? null) : null
      const actions = selfFundShort(yield* topUps.open(agent))
      return { data: activityListAnswer({ limit, subject: request.subject ?? null }, page, nextCursor, actions) }
    })
  })

  const activityShow = handler({
    request: requests.activityShow,
    answer: answers.activityShow,
    run: Effect.fnUntraced(function* ({ reference }, call) {
      const { agent } = yield* sessionOf(call)
      const events = yield* activity.list({ organizationId: agent.organizationId, reference, limit: 100, after: null })
      if (events.length === 0) return yield* notFound("ACTIVITY_NOT_FOUND", "activity", command("activity list", json))
      return { data: activityShowAnswer(reference, events, selfFundShort(yield* topUps.open(agent))) }
    })
  })

  return { healthz, whoami, quota, activityList, activityShow }
})

const probe = <E>(check: Effect.Effect<void, E>): Effect.Effect<"ok" | "failed"> =>
  Effect.match(check, { onFailure: () => "failed" as const, onSuccess: () => "ok" as const })

const notReady = (checks: {
  readonly database: string
  readonly artifactStorage: string
  readonly feedbackStorage: string
  readonly modelRegistry: string
}): Refusal =>
  new Refusal({
    code: "INTERNAL_ERROR",
    status: 503,
    outcome: "rejected",
    message: "the service is not ready",
    recovery: { suggestedCommand: command("doctor", json), docsUrl: docsUrl(), retryAfterSeconds: 30 },
    details: {
      checks: {
        database: checks.database,
        artifact_storage: checks.artifactStorage,
        feedback_storage: checks.feedbackStorage,
        model_registry: checks.modelRegistry
      }
    }
  })
