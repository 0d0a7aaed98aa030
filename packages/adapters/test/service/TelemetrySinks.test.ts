import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import * as OtlpTelemetrySink from "@image-skill/adapters/service/OtlpTelemetrySink"
import * as SqliteTelemetrySink from "@image-skill/adapters/service/SqliteTelemetrySink"
import * as TelemetrySinks from "@image-skill/adapters/service/TelemetrySinks"
import { type TelemetryRecord, TelemetrySink } from "@image-skill/core/service/TelemetrySink"
import { type Arrived, answering, loopback } from "@image-skill/testing/service/Loopback"
import * as TelemetrySinkSuite from "@image-skill/testing/service/TelemetrySinkSuite"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { temporaryFolder } from "../Folder.ts"

const { record } = TelemetrySinkSuite

/** `clientVersion` → `client_version`. */
const snake = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)
const fields = Object.keys(record("any"))

const rowsIn = (filename: string): ReadonlyArray<Record<string, unknown>> => {
  const database = new DatabaseSync(filename, { readOnly: true })
  try {
    return database.prepare("SELECT * FROM request ORDER BY seq").all()
  } finally {
    database.close()
  }
}

const bits = new Set(["retryable", "replayed"])

/** A record as it was before it became a row. What is no record any more fails the comparison. */
const recordOf = (row: Record<string, unknown>): TelemetryRecord => {
  const value = (name: string) => {
    const found = row[snake(name)]
    return bits.has(name) && typeof found === "number" ? found === 1 : found
  }
  return Object.fromEntries(fields.map((name) => [name, value(name)])) as unknown as TelemetryRecord
}

TelemetrySinkSuite.suite(
  "SQLite",
  Effect.map(temporaryFolder, (folder) => {
    const filename = join(folder, SqliteTelemetrySink.fileName)
    return {
      layer: SqliteTelemetrySink.layer({ filename, isMade: () => true }),
      arrived: Effect.sync(() => rowsIn(filename).map(recordOf))
    }
  })
)

/** What a collector of OpenTelemetry was sent: the attributes of every log record. */
const decodeLogs = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.Struct({
      resourceLogs: Schema.Array(
        Schema.Struct({
          scopeLogs: Schema.Array(
            Schema.Struct({
              logRecords: Schema.Array(
                Schema.Struct({
                  timeUnixNano: Schema.String,
                  severityText: Schema.String,
                  attributes: Schema.Array(
                    Schema.Struct({ key: Schema.String, value: Schema.Record(Schema.String, Schema.Unknown) })
                  )
                })
              )
            })
          )
        })
      )
    })
  )
)

const names: { readonly [field: string]: string } = {
  operation: "image_skill.operation",
  clientVersion: "image_skill.client.version",
  apiVersion: "image_skill.api.version",
  actorType: "image_skill.actor.type",
  claimState: "image_skill.actor.claim_state",
  capabilityId: "image_skill.capability.id",
  status: "http.response.status_code",
  durationMs: "image_skill.duration_ms",
  errorClass: "error.type",
  retryable: "image_skill.retryable",
  replayed: "image_skill.replayed",
  costEstimateUsd: "image_skill.cost.estimated_usd",
  outputCount: "image_skill.output.count",
  jobId: "image_skill.job.id",
  traceId: "image_skill.trace.id"
}

