import { type TelemetryRecord, TelemetrySink } from "@image-skill/core/service/TelemetrySink"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** What a memory sink has kept, oldest first. */
export class RecordedRequests extends Context.Service<
  RecordedRequests,
  { readonly all: Effect.Effect<ReadonlyArray<TelemetryRecord>> }
>()("testing/service/RecordedRequests") {}

export const layer: Layer.Layer<TelemetrySink | RecordedRequests> = Layer.effectContext(
  Effect.sync(() => {
    const records: Array<TelemetryRecord> = []
    const sink = TelemetrySink.of({ record: (record) => Effect.sync(() => void records.push(record)) })
    return Context.make(TelemetrySink, sink).pipe(
      Context.add(RecordedRequests, RecordedRequests.of({ all: Effect.sync(() => [...records]) }))
    )
  })
)
