import { wire } from "@image-skill/core/envelope/Wire"
import { AgentId, ClaimState, Grant, OrganizationId } from "@image-skill/core/identity/Actor"
import { type AgentEntry, AgentRegister, type OwnerToken } from "@image-skill/core/identity/AgentRegister"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"
import type * as Statement from "effect/sql/Statement"

type Unavailable = (error: SqlError.SqlError | Schema.SchemaError) => StoreUnavailable

/** `unavailable` says what an error of the database means: `SqliteStore` has it. */
export const layer = (unavailable: Unavailable): Layer.Layer<AgentRegister, never, SqlClient.SqlClient> =>
  Layer.effect(
    AgentRegister,
    Effect.map(SqlClient.SqlClient, (sql) =>
      AgentRegister.of({ ...agents(sql, unavailable), ...tokens(sql, unavailable), ...freezing(sql, unavailable) })
    )
  )

const agents = (sql: SqlClient.SqlClient, unavailable: Unavailable) => {
  const read = (rest: Statement.Fragment) =>
    sql`SELECT id, organization_id, name, runtime, masked_contact, claim_state, grants, created_at,
          (SELECT json_group_array(json_object('fingerprint', fingerprint, 'status', status, 'created_at', created_at)
                                   ORDER BY created_at DESC)
           FROM token WHERE agent_id = agent.id) AS tokens
        FROM agent ${rest}`.pipe(Effect.flatMap(decodeAgents), Effect.mapError(unavailable))
  return {
    list: ({ after, limit, organizationId }) =>
      read(
        sql`WHERE ${sql.and([
          organizationId === null ? sql`1 = 1` : sql`organization_id = ${organizationId}`,
          after === null ? sql`1 = 1` : sql`(created_at, id) < (SELECT created_at, id FROM agent WHERE id = ${after})`
        ])} ORDER BY created_at DESC, id DESC LIMIT ${limit}`
      ),
    find: (id) => Effect.map(read(sql`WHERE id = ${id}`), Array.head),
    hasOrganization: (id) =>
      sql`SELECT id FROM organization WHERE id = ${id}`.pipe(
        Effect.mapBoth({ onFailure: unavailable, onSuccess: (rows) => rows.length > 0 })
      ),
    setState: (id, claimState, grants) =>
      Effect.orDie(encodeGrants(grants)).pipe(
        Effect.flatMap((text) => sql`UPDATE agent SET claim_state = ${claimState}, grants = ${text} WHERE id = ${id}`),
        Effect.asVoid,
        Effect.mapError(unavailable)
      )
  } satisfies Partial<AgentRegister["Service"]>
}

const tokens = (sql: SqlClient.SqlClient, unavailable: Unavailable) => {
  const known = Effect.mapError(unavailable)
  return {
    revokeTokens: (id) =>
      sql`UPDATE token SET status = 'revoked' WHERE agent_id = ${id} AND status = 'active' RETURNING hash`.pipe(
        Effect.map((rows) => rows.length),
        known
      ),
    tokensLike: (fingerprint) =>
      sql`SELECT hash, status, 'restricted' AS token_class, agent_id AS holder_id FROM token
          WHERE fingerprint = ${fingerprint}
          UNION ALL
          SELECT hash, status, 'owner' AS token_class, id AS holder_id FROM owner_token
          WHERE fingerprint = ${fingerprint}`.pipe(Effect.flatMap(decodeFound), known),
    revokeToken: (hash) =>
      Effect.andThen(
        sql`UPDATE token SET status = 'revoked' WHERE hash = ${hash} AND status = 'active'`,
        sql`UPDATE owner_token SET status = 'revoked' WHERE hash = ${hash} AND status = 'active'`
      ).pipe(Effect.asVoid, sql.withTransaction, known),
    insertOwnerToken: ({ createdAt, fingerprint, hash, id, organizationId, status }: OwnerToken) =>
      sql`INSERT INTO owner_token ${sql.insert({
        hash,
        id,
        organization_id: organizationId,
        fingerprint,
        status,
        created_at: createdAt
      })}`.pipe(Effect.asVoid, known),
    ownerByTokenHash: (hash) =>
      sql`SELECT owner_token.*, allowance_key, claim_state, agent.created_at AS first_created_at
          FROM owner_token JOIN agent ON agent.organization_id = owner_token.organization_id
          WHERE hash = ${hash} ORDER BY agent.created_at, agent.id LIMIT 1`.pipe(
        Effect.flatMap(decodeOwners),
        Effect.map(([row]) => Option.map(Option.fromUndefinedOr(row), toOwner)),
        known
      )
  } satisfies Partial<AgentRegister["Service"]>
}

const freezing = (sql: SqlClient.SqlClient, unavailable: Unavailable) =>
  ({
    isFrozen: (id) =>
      sql`SELECT organization_id FROM frozen_organization WHERE organization_id = ${id}`.pipe(
        Effect.mapBoth({ onFailure: unavailable, onSuccess: (rows) => rows.length > 0 })
      ),
    setFrozen: (id, frozenAt) =>
      (frozenAt === null
        ? sql`DELETE FROM frozen_organization WHERE organization_id = ${id}`
        : sql`INSERT INTO frozen_organization ${sql.insert({ organization_id: id, frozen_at: frozenAt })}
              ON CONFLICT (organization_id) DO NOTHING`
      ).pipe(Effect.asVoid, Effect.mapError(unavailable))
  }) satisfies Partial<AgentRegister["Service"]>

const TokenStatuses = Schema.Literals(["active", "rotated", "revoked"])

const EntryRow = wire({
  id: AgentId,
  organizationId: OrganizationId,
  name: Schema.String,
  runtime: Schema.String,
  maskedContact: Schema.NullOr(Schema.String),
  claimState: ClaimState,
  grants: Schema.fromJsonString(Schema.Array(Grant)),
  createdAt: Schema.String,
  tokens: Schema.fromJsonString(
    Schema.Array(wire({ fingerprint: Schema.String, status: TokenStatuses, createdAt: Schema.String }))
  )
})

const decodeAgents: (rows: unknown) => Effect.Effect<ReadonlyArray<AgentEntry>, Schema.SchemaError> =
  Schema.decodeUnknownEffect(Schema.Array(EntryRow))

const encodeGrants = Schema.encodeEffect(Schema.fromJsonString(Schema.Array(Grant)))

const decodeFound = Schema.decodeUnknownEffect(
  Schema.Array(
    wire({
      hash: Schema.String,
      status: TokenStatuses,
      tokenClass: Schema.Literals(["restricted", "owner"]),
      holderId: Schema.String
    })
  )
)

const OwnerRow = wire({
  hash: Schema.String,
  id: Schema.String,
  organizationId: OrganizationId,
  fingerprint: Schema.String,
  status: TokenStatuses,
  createdAt: Schema.String,
  allowanceKey: Schema.String,
  claimState: ClaimState,
  firstCreatedAt: Schema.String
})

const decodeOwners = Schema.decodeUnknownEffect(Schema.Array(OwnerRow))

const toOwner = ({ allowanceKey, claimState, firstCreatedAt, ...token }: typeof OwnerRow.Type) => ({
  token,
  first: { allowanceKey, claimState, createdAt: firstCreatedAt }
})
