import type { Feedback } from "@image-skill/core/feedback/Feedback"
import type { QueueOutcome } from "@image-skill/core/feedback/FeedbackQueue"
import { FeedbackStore } from "@image-skill/core/feedback/FeedbackStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { conflict, MemoryStore } from "../store/MemoryStore.ts"

interface Row {
  readonly feedback: Feedback
  readonly attempts: number
  readonly heldUntil: string | null
  readonly outcome: QueueOutcome | null
}

export const layer: Layer.Layer<FeedbackStore, never, MemoryStore> = Layer.effect(
  FeedbackStore,
  Effect.map(MemoryStore, ({ cell }) => {
    const rows = cell<ReadonlyArray<Row>>([])
    const replaced = (all: ReadonlyArray<Row>, next: Row) =>
      all.map((row) => (row.feedback.id === next.feedback.id ? next : row))
    return FeedbackStore.of({
      insert: (feedback) =>
        rows.modify((all) =>
          all.some((row) => row.feedback.id === feedback.id)
            ? conflict("the feedback")
            : Result.succeed([undefined, [...all, { feedback, attempts: 0, heldUntil: null, outcome: null }]])
        ),
      find: (organizationId, id) =>
        Effect.map(rows.get, (all) =>
          Option.fromUndefinedOr(
            all.find(({ feedback }) => feedback.id === id && feedback.organizationId === organizationId)?.feedback
          )
        ),
      firstUnder: (organizationId, dedupeKey) =>
        Effect.map(
          rows.get,
          (all) =>
            all.find(({ feedback }) => feedback.organizationId === organizationId && feedback.dedupeKey === dedupeKey)
              ?.feedback.id ?? null
        ),
      take: (now, until) =>
        rows.modify((all) => {
          const found = all.find((row) => row.outcome === null && (row.heldUntil === null || row.heldUntil <= now))
          if (found === undefined) return Result.succeed([Option.none(), all])
          const next = { ...found, attempts: found.attempts + 1, heldUntil: until }
          const taken = { feedback: next.feedback, attempts: next.attempts }
          return Result.succeed([Option.some(taken), replaced(all, next)])
        }),
      finish: (id, outcome) =>
        rows.modify((all) => {
          const found = all.find(({ feedback }) => feedback.id === id)
          return found === undefined || found.outcome !== null
            ? Result.succeed([false, all])
            : Result.succeed([true, replaced(all, { ...found, outcome })])
        }),
      outcome: (id) =>
        Effect.map(rows.get, (all) => Option.fromNullishOr(all.find(({ feedback }) => feedback.id === id)?.outcome)),
      check: Effect.void
    })
  })
)
