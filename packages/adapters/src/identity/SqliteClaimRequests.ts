import { wire } from "@image-skill/core/envelope/Wire"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import { type ClaimRequest, ClaimRequests } from "@image-skill/core/identity/ClaimRequests"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"

/** `unavailable` says what an error of the database means: `SqliteStore` has it. */
export const layer = (
  unavailable: (error: SqlError.SqlError | Schema.SchemaError) => StoreUnavailable
): Layer.Layer<ClaimRequests, never, SqlClient.SqlClient> =>
  Layer.effect(
    ClaimRequests,
    Effect.map(SqlClient.SqlClient, (sql) => {
      const read = flow(
        (rows: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) => Effect.flatMap(rows, decodeRequests),
        Effect.mapError(unavailable)
      )
      return ClaimRequests.of({
        put: (request) =>
          Effect.flatMap(
            encodeRequest(request),
            (row) => sql`INSERT OR REPLACE INTO claim_request ${sql.insert(row)}`
          ).pipe(Effect.asVoid, Effect.mapError(unavailable)),
        find: (agentId) =>
          Effect.map(read(sql`SELECT * FROM claim_request WHERE agent_id = ${agentId}`), ([row]) =>
            Option.fromUndefinedOr(row)
          ),
        waiting: (limit) =>
          read(
            sql`SELECT * FROM claim_request WHERE state = 'requested' ORDER BY requested_at, agent_id LIMIT ${limit}`
          ),
        close: (agentId, at) =>
          sql`UPDATE claim_request SET state = 'closed', closed_at = ${at}
              WHERE agent_id = ${agentId} AND state = 'requested' RETURNING agent_id`.pipe(
            Effect.mapBoth({ onFailure: unavailable, onSuccess: (rows) => rows.length === 1 })
          )
      })
    })
  )

const RequestRow = wire({
  agentId: AgentId,
  organizationId: OrganizationId,
  maskedContact: Schema.String,
  contactHash: Schema.String,
  state: Schema.Literals(["requested", "closed"]),
  requestedAt: Schema.String,
  closedAt: Schema.NullOr(Schema.String)
})

const encodeRequest: (request: ClaimRequest) => Effect.Effect<typeof RequestRow.Encoded> = flow(
  Schema.encodeEffect(RequestRow),
  Effect.orDie
)

const decodeRequests = Schema.decodeUnknownEffect(Schema.Array(RequestRow))
