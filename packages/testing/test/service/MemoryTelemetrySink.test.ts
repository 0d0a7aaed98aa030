import { RecordedRequests } from "@image-skill/testing/service/MemoryTelemetrySink"
import * as MemoryTelemetrySink from "@image-skill/testing/service/MemoryTelemetrySink"
import * as TelemetrySinkSuite from "@image-skill/testing/service/TelemetrySinkSuite"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

TelemetrySinkSuite.suite(
  "memory",
  Effect.map(Layer.build(MemoryTelemetrySink.layer), (built) => ({
    layer: Layer.succeedContext(built),
    arrived: Context.get(built, RecordedRequests).all
  }))
)
