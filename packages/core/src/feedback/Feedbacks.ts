import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ActivityLog } from "../activity/ActivityLog.ts"
import { Ids } from "../envelope/Ids.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Agent } from "../identity/Actor.ts"
import { Store } from "../store/Store.ts"
import { cutSecrets } from "./CutSecrets.ts"
import type { Cut, Feedback, FeedbackTexts } from "./Feedback.ts"
import { created } from "./FeedbackEvents.ts"
import { type QualityLevel, levelOf, qualityOf, type QualityWarning } from "./FeedbackQuality.ts"
import { nothingSaid, storageUnavailable } from "./FeedbackRefusals.ts"
import type { FeedbackRequest } from "./FeedbackRequest.ts"
import { FeedbackStore } from "./FeedbackStore.ts"

export interface GivenFeedback {
  readonly feedback: Feedback
  readonly eventId: string
  readonly level: QualityLevel
  readonly warnings: ReadonlyArray<QualityWarning>
}

/** What agents report about the service. */
export class Feedbacks extends Context.Service<
  Feedbacks,
  {
    /**
     * Stores a report with its `feedback.created` event, both or neither. Everything that looks like a secret is cut out
     * first. Weak reports are taken, too, with warnings; one that cannot be stored is refused
     * (`FEEDBACK_STORAGE_UNAVAILABLE`), never dropped.
     */
    give(agent: Agent, request: FeedbackRequest, traceId: string): Effect.Effect<GivenFeedback, Refusal>
  }
>()("core/feedback/Feedbacks") {
  static readonly layer = Layer.effect(
    Feedbacks,
    Effect.gen(function* () {
      const rows = yield* FeedbackStore
      const activity = yield* ActivityLog
      const store = yield* Store
      const ids = yield* Ids

      const give = Effect.fn("Feedbacks.give")(
        function* (agent: Agent, request: FeedbackRequest, traceId: string) {
          if (isBlank(request.title) && isBlank(request.body)) return yield* nothingSaid()
          const report = reportOf(request)
          const found = qualityOf(report)
          const id = yield* ids.next("sig")
          const eventId = yield* ids.next("evt")
          const feedback: Feedback = {
            ...report,
            id,
            organizationId: agent.organizationId,
            agentId: agent.id,
            duplicateOf: yield* rows.firstUnder(agent.organizationId, report.dedupeKey),
            weaknesses: found.length,
            allowsWeakSignal: request.allowWeakSignal === true,
            requestTraceId: traceId,
            createdAt: DateTime.formatIso(yield* DateTime.now)
          }
          yield* rows.insert(feedback)
          yield* activity.append(created(feedback, eventId))
          const warnings = feedback.allowsWeakSignal ? [] : found
          return { feedback, eventId, level: levelOf(warnings.length), warnings }
        },
        store.transaction,
        Effect.catchTag("StoreUnavailable", (error) => Effect.fail(storageUnavailable(error)))
      )

      return Feedbacks.of({ give })
    })
  )
}

const isBlank = (text: string | undefined): boolean => text === undefined || text === ""

/** The request with its defaults, without secrets. */
const reportOf = (request: FeedbackRequest) => {
  const cuts: Array<Cut> = []
  const clean = (field: string, text: string): string => {
    const cut = cutSecrets(text)
    for (const kind of cut.kinds) {
      if (!cuts.some((known) => known.field === field && known.kind === kind)) cuts.push({ field, kind })
    }
    return cut.text
  }
  const optional = (field: string, text: string | undefined): string | null =>
    text === undefined || text === "" ? null : clean(field, text)
  const list = (field: string, items: ReadonlyArray<string>) => items.map((item) => clean(field, item))

  const texts: FeedbackTexts = {
    title: optional("title", request.title),
    body: optional("body", request.body),
    command: optional("command", request.command),
    expected: optional("expected", request.expected),
    actual: optional("actual", request.actual),
    friction: optional("friction", request.friction),
    proofNeeded: optional("proof_needed", request.proofNeeded),
    strategicReason: optional("strategic_reason", request.strategicReason),
    source: optional("source", request.source),
    traceId: optional("trace_id", request.traceId)
  }
  return {
    type: clean("type", request.type ?? "user_feedback"),
    severity: request.severity ?? ("medium" as const),
    confidence: request.confidence ?? ("medium" as const),
    nextState: clean("next_state", request.nextState ?? "watch"),
    texts,
    surface: list("surface", request.surface ?? ["cli"]),
    evidence: list("evidence", request.evidence ?? []),
    dedupeKey: optional("dedupe_key", request.dedupeKey) ?? keyOf(texts),
    cuts
  }
}

/** `Edit guard message hides the flag` → `edit-guard-message-hides-the-flag`; texts without a letter share one key. */
const keyOf = ({ body, title }: FeedbackTexts): string => {
  const slug = (title ?? body ?? "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/gu, "")
  const short = Array.from(slug).slice(0, 80).join("").replace(/-$/u, "")
  return short === "" ? "untitled" : short
}
