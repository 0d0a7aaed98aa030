import { existsSync } from "node:fs"
import { join } from "node:path"
import { TelemetrySink } from "@image-skill/core/service/TelemetrySink"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqliteTelemetrySink from "./SqliteTelemetrySink.ts"

export interface Options {
  readonly dataFolder: string
  /** The database of the service: records stand beside it, never alone. */
  readonly databaseFile: string
  readonly variable: (name: string) => string | null
}

/**
 * Records of requests go into a local file. Nothing leaves the machine unless its operator names a collector of
 * OpenTelemetry, by `IMAGE_SKILL_OTLP_ENDPOINT` (decision D5.2).
 */
export const configured = ({ databaseFile, dataFolder, variable }: Options): Layer.Layer<TelemetrySink> => {
  const local = SqliteTelemetrySink.layer({
    filename: join(dataFolder, SqliteTelemetrySink.fileName),
    isMade: () => existsSync(join(dataFolder, databaseFile))
  })
  const endpoint = variable("IMAGE_SKILL_OTLP_ENDPOINT")
  return endpoint === null || !/^https?:\/\//u.test(endpoint) ? local : both(local, collector(endpoint))
}

/** Loaded only where somebody wants it. */
const collector = (endpoint: string): Layer.Layer<TelemetrySink> =>
  Layer.unwrap(
    Effect.map(
      Effect.all([
        Effect.promise(() => import("./OtlpTelemetrySink.ts")),
        Effect.promise(() => import("effect/http/FetchHttpClient"))
      ]),
      ([sink, client]) => Layer.provide(sink.layer(endpoint), client.layer)
    )
  )

/** One after the other, whatever happens to the first. */
const both = (one: Layer.Layer<TelemetrySink>, other: Layer.Layer<TelemetrySink>): Layer.Layer<TelemetrySink> =>
  Layer.effect(
    TelemetrySink,
    Effect.gen(function* () {
      const sinks = yield* Effect.forEach([one, other], (layer) =>
        Effect.map(Layer.build(layer), Context.get(TelemetrySink))
      )
      return TelemetrySink.of({
        record: (record) => Effect.forEach(sinks, (sink) => Effect.ignoreCause(sink.record(record)), { discard: true })
      })
    })
  )
