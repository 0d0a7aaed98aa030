import { type TelemetryRecord, TelemetrySink } from "@image-skill/core/service/TelemetrySink"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { openTelemetryFile, type TelemetryFile } from "./internal/TelemetryFile.ts"

/** The database of records inside of a data folder. */
export const fileName = "telemetry.sqlite"

export interface Options {
  readonly filename: string
  /** Whether there is anything yet that it could stand beside; a record alone makes no folder and no file. */
  readonly isMade: () => boolean
}

/**
 * Records in a local file, several at a time: after a second, when many wait, and at the end. What cannot be written, and
 * what comes while too many wait, is forgotten.
 */
export const layer = ({ filename, isMade }: Options): Layer.Layer<TelemetrySink> =>
  Layer.effect(
    TelemetrySink,
    Effect.gen(function* () {
      let waiting: Array<TelemetryRecord> = []
      let file: TelemetryFile | null = null

      const flush = Effect.ignore(
        Effect.try(() => {
          const records = waiting
          waiting = []
          if (records.length === 0 || !isMade()) return
          file ??= openTelemetryFile(filename, columns)
          file.write(records.map(rowOf))
        })
      )

      // Finalizers run last to first: what waits is written, then the file is closed.
      yield* Effect.addFinalizer(() => Effect.ignore(Effect.try(() => file?.close())))
      yield* Effect.addFinalizer(() => flush)
      // The pause spares the machine, so it is the machine's clock that measures it.
      yield* flush.pipe(
        Effect.repeat(Schedule.spaced(pause)),
        Effect.provideService(Clock.Clock, Clock.Clock.defaultValue()),
        Effect.forkScoped
      )

      return TelemetrySink.of({
        record: (record) =>
          Effect.suspend(() => {
            if (waiting.length < mostWaiting) waiting.push(record)
            return waiting.length === batch ? flush : Effect.void
          })
      })
    })
  )

const pause = Duration.seconds(1)
const batch = 128
const mostWaiting = 1024

const columns = [
  "at",
  "operation",
  "client_version",
  "api_version",
  "actor_type",
  "claim_state",
  "capability_id",
  "status",
  "duration_ms",
  "error_class",
  "retryable",
  "replayed",
  "cost_estimate_usd",
  "output_count",
  "job_id",
  "trace_id"
]

const rowOf = (record: TelemetryRecord) => [
  record.at,
  record.operation,
  record.clientVersion,
  record.apiVersion,
  record.actorType,
  record.claimState,
  record.capabilityId,
  record.status,
  record.durationMs,
  record.errorClass,
  bit(record.retryable),
  bit(record.replayed),
  record.costEstimateUsd,
  record.outputCount,
  record.jobId,
  record.traceId
]

const bit = (value: boolean | null): number | null => (value === null ? null : Number(value))
