import { wire } from "@image-skill/core/envelope/Wire"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import type { Asset } from "@image-skill/core/media/Asset"
import { Assets } from "@image-skill/core/media/Assets"
import { AssetEvidence } from "@image-skill/core/media/Evidence"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Array from "effect/Array"
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
): Layer.Layer<Assets, never, SqlClient.SqlClient> =>
  Layer.effect(
    Assets,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const read = flow(
        (rows: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) => Effect.flatMap(rows, decodeRows),
        Effect.mapError(unavailable)
      )
      const thumbnail = (parentId: string, edge: number) =>
        Effect.map(
          read(sql`SELECT * FROM asset
                   WHERE parent_id = ${parentId} AND thumbnail_edge = ${edge} AND deleted_at IS NULL`),
          Array.head
        )
      return Assets.of({
        insert: (asset) =>
          Effect.flatMap(encodeRow(asset), (row) => sql`INSERT INTO asset ${sql.insert(row)}`).pipe(
            Effect.asVoid,
            Effect.mapError(unavailable)
          ),
        find: (organizationId, id) =>
          Effect.map(
            read(sql`SELECT * FROM asset WHERE id = ${id} AND organization_id = ${organizationId}`),
            Array.head
          ),
        ofJob: (jobId) => read(sql`SELECT * FROM asset WHERE job_id = ${jobId} ORDER BY seq`),
        findPublic: (id) => Effect.map(read(sql`SELECT * FROM asset WHERE id = ${id}`), Array.head),
        list: (organizationId, { before, kind, limit, modality }) => {
          const wanted = sql.and([
            sql`organization_id = ${organizationId} AND deleted_at IS NULL AND kind <> 'derived'`,
            ...(before === null
              ? []
              : [sql`seq < (SELECT seq FROM asset WHERE id = ${before} AND organization_id = ${organizationId})`]),
            ...(kind === null ? [] : [sql`kind = ${kind}`]),
            ...(modality === null ? [] : [sql`modality = ${modality}`])
          ])
          return read(sql`SELECT * FROM asset WHERE ${wanted} ORDER BY seq DESC LIMIT ${limit}`)
        },
        ofParent: (parentId) =>
          read(sql`SELECT * FROM asset WHERE parent_id = ${parentId} AND deleted_at IS NULL ORDER BY seq`),
        thumbnail,
        insertThumbnail: (parentId, edge, asset) =>
          Effect.flatMap(
            encodeRow(asset),
            (row) =>
              sql`INSERT INTO asset ${sql.insert({ ...row, parent_id: parentId, thumbnail_edge: edge })}
                ON CONFLICT (parent_id, thumbnail_edge) WHERE parent_id IS NOT NULL AND deleted_at IS NULL DO NOTHING`
          ).pipe(
            Effect.mapError(unavailable),
            Effect.andThen(thumbnail(parentId, edge)),
            Effect.map(Option.getOrElse(() => asset))
          ),
        markDeleted: (id, deletedAt) =>
          sql`UPDATE asset SET deleted_at = ${deletedAt} WHERE id = ${id} AND deleted_at IS NULL RETURNING id`.pipe(
            Effect.mapBoth({ onFailure: unavailable, onSuccess: Array.isReadonlyArrayNonEmpty })
          ),
        isInUse: (sha256) =>
          sql`SELECT 1 FROM asset WHERE sha256 = ${sha256} AND deleted_at IS NULL
              UNION ALL SELECT 1 FROM job WHERE step <> 'ended' AND instr(produced, ${sha256}) > 0 LIMIT 1`.pipe(
            Effect.mapBoth({ onFailure: unavailable, onSuccess: Array.isReadonlyArrayNonEmpty })
          ),
        noteUnused: (sha256, dueAt) =>
          sql`INSERT INTO unused_bytes (sha256, due_at) VALUES (${sha256}, ${dueAt})
              ON CONFLICT (sha256) DO UPDATE SET due_at = excluded.due_at`.pipe(
            Effect.asVoid,
            Effect.mapError(unavailable)
          ),
        unused: (now, limit) =>
          sql`SELECT sha256 FROM unused_bytes WHERE due_at <= ${now} ORDER BY due_at, sha256 LIMIT ${limit}`.pipe(
            Effect.flatMap(decodeNames),
            Effect.mapBoth({ onFailure: unavailable, onSuccess: Array.map(({ sha256 }) => sha256) })
          ),
        forgetUnused: (sha256) =>
          sql`DELETE FROM unused_bytes WHERE sha256 = ${sha256}`.pipe(Effect.asVoid, Effect.mapError(unavailable)),
        expired: (now, limit) =>
          read(sql`SELECT * FROM asset WHERE expires_at IS NOT NULL AND expires_at <= ${now} AND deleted_at IS NULL
                   ORDER BY expires_at, seq LIMIT ${limit}`)
      })
    })
  )

const AssetRow = wire({
  id: Schema.String,
  organizationId: OrganizationId,
  jobId: Schema.String,
  kind: Schema.Literals(["generated", "uploaded", "derived"]),
  modality: Schema.Literals(["image", "video", "audio", "3d"]),
  mimeType: Schema.String,
  contentLength: Schema.Natural,
  width: Schema.NullOr(Schema.Natural),
  height: Schema.NullOr(Schema.Natural),
  sha256: Schema.String,
  createdAt: Schema.String,
  visibility: Schema.Literals(["public", "private"]),
  parentId: Schema.NullOr(Schema.String),
  evidence: Schema.NullOr(Schema.fromJsonString(AssetEvidence)),
  expiresAt: Schema.NullOr(Schema.String),
  deletedAt: Schema.NullOr(Schema.String)
})

const encodeRow: (asset: Asset) => Effect.Effect<typeof AssetRow.Encoded> = flow(
  Schema.encodeEffect(AssetRow),
  Effect.orDie
)

const decodeNames = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ sha256: Schema.String })))

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(AssetRow))
