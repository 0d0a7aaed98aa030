import { version } from "@image-skill/core/envelope/Product"
import { type TelemetryRecord, TelemetrySink } from "@image-skill/core/service/TelemetrySink"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as OtlpExporter from "effect/observability/OtlpExporter"
import * as OtlpResource from "effect/observability/OtlpResource"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"

/**
 * Records as log records of OpenTelemetry, sent to `ENDPOINT/v1/logs` by OTLP over HTTP in JSON
 * (opentelemetry.io/docs/specs/otlp). They are sent in batches beside the requests; a collector that does not answer
 * costs the records that came meanwhile.
 */
export const layer = (endpoint: string): Layer.Layer<TelemetrySink, never, HttpClient.HttpClient> =>
  Layer.effect(
    TelemetrySink,
    Effect.gen(function* () {
      const serialization = yield* OtlpSerialization.OtlpSerialization
      const resource = OtlpResource.make({ serviceName: "image-skill", serviceVersion: version })
      const { push } = yield* OtlpExporter.make({
        label: "ImageSkillTelemetry",
        url: `${endpoint.replace(/\/$/u, "")}/v1/logs`,
        headers: undefined,
        exportInterval: Duration.seconds(1),
        maxBatchSize: 512,
        shutdownTimeout: Duration.seconds(1),
        body: (logRecords: Array<ReturnType<typeof logRecord>>) => [
          serialization.logs({
            resourceLogs: [{ resource, scopeLogs: [{ scope: { name: "image-skill" }, logRecords }] }]
          }),
          Effect.void
        ]
      })
      return TelemetrySink.of({ record: (record) => Effect.sync(() => push(logRecord(record))) })
    })
  ).pipe(Layer.provide(OtlpSerialization.layerJson), Layer.provide(OtlpExporter.layerFlusher))

/** An error is what the service itself got wrong. */
const logRecord = (record: TelemetryRecord) => {
  const time = `${DateTime.makeUnsafe(record.at).epochMilliseconds}000000`
  return {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityText: (record.status ?? 0) >= 500 ? "Error" : "Info",
    body: { stringValue: `request ${record.operation}` },
    attributes: OtlpResource.entriesToAttributes(
      Object.entries(attributesOf(record)).filter(([, value]) => value !== null)
    ),
    droppedAttributesCount: 0
  }
}

const attributesOf = (record: TelemetryRecord) => ({
  "image_skill.operation": record.operation,
  "image_skill.client.version": record.clientVersion,
  "image_skill.api.version": record.apiVersion,
  "image_skill.actor.type": record.actorType,
  "image_skill.actor.claim_state": record.claimState,
  "image_skill.capability.id": record.capabilityId,
  "http.response.status_code": record.status,
  "image_skill.duration_ms": record.durationMs,
  "error.type": record.errorClass,
  "image_skill.retryable": record.retryable,
  "image_skill.replayed": record.replayed,
  "image_skill.cost.estimated_usd": record.costEstimateUsd,
  "image_skill.output.count": record.outputCount,
  "image_skill.job.id": record.jobId,
  "image_skill.trace.id": record.traceId
})
