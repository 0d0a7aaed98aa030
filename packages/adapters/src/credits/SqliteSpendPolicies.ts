import {
  type Approval,
  approvalOperations,
  approvalStates,
  type PolicyHolder,
  SpendPolicies
} from "@image-skill/core/credits/SpendPolicies"
import { policyRules, policySources, SpendPolicy } from "@image-skill/core/credits/SpendPolicy"
import { wire } from "@image-skill/core/envelope/Wire"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"

/** `unavailable` says what an error of the database means: `SqliteStore` has it. */
export const layer = (
  unavailable: (error: SqlError.SqlError | Schema.SchemaError) => StoreUnavailable
): Layer.Layer<SpendPolicies, never, SqlClient.SqlClient> =>
  Layer.effect(
    SpendPolicies,
    Effect.map(SqlClient.SqlClient, (sql) => {
      const read = (rows: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) =>
        rows.pipe(Effect.flatMap(decodeApprovals), Effect.map(Array.map(toApproval)), Effect.mapError(unavailable))

      const setPolicy = Effect.fnUntraced(function* (holder: PolicyHolder, policy: SpendPolicy, at: string) {
        const row = {
          holder_kind: holder._tag,
          holder_id: holder.id,
          policy: yield* encodePolicy(policy),
          updated_at: at
        }
        yield* sql`INSERT INTO spend_policy ${sql.insert(row)} ON CONFLICT (holder_kind, holder_id)
                   DO UPDATE SET policy = excluded.policy, updated_at = excluded.updated_at`
      }, Effect.mapError(unavailable))

      const insertApproval = Effect.fnUntraced(function* (approval: Approval) {
        yield* sql`INSERT INTO spend_approval ${sql.insert(yield* encodeApproval(approval))}`
      }, Effect.mapError(unavailable))

      return SpendPolicies.of({
        policy: ({ _tag, id }) =>
          sql`SELECT policy FROM spend_policy WHERE holder_kind = ${_tag} AND holder_id = ${id}`.pipe(
            Effect.flatMap(decodePolicies),
            Effect.mapBoth({
              onFailure: unavailable,
              onSuccess: ([row]) => Option.map(Option.fromUndefinedOr(row), ({ policy }) => policy)
            })
          ),
        setPolicy,
        insertApproval,
        approval: (id) => Effect.map(read(sql`SELECT * FROM spend_approval WHERE id = ${id}`), Array.head),
        approvalsLike: ({ agentId, credits, fingerprint, operation }, now) =>
          read(
            sql`SELECT * FROM spend_approval WHERE agent_id = ${agentId} AND operation = ${operation}
                AND fingerprint = ${fingerprint} AND credits = ${credits} AND expires_at > ${now}
                ORDER BY seq DESC LIMIT 10`
          ),
        approvals: ({ limit, organizationId, state }) =>
          read(
            sql`SELECT * FROM spend_approval WHERE ${sql.and([
              organizationId === null ? sql`1 = 1` : sql`organization_id = ${organizationId}`,
              state === null ? sql`1 = 1` : sql`state = ${state}`
            ])} ORDER BY seq DESC LIMIT ${limit}`
          ),
        pendingOf: (agentId, now) =>
          sql`SELECT count(*) AS waiting FROM spend_approval
              WHERE agent_id = ${agentId} AND state = 'pending' AND expires_at > ${now}`.pipe(
            Effect.flatMap(decodeCounts),
            Effect.mapBoth({ onFailure: unavailable, onSuccess: ([row]) => row.waiting })
          ),
        updateApproval: ({ decidedAt, expiresAt, id, state, usedAt, usedBy }, from) =>
          sql`UPDATE spend_approval SET state = ${state}, decided_at = ${decidedAt}, expires_at = ${expiresAt},
              used_at = ${usedAt}, used_by = ${usedBy} WHERE id = ${id} AND state = ${from} RETURNING id`.pipe(
            Effect.mapBoth({ onFailure: unavailable, onSuccess: (rows) => rows.length > 0 })
          )
      })
    })
  )

const encodePolicy = (policy: SpendPolicy): Effect.Effect<string> =>
  Effect.orDie(Schema.encodeEffect(Schema.fromJsonString(SpendPolicy))(policy))

const decodePolicies = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ policy: Schema.fromJsonString(SpendPolicy) }))
)

const decodeCounts = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ waiting: Schema.Natural })]))

const ApprovalRow = wire({
  id: Schema.String,
  organizationId: OrganizationId,
  agentId: AgentId,
  agentName: Schema.String,
  operation: Schema.Literals(approvalOperations),
  fingerprint: Schema.String,
  credits: Schema.Natural,
  subject: Schema.String,
  rule: Schema.Literals([...policyRules, "raise"]),
  source: Schema.Literals(policySources),
  limitCredits: Schema.NullOr(Schema.Int),
  change: Schema.NullOr(Schema.fromJsonString(Schema.Json)),
  state: Schema.Literals(approvalStates),
  createdAt: Schema.String,
  expiresAt: Schema.String,
  decidedAt: Schema.NullOr(Schema.String),
  usedAt: Schema.NullOr(Schema.String),
  usedBy: Schema.NullOr(Schema.String)
})

const decodeApprovals = Schema.decodeUnknownEffect(Schema.Array(ApprovalRow))

const encodeApproval = ({ limit, ...approval }: Approval): Effect.Effect<typeof ApprovalRow.Encoded> =>
  Effect.orDie(Schema.encodeEffect(ApprovalRow)({ ...approval, limitCredits: limit }))

const toApproval = ({ limitCredits, ...approval }: typeof ApprovalRow.Type): Approval => ({
  ...approval,
  limit: limitCredits
})
