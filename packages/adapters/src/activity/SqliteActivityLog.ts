import { type ActivityEvent, activityTypes } from "@image-skill/core/activity/ActivityEvent"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { wire } from "@image-skill/core/envelope/Wire"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"
import * as Struct from "effect/Struct"

/**
 * Newest is what was written last, whatever the clocks of several processes said. Each thing that an event refers to is
 * a row of its own, so that looking one up costs the same however long the history is.
 *
 * `unavailable` says what an error of the database means: `SqliteStore` has it.
 */
export const layer = (
  unavailable: (error: SqlError.SqlError | Schema.SchemaError) => StoreUnavailable
): Layer.Layer<ActivityLog, never, SqlClient.SqlClient> =>
  Layer.effect(
    ActivityLog,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      /** A transaction, or part of the caller's. */
      const asOne = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
        Effect.flatMap(Effect.serviceOption(sql.transactionService), (open) =>
          Option.isSome(open) ? effect : sql.withTransaction(effect)
        )

      const append = Effect.fnUntraced(
        function* (event: ActivityEvent) {
          const row = yield* encodeEvent(event)
          const [{ seq }] = yield* decodeSeq(yield* sql`INSERT INTO activity_event ${sql.insert(row)} RETURNING seq`)
          const { organizationId: organization_id } = event
          const references = Array.map(referencesOf(event), (reference) => ({ organization_id, reference, seq }))
          yield* sql`INSERT INTO activity_reference ${sql.insert(references)}`
        },
        asOne,
        Effect.mapError(unavailable)
      )

      const read = flow(
        (rows: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) => Effect.flatMap(rows, decodeEvents),
        Effect.mapError(unavailable)
      )

      return ActivityLog.of({
        append,
        ofCredits: read(
          sql`SELECT * FROM activity_event WHERE type = 'usage.credit_consumed' OR type LIKE 'credits.%' ORDER BY seq`
        ),
        list: ({ after, limit, organizationId, reference }) => {
          const table = sql(reference === null ? "activity_event" : "activity_reference")
          const conditions = [
            sql`organization_id = ${organizationId}`,
            ...(reference === null ? [] : [sql`reference = ${reference}`]),
            ...(after === null
              ? []
              : [
                  sql`seq < (SELECT seq FROM activity_event WHERE id = ${after} AND organization_id = ${organizationId})`
                ])
          ]
          const page = sql`SELECT seq FROM ${table} WHERE ${sql.and(conditions)} ORDER BY seq DESC LIMIT ${limit}`
          return read(sql`SELECT * FROM activity_event WHERE seq IN (${page}) ORDER BY seq DESC`)
        }
      })
    })
  )

/** What an event can be looked up by. */
const referencesOf = ({ id, links, subject, traceId }: ActivityEvent): Array.NonEmptyReadonlyArray<string> =>
  Array.dedupe(Array.prepend([traceId, subject.id, ...Struct.keys(links).flatMap((link) => links[link] ?? [])], id))

const EventRow = wire({
  id: Schema.String,
  organizationId: OrganizationId,
  type: Schema.Literals(Struct.keys(activityTypes)),
  occurredAt: Schema.String,
  summary: Schema.String,
  operation: Schema.Literals(["create", "edit", "upload", "usage", "feedback", "payment", "credits"]),
  traceId: Schema.String,
  subject: Schema.fromJsonString(
    Schema.Struct({
      type: Schema.Literals(["job", "asset", "usage", "feedback", "payment", "credit"]),
      id: Schema.String
    })
  ),
  links: Schema.fromJsonString(
    wire({
      jobId: Schema.NullOr(Schema.String),
      assetIds: Schema.Array(Schema.String),
      usageEventId: Schema.NullOr(Schema.String),
      feedbackId: Schema.optionalKey(Schema.String),
      quoteId: Schema.optionalKey(Schema.String),
      paymentAttemptId: Schema.optionalKey(Schema.String),
      checkoutSessionId: Schema.optionalKey(Schema.String),
      receiptId: Schema.optionalKey(Schema.String),
      creditEventId: Schema.optionalKey(Schema.String),
      paymentReversalId: Schema.optionalKey(Schema.String)
    })
  ),
  status: Schema.String,
  cost: Schema.NullOr(
    Schema.fromJsonString(wire({ estimatedUsd: Schema.NullOr(Schema.Finite), credits: Schema.Finite }))
  ),
  details: Schema.fromJsonString(Schema.JsonObject)
})

const encodeEvent: (event: ActivityEvent) => Effect.Effect<typeof EventRow.Encoded> = flow(
  Schema.encodeEffect(EventRow),
  Effect.orDie
)

const decodeEvents = Schema.decodeUnknownEffect(Schema.Array(EventRow))

const decodeSeq = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ seq: Schema.Natural })]))
