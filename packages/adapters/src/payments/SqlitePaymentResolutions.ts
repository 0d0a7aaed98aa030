import { wire } from "@image-skill/core/envelope/Wire"
import {
  paymentCaseKinds,
  type PaymentResolution,
  PaymentResolutions,
  resolutions
} from "@image-skill/core/payments/PaymentResolutions"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"

/** `unavailable` says what an error of the database means: `SqliteStore` has it. */
export const layer = (
  unavailable: (error: SqlError.SqlError | Schema.SchemaError) => StoreUnavailable
): Layer.Layer<PaymentResolutions, never, SqlClient.SqlClient> =>
  Layer.effect(
    PaymentResolutions,
    Effect.map(SqlClient.SqlClient, (sql) =>
      PaymentResolutions.of({
        open: (limit) =>
          sql`SELECT * FROM (
                SELECT id, 'exception' AS kind, status || ':' || exception AS facts, organization_id,
                       amount_cents AS cents, exception AS about, created_at AS at
                FROM payment_attempt WHERE exception IS NOT NULL
                UNION ALL
                SELECT id, 'reversal_' || reversal_state,
                       reversal_state || ':' || refunded_cents || ':' || disputed_cents || ':' || rejected_cents,
                       organization_id, refunded_cents + disputed_cents + rejected_cents,
                       reversed_credits || ' credits were reversed', issued_at
                FROM receipt WHERE reversal_state IN ('pending', 'rejected')
                UNION ALL
                SELECT id, 'event_unmatched', type, NULL, NULL, type || ': ' || problem, received_at
                FROM provider_event WHERE processed_at IS NOT NULL AND problem IS NOT NULL
              ) AS found
              WHERE NOT EXISTS (SELECT 1 FROM payment_resolution
                                WHERE subject = found.id AND payment_resolution.facts = found.facts)
              ORDER BY at, id LIMIT ${limit}`.pipe(Effect.flatMap(decodeCases), Effect.mapError(unavailable)),
        resolve: (resolution: PaymentResolution) =>
          sql`INSERT INTO payment_resolution ${sql.insert({ ...resolution })}
              ON CONFLICT (subject, facts) DO NOTHING RETURNING id`.pipe(
            Effect.mapBoth({ onFailure: unavailable, onSuccess: (rows) => rows.length > 0 })
          ),
        of: (subject) =>
          sql`SELECT id, subject, facts, resolution, note, at FROM payment_resolution
              WHERE subject = ${subject} ORDER BY seq DESC`.pipe(
            Effect.flatMap(decodeResolutions),
            Effect.mapError(unavailable)
          )
      })
    )
  )

const decodeCases = Schema.decodeUnknownEffect(
  Schema.Array(
    wire({
      id: Schema.String,
      kind: Schema.Literals(paymentCaseKinds),
      facts: Schema.String,
      organizationId: Schema.NullOr(Schema.String),
      cents: Schema.NullOr(Schema.Int),
      about: Schema.String,
      at: Schema.String
    })
  )
)

const decodeResolutions = Schema.decodeUnknownEffect(
  Schema.Array(
    wire({
      id: Schema.String,
      subject: Schema.String,
      facts: Schema.String,
      resolution: Schema.Literals(resolutions),
      note: Schema.NullOr(Schema.String),
      at: Schema.String
    })
  )
)
