import { Credits, MicroUsd } from "@image-skill/core/credits/Credits"
import { PricingConfidence, PricingSource } from "@image-skill/core/credits/Pricing"
import { errorRegistry } from "@image-skill/core/envelope/ErrorRegistry"
import { wire } from "@image-skill/core/envelope/Wire"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import { type Job, jobOperations, jobStatuses, jobSteps, selectionPolicies } from "@image-skill/core/jobs/Job"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { mediaRoles } from "@image-skill/core/jobs/MediaWish"
import { AssetEvidence } from "@image-skill/core/media/Evidence"
import { referenceTasks } from "@image-skill/core/models/Model"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlError from "effect/sql/SqlError"
import * as Struct from "effect/Struct"

/**
 * Every change of a row that somebody works on names its owner, so that a lease that was lost changes nothing.
 *
 * `unavailable` says what an error of the database means: `SqliteStore` has it.
 */
export const layer = (
  unavailable: (error: SqlError.SqlError | Schema.SchemaError) => StoreUnavailable
): Layer.Layer<JobStore, never, SqlClient.SqlClient> =>
  Layer.effect(
    JobStore,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const read = flow(
        (rows: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) => Effect.flatMap(rows, decodeJobs),
        Effect.mapError(unavailable)
      )
      const readOne = flow(read, Effect.map(Array.head))

      /** Whether a statement that returns the ids of the rows it changed has changed one. */
      const changes = flow(
        (ids: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) =>
          Effect.map(ids, Array.isReadonlyArrayNonEmpty),
        Effect.mapError(unavailable)
      )

      return JobStore.of({
        insert: (job) =>
          Effect.flatMap(encodeJob(job), (row) => sql`INSERT INTO job ${sql.insert(row)}`).pipe(
            Effect.asVoid,
            Effect.mapError(unavailable)
          ),
        find: (organizationId, id) =>
          readOne(sql`SELECT * FROM job WHERE id = ${id} AND organization_id = ${organizationId}`),
        findByKey: (agentId, operation, key) =>
          readOne(sql`SELECT * FROM job WHERE agent_id = ${agentId} AND operation = ${operation}
                      AND idempotency_key = ${key} AND key_active = 1`),
        claim: (id, owner, now, until) =>
          readOne(sql`UPDATE job SET owner = ${owner}, due_at = ${until}
                      WHERE id = ${id} AND step <> 'ended' AND (owner IS NULL OR due_at <= ${now}) RETURNING *`),
        renew: (id, owner, until) =>
          changes(sql`UPDATE job SET due_at = ${until} WHERE id = ${id} AND owner = ${owner} RETURNING id`),
        release: (id, owner, dueAt) =>
          sql`UPDATE job SET owner = NULL, due_at = ${dueAt} WHERE id = ${id} AND owner = ${owner}`.pipe(
            Effect.asVoid,
            Effect.mapError(unavailable)
          ),
        update: (job, owner) =>
          Effect.flatMap(encodeJob(job), (row) =>
            changes(sql`UPDATE job SET ${sql.update(row, ["id", "due_at", "cancel_requested_at"])},
                        cancel_requested_at = COALESCE(cancel_requested_at, ${row.cancel_requested_at}),
                        due_at = CASE WHEN owner = ${row.owner} THEN due_at ELSE ${row.due_at} END
                        WHERE id = ${row.id} AND owner = ${owner} RETURNING id`)
          ),
        reopen: (job) =>
          Effect.flatMap(encodeJob(job), (row) =>
            changes(sql`UPDATE job SET ${sql.update(row, ["id"])} WHERE id = ${row.id} AND step = 'ended' RETURNING id`)
          ),
        requestCancel: (id, at) =>
          sql`UPDATE job SET cancel_requested_at = ${at} WHERE id = ${id} AND cancel_requested_at IS NULL`.pipe(
            Effect.asVoid,
            Effect.mapError(unavailable)
          ),
        list: (organizationId, { before, limit, status }) =>
          read(sql`SELECT * FROM job WHERE organization_id = ${organizationId}
                   ${status === null ? sql.literal("") : sql`AND status = ${status}`}
                   ${
                     before === null
                       ? sql.literal("")
                       : sql`AND (created_at, id) < (SELECT created_at, id FROM job
                             WHERE id = ${before} AND organization_id = ${organizationId})`
                   }
                   ORDER BY created_at DESC, id DESC LIMIT ${limit}`),
        countSince: (organizationId, operation, since) =>
          sql<{ readonly count: number }>`SELECT COUNT(*) AS count FROM job WHERE organization_id = ${organizationId}
                   AND operation = ${operation} AND created_at >= ${since}`.pipe(
            Effect.map(([row]) => row?.count ?? 0),
            Effect.mapError(unavailable)
          ),
        firstSince: (organizationId, operation, since) =>
          sql<{ readonly first: string | null }>`SELECT MIN(created_at) AS first FROM job
                   WHERE organization_id = ${organizationId} AND operation = ${operation}
                   AND created_at >= ${since}`.pipe(
            Effect.map(([row]) => row?.first ?? null),
            Effect.mapError(unavailable)
          ),
        endedLike: (agentId, fingerprint, since, limit) =>
          read(sql`SELECT * FROM job WHERE agent_id = ${agentId} AND fingerprint = ${fingerprint} AND step = 'ended'
                   AND ended_at >= ${since} ORDER BY ended_at DESC, id DESC LIMIT ${limit}`),
        due: (now, limit) =>
          read(sql`SELECT * FROM job WHERE step <> 'ended' AND due_at <= ${now} ORDER BY due_at LIMIT ${limit}`)
      })
    })
  )

