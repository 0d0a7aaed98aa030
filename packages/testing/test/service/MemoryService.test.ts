import * as WorkerInspector from "@image-skill/adapters/media/inspector/WorkerInspector"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import { pricedOptions } from "@image-skill/testing/service/PricedService"
import * as ServiceApiSuite from "@image-skill/testing/service/ServiceApiSuite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const { configuration } = ServiceApiSuite

ServiceApiSuite.suite("memory", MemoryService.layer({ ...configuration, inspector: WorkerInspector.layer }))

ServiceApiSuite.suite(
  "memory, with priced models",
  Layer.unwrap(
    Effect.map(pricedOptions, (options) =>
      MemoryService.layer({ ...options, ...configuration, inspector: WorkerInspector.layer })
    )
  ),
  { priced: true }
)
