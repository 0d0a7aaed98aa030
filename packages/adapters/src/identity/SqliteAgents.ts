import { toHex } from "@image-skill/core/envelope/Ids"
import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import { wire } from "@image-skill/core/envelope/Wire"
import { type Agent, AgentId, ClaimState, Grant, OrganizationId } from "@image-skill/core/identity/Actor"
import { Agents, type Session } from "@image-skill/core/identity/Agents"
import type { StoredToken } from "@image-skill/core/identity/Token"
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
): Layer.Layer<Agents, never, SqlClient.SqlClient | SecretBytes> =>
  Layer.effect(
    Agents,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const secret = yield* SecretBytes

      const insertToken = (agentId: AgentId, token: StoredToken) =>
        sql`INSERT INTO token ${sql.insert(tokenRow(agentId, token))}`

      const insert = Effect.fnUntraced(
        function* (agent: Agent, token: StoredToken | null) {
          const { createdAt: created_at, organizationId: id } = agent
          yield* sql`INSERT INTO organization ${sql.insert({ id, created_at })} ON CONFLICT (id) DO NOTHING`
          yield* sql`INSERT INTO agent ${sql.insert(yield* encodeAgent(agent))}`
          if (token !== null) yield* insertToken(agent.id, token)
        },
        sql.withTransaction,
        Effect.mapError(unavailable)
      )

      const rotate = Effect.fnUntraced(
        function* (agentId: AgentId, previousHash: string, next: StoredToken) {
          yield* sql`UPDATE token SET status = 'rotated' WHERE hash = ${previousHash} AND agent_id = ${agentId}`
          yield* insertToken(agentId, next)
        },
        sql.withTransaction,
        Effect.mapError(unavailable)
      )

      const pepper = Effect.gen(function* () {
        const known = yield* decodeSecrets(yield* sql`SELECT value FROM deployment_secret WHERE name = 'pepper'`)
        if (known[0] !== undefined) return known[0].value
        const value = toHex(yield* secret.bytes(32))
        // Of two processes that make one at the same time the first wins, and both read what it wrote.
        yield* sql`INSERT INTO deployment_secret ${sql.insert({ name: "pepper", value })} ON CONFLICT (name) DO NOTHING`
        const [made] = yield* decodeSecrets(yield* sql`SELECT value FROM deployment_secret WHERE name = 'pepper'`)
        return made?.value ?? value
      }).pipe(Effect.mapError(unavailable))

      return Agents.of({
        insert,
        findByTokenHash: (hash) =>
          sql`SELECT agent.*, hash, fingerprint, status, token.created_at AS token_created_at
              FROM token JOIN agent ON agent.id = agent_id WHERE hash = ${hash}`.pipe(
            Effect.flatMap(decodeSessions),
            Effect.mapBoth({
              onFailure: unavailable,
              onSuccess: ([row]) => Option.map(Option.fromUndefinedOr(row), toSession)
            })
          ),
        rotate,
        pepper
      })
    })
  )

const agentFields = {
  id: AgentId,
  organizationId: OrganizationId,
  name: Schema.String,
  runtime: Schema.String,
  maskedContact: Schema.NullOr(Schema.String),
  allowanceKey: Schema.String,
  claimState: ClaimState,
  grants: Schema.fromJsonString(Schema.Array(Grant)),
  createdAt: Schema.String,
  discoverySource: Schema.NullOr(Schema.String)
}

const AgentRow = wire(agentFields)

const encodeAgent: (agent: Agent) => Effect.Effect<typeof AgentRow.Encoded> = flow(
  Schema.encodeEffect(AgentRow),
  Effect.orDie
)

const tokenRow = (agentId: AgentId, { createdAt, fingerprint, hash, status }: StoredToken) => ({
  hash,
  agent_id: agentId,
  fingerprint,
  status,
  created_at: createdAt
})

const SessionRow = wire({
  ...agentFields,
  hash: Schema.String,
  fingerprint: Schema.String,
  status: Schema.Literals(["active", "rotated", "revoked"]),
  tokenCreatedAt: Schema.String
})

const decodeSessions = Schema.decodeUnknownEffect(Schema.Array(SessionRow))

const toSession = ({ fingerprint, hash, status, tokenCreatedAt, ...agent }: typeof SessionRow.Type): Session => ({
  agent,
  token: { hash, fingerprint, status, createdAt: tokenCreatedAt }
})

const decodeSecrets = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ value: Schema.String })))