const text = Schema.String
const textOrNull = Schema.NullOr(Schema.String)
const amountOrNull = Schema.NullOr(Schema.Finite)
const parameters = Schema.JsonObject

const json = <S extends Schema.Constraint>(schema: S) => Schema.fromJsonString(schema)
const jsonOrNull = <S extends Schema.Constraint>(schema: S) => Schema.NullOr(json(schema))

const Price = wire({
  credits: Credits,
  providerCost: Schema.NullOr(MicroUsd),
  fallbackCost: Schema.NullOr(MicroUsd),
  confidence: PricingConfidence,
  source: PricingSource
})

/** Rows that were written before a field was known read as what it meant then. */
const orElse = <S extends Schema.Constraint>(schema: S, value: S["Encoded"]) =>
  Schema.withDecodingDefaultKey<S>(Effect.succeed(value))(schema)

const Wish = wire({
  operation: orElse(Schema.Literals(["create", "edit"]), "create"),
  visibility: orElse(Schema.Literals(["public", "private"]), "public"),
  intent: text,
  provider: textOrNull,
  model: textOrNull,
  aspectRatio: text,
  outputCount: Schema.Finite,
  parameters,
  guard: wire({ perOutputUsd: amountOrNull, totalUsd: amountOrNull }),
  acceptUnknownCost: Schema.Boolean
})

const Size = Schema.Struct({ width: Schema.Finite, height: Schema.Finite })

const Selection = wire({
  policy: Schema.Literals(selectionPolicies),
  reason: text,
  intent: text,
  intentClass: Schema.Literals(["budget_draft", "final", "general"]),
  parameterKeys: Schema.Array(text),
  defaultsApplied: Schema.Array(text),
  output: wire({
    resolutionClass: textOrNull,
    size: Schema.NullOr(Size),
    minShortEdge: amountOrNull
  }),
  considered: Schema.Array(wire({ capabilityId: text, outcome: text })),
  preferredCredits: amountOrNull
})

