import { wire } from "@image-skill/core/envelope/Wire"
import type { Feedback } from "@image-skill/core/feedback/Feedback"
import { QueueOutcome } from "@image-skill/core/feedback/FeedbackQueue"
import { Confidence, Severity } from "@image-skill/core/feedback/FeedbackRequest"
import { FeedbackStore } from "@image-skill/core/feedback/FeedbackStore"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"

/**
 * `unavailable` says what an error of the database means: `SqliteStore` has it. `isMade` says whether there is a database
 * yet: looking whether feedback can be stored makes none.
 */
export const layer = (
  unavailable: (error: SqlError.SqlError | Schema.SchemaError) => StoreUnavailable,
  isMade: () => boolean = () => true
): Layer.Layer<FeedbackStore, never, SqlClient.SqlClient> =>
  Layer.effect(
    FeedbackStore,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      /** A transaction, or part of the caller's. */
      const asOne = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
        Effect.flatMap(Effect.serviceOption(sql.transactionService), (open) =>
          Option.isSome(open) ? effect : sql.withTransaction(effect)
        )

      const insert = Effect.fnUntraced(
        function* (feedback: Feedback) {
          yield* sql`INSERT INTO feedback ${sql.insert(yield* encodeFeedback(feedback))}`
          yield* sql`INSERT INTO feedback_hand_over ${sql.insert({ feedback_id: feedback.id, attempts: 0 })}`
        },
        asOne,
        Effect.mapError(unavailable)
      )

      const take = Effect.fnUntraced(
        function* (now: string, until: string) {
          const rows = yield* sql`UPDATE feedback_hand_over SET attempts = attempts + 1, held_until = ${until}
            WHERE seq = (SELECT seq FROM feedback_hand_over
                         WHERE ended_at IS NULL AND (held_until IS NULL OR held_until <= ${now}) ORDER BY seq LIMIT 1)
            RETURNING feedback_id, attempts`
          const [taken] = yield* decodeTaken(rows)
          if (taken === undefined) return Option.none()
          const [feedback] = yield* decodeFeedback(yield* sql`SELECT * FROM feedback WHERE id = ${taken.feedbackId}`)
          return feedback === undefined ? Option.none() : Option.some({ feedback, attempts: taken.attempts })
        },
        asOne,
        Effect.mapError(unavailable)
      )

      return FeedbackStore.of({
        insert,
        find: (organizationId, id) =>
          sql`SELECT * FROM feedback WHERE id = ${id} AND organization_id = ${organizationId}`.pipe(
            Effect.flatMap(decodeFeedback),
            Effect.mapBoth({ onFailure: unavailable, onSuccess: ([row]) => Option.fromUndefinedOr(row) })
          ),
        firstUnder: (organizationId, dedupeKey) =>
          sql`SELECT id FROM feedback WHERE organization_id = ${organizationId} AND dedupe_key = ${dedupeKey}
              ORDER BY seq LIMIT 1`.pipe(
            Effect.flatMap(decodeIds),
            Effect.mapBoth({ onFailure: unavailable, onSuccess: ([row]) => row?.id ?? null })
          ),
        take,
        finish: (id, outcome, at) =>
          Effect.flatMap(
            encodeOutcome(outcome),
            (text) => sql`UPDATE feedback_hand_over SET ended_at = ${at}, outcome = ${text}
                          WHERE feedback_id = ${id} AND ended_at IS NULL RETURNING seq`
          ).pipe(Effect.mapBoth({ onFailure: unavailable, onSuccess: (rows) => rows.length === 1 })),
        outcome: (id) =>
          sql`SELECT outcome FROM feedback_hand_over WHERE feedback_id = ${id} AND ended_at IS NOT NULL`.pipe(
            Effect.flatMap(decodeOutcomes),
            Effect.mapBoth({
              onFailure: unavailable,
              onSuccess: ([row]) => Option.fromUndefinedOr(row?.outcome)
            })
          ),
        check: Effect.suspend(() => (isMade() ? Effect.asVoid(sql`SELECT 1 FROM feedback LIMIT 1`) : Effect.void)).pipe(
          Effect.mapError(unavailable)
        )
      })
    })
  )

const Text = Schema.NullOr(Schema.String)

const Texts = wire({
  title: Text,
  body: Text,
  command: Text,
  expected: Text,
  actual: Text,
  friction: Text,
  proofNeeded: Text,
  strategicReason: Text,
  source: Text,
  traceId: Text
})

const Cut = Schema.Struct({
  field: Schema.String,
  kind: Schema.Literals(["token", "key", "password", "card_number", "seed_phrase"])
})

const FeedbackRow = wire({
  id: Schema.String,
  organizationId: OrganizationId,
  agentId: AgentId,
  type: Schema.String,
  severity: Severity,
  confidence: Confidence,
  nextState: Schema.String,
  texts: Schema.fromJsonString(Texts),
  surface: Schema.fromJsonString(Schema.Array(Schema.String)),
  evidence: Schema.fromJsonString(Schema.Array(Schema.String)),
  dedupeKey: Schema.String,
  duplicateOf: Text,
  weaknesses: Schema.Natural,
  allowsWeakSignal: Schema.BooleanFromBit,
  cuts: Schema.fromJsonString(Schema.Array(Cut)),
  requestTraceId: Schema.String,
  createdAt: Schema.String
})

const encodeFeedback: (feedback: Feedback) => Effect.Effect<typeof FeedbackRow.Encoded> = flow(
  Schema.encodeEffect(FeedbackRow),
  Effect.orDie
)

const decodeFeedback = Schema.decodeUnknownEffect(Schema.Array(FeedbackRow))

const decodeTaken = Schema.decodeUnknownEffect(
  Schema.Array(wire({ feedbackId: Schema.String, attempts: Schema.Natural }))
)

const decodeIds = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ id: Schema.String })))

const OutcomeText = Schema.fromJsonString(QueueOutcome)

const encodeOutcome: (outcome: QueueOutcome) => Effect.Effect<string> = flow(
  Schema.encodeEffect(OutcomeText),
  Effect.orDie
)

const decodeOutcomes = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ outcome: OutcomeText })))
