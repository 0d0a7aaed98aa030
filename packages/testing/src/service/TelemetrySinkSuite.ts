import { assert, it } from "@effect/vitest"
import { type TelemetryRecord, TelemetrySink } from "@image-skill/core/service/TelemetrySink"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

export const record = (name: string, change: Partial<TelemetryRecord> = {}): TelemetryRecord => ({
  at: "2026-01-02T03:04:05.678Z",
  operation: "create",
  clientVersion: "0.1.70",
  apiVersion: "test",
  actorType: "agent",
  claimState: "unclaimed",
  capabilityId: "is.image.generate.local-storyboard.v1",
  status: 200,
  durationMs: 12,
  errorClass: null,
  retryable: null,
  replayed: true,
  costEstimateUsd: 0.0725,
  outputCount: 2,
  jobId: `job_${name}`,
  traceId: `trace_${name}`,
  ...change
})

/** A record of which little is known. */
const bare = record("bare", {
  operation: "healthz",
  clientVersion: null,
  actorType: null,
  claimState: null,
  capabilityId: null,
  status: null,
  errorClass: "INTERNAL_ERROR",
  retryable: false,
  replayed: null,
  costEstimateUsd: null,
  outputCount: null,
  jobId: null
})

export interface Sink {
  readonly layer: Layer.Layer<TelemetrySink>
  /** Everything that reached the other side of a sink that is closed by now, as it came. */
  readonly arrived: Effect.Effect<ReadonlyArray<TelemetryRecord>>
}

/** The contract every `TelemetrySink` adapter meets. `make` makes an empty one, which is built once. */
export const suite = (name: string, make: Effect.Effect<Sink, never, Scope.Scope>): void => {
  const sent = (records: ReadonlyArray<TelemetryRecord>) =>
    Effect.gen(function* () {
      const { arrived, layer } = yield* make
      yield* Effect.provide(
        Effect.flatMap(TelemetrySink, (sink) => Effect.forEach(records, sink.record, { discard: true })),
        layer
      )
      return yield* arrived
    })

  it.effect(`TelemetrySink (${name}): a few records arrive whole and in order, at the end at the latest`, () =>
    Effect.gen(function* () {
      const records = [record("one"), bare, record("two")]
      assert.deepStrictEqual(yield* sent(records), records)
    })
  )

  it.effect(`TelemetrySink (${name}): many records arrive, none twice`, () =>
    Effect.gen(function* () {
      const records = Array.from({ length: 700 }, (_, index) => record(`${index}`.padStart(3, "0")))
      const arrived = yield* sent(records)
      // Batches may overtake each other on a network; each record carries its own time.
      assert.lengthOf(arrived, records.length)
      assert.deepStrictEqual(
        new Set(arrived.map(({ traceId }) => traceId)),
        new Set(records.map(({ traceId }) => traceId))
      )
    })
  )
}