const Media = wire({
  role: Schema.Literals(mediaRoles),
  assetId: text,
  index: Schema.Natural,
  referenceIndex: amountOrNull,
  task: Schema.NullOr(Schema.Literals(referenceTasks)),
  sha256: text,
  mimeType: text,
  contentLength: Schema.Natural,
  size: Schema.NullOr(Size),
  visibility: orElse(Schema.Literals(["public", "private"]), "public")
})

const Request = wire({
  wish: Wish,
  media: orElse(Schema.Array(Media), []),
  promptCharacters: Schema.Natural,
  promptSha256: text,
  modelParameters: wire({
    acceptedKeys: Schema.Array(text),
    provenance: Schema.Record(text, Schema.Literals(["request", "default_policy"]))
  }),
  selection: Selection
})

const Produced = wire({
  outputs: Schema.Array(
    wire({
      assetId: orElse(text, ""),
      sha256: text,
      bytes: Schema.Natural,
      mimeType: text,
      width: amountOrNull,
      height: amountOrNull,
      facts: Schema.JsonObject,
      evidence: orElse(AssetEvidence, {
        frames: null,
        duration_seconds: null,
        transparent: null,
        dominant_colors: [],
        blank: null,
        silent: null,
        triangles: null,
        content_credentials: [],
        look_hash: null,
        near_duplicate_of: null,
        changed_outside_mask: null,
        flags: [],
        not_measured: "it was made before outputs were measured"
      })
    })
  ),
  reportedMicroUsd: amountOrNull,
  warnings: Schema.Array(text),
  provenance: Schema.Json,
  made: orElse(Schema.Natural, 0)
})

const Bucket = Schema.Struct({
  granted: Schema.Finite,
  used: Schema.Finite,
  reserved: Schema.Finite,
  remaining: Schema.Finite
})

const Receipt = wire({
  captured: Schema.Struct({ preview: Schema.Natural, paid: Schema.Natural }),
  quota: wire({
    preview: Bucket,
    paid: Bucket,
    owed: Schema.Finite,
    dailyJobs: wire({
      limit: Schema.Finite,
      used: Schema.Finite,
      remaining: Schema.Finite,
      basis: Schema.Literals(["free_preview", "payment_backed"]),
      resetsAt: text
    }),
    maxOutputsPerRequest: Schema.Finite,
    maxCreditsPerJob: Schema.Finite
  })
})

const JobRow = wire({
  id: text,
  organizationId: OrganizationId,
  agentId: AgentId,
  allowanceKey: text,
  operation: Schema.Literals(jobOperations),
  status: Schema.Literals(jobStatuses),
  step: Schema.Literals(jobSteps),
  traceId: text,
  modelId: text,
  capabilityId: text,
  request: json(Request),
  price: json(Price),
  holdId: textOrNull,
  idempotencyKey: textOrNull,
  keyActive: Schema.BooleanFromBit,
  fingerprint: text,
  input: jsonOrNull(Schema.Struct({ prompt: textOrNull, parameters })),
  handle: jsonOrNull(Schema.Json),
  cancelRequestedAt: textOrNull,
  produced: jsonOrNull(Produced),
  safetyChecks: json(Schema.Array(text)),
  error: jsonOrNull(
    Schema.Struct({
      code: Schema.Literals(Struct.keys(errorRegistry)),
      message: text,
      retryable: Schema.Boolean,
      retryAfterSeconds: Schema.optionalKey(Schema.Natural)
    })
  ),
  outcome: Schema.NullOr(Schema.Literal("unknown")),
  usageEventId: textOrNull,
  receipt: jsonOrNull(Receipt),
  createdAt: text,
  startedAt: textOrNull,
  endedAt: textOrNull,
  reservedUntil: text,
  owner: textOrNull,
  dueAt: text
})

const encodeJob: (job: Job) => Effect.Effect<typeof JobRow.Encoded> = flow(Schema.encodeEffect(JobRow), Effect.orDie)

const decodeJobs = Schema.decodeUnknownEffect(Schema.Array(JobRow))