const recordsIn = (arrived: ReadonlyArray<Arrived>): ReadonlyArray<TelemetryRecord> =>
  arrived
    .flatMap(({ body }) => decodeLogs(body).resourceLogs)
    .flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
    .map(({ attributes, timeUnixNano }) => {
      const values = new Map(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
      const at = new Date(Number(timeUnixNano.slice(0, -6))).toISOString()
      const told: ReadonlyArray<readonly [string, unknown]> = Object.entries(names).map(([field, name]) => [
        field,
        values.get(name) ?? null
      ])
      return Object.fromEntries([["at", at], ...told]) as unknown as TelemetryRecord
    })

TelemetrySinkSuite.suite(
  "OpenTelemetry",
  Effect.map(loopback(answering(200)), ({ arrived, origin }) => ({
    layer: Layer.provide(OtlpTelemetrySink.layer(`${origin}/`), FetchHttpClient.layer),
    arrived: Effect.sync(() => {
      assert.isTrue(arrived.every(({ method, path }) => method === "POST" && path === "/v1/logs"))
      return recordsIn(arrived)
    })
  }))
)

/** Sends these, and closes the sink. */
const send = (layer: Layer.Layer<TelemetrySink>, ...records: ReadonlyArray<TelemetryRecord>) =>
  Effect.provide(
    Effect.flatMap(TelemetrySink, (sink) => Effect.forEach(records, sink.record, { discard: true })),
    layer,
    { local: true }
  )

describe("the sinks of a service", () => {
  const place = Effect.map(temporaryFolder, (folder) => ({
    folder,
    file: join(folder, SqliteTelemetrySink.fileName),
    sinks: (variables: { readonly [name: string]: string } = {}) =>
      TelemetrySinks.configured({
        dataFolder: folder,
        databaseFile: "service.sqlite",
        variable: (name) => variables[name] ?? null
      })
  }))

  it.effect("keep records in a file of the owner's alone, beside the database and never without it", () =>
    Effect.gen(function* () {
      const { file, folder, sinks } = yield* place
      yield* send(sinks(), record("before"))
      assert.isFalse(existsSync(file), "a record alone makes no file")
      writeFileSync(join(folder, "service.sqlite"), "")
      yield* send(sinks(), record("after"))
      yield* send(sinks(), record("later"))
      assert.deepStrictEqual(
        rowsIn(file).map((row) => row["trace_id"]),
        ["trace_after", "trace_later"]
      )
      assert.strictEqual(statSync(file).mode & 0o777, 0o600)
    })
  )

  it.effect("send records to a collector only when its address is named", () =>
    Effect.gen(function* () {
      const { folder, file, sinks } = yield* place
      writeFileSync(join(folder, "service.sqlite"), "")
      const { arrived, origin } = yield* loopback(answering(200))
      yield* send(sinks({ OTEL_EXPORTER_OTLP_ENDPOINT: origin }), record("kept"))
      assert.lengthOf(arrived, 0)
      yield* send(sinks({ IMAGE_SKILL_OTLP_ENDPOINT: origin }), record("sent"))
      assert.deepStrictEqual(recordsIn(arrived), [record("sent")])
      assert.lengthOf(rowsIn(file), 2, "and keep them all the same")
    })
  )

  it.effect("take records, whatever is wrong with the file or the collector", () =>
    Effect.gen(function* () {
      const { folder, file, sinks } = yield* place
      writeFileSync(join(folder, "service.sqlite"), "")
      mkdirSync(file)
      const { arrived, origin } = yield* loopback(answering(400))
      yield* send(sinks({ IMAGE_SKILL_OTLP_ENDPOINT: origin }), record("one"), record("two"))
      assert.lengthOf(arrived, 1)
    })
  )

  it.live("a file that somebody else holds delays nobody for long", () =>
    Effect.gen(function* () {
      const { folder, file, sinks } = yield* place
      writeFileSync(join(folder, "service.sqlite"), "")
      yield* send(sinks(), record("first"))
      const other = new DatabaseSync(file)
      other.exec("BEGIN IMMEDIATE")
      const began = performance.now()
      yield* send(sinks(), ...Array.from({ length: 500 }, (_, index) => record(`${index}`)))
      const waited = performance.now() - began
      other.exec("ROLLBACK")
      other.close()
      assert.isBelow(waited, 1000)
      assert.lengthOf(rowsIn(file), 1, "what could not be written is forgotten")
    })
  )
})
