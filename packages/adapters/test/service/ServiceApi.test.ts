import * as WorkerRenderer from "@image-skill/adapters/media/WorkerRenderer"
import { embeddedServiceApi } from "@image-skill/core/service/EmbeddedService"
import { pricedOptions } from "@image-skill/testing/service/PricedService"
import * as ServiceApiSuite from "@image-skill/testing/service/ServiceApiSuite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { temporaryFolder } from "../Folder.ts"
import { embedded, http, kit, overHttp, serveKit } from "./Compositions.ts"

const { configuration, suite } = ServiceApiSuite

const renderer = WorkerRenderer.layer

suite("embedded", embedded, { renderer })
suite("HTTP", http, { renderer })

const pricedKit = Effect.map(Effect.all([temporaryFolder, pricedOptions]), ([folder, options]) =>
  kit(folder, { ...options, ...configuration })
)

suite(
  "SQLite and files, with priced models",
  Layer.unwrap(Effect.map(pricedKit, (services) => Layer.provideMerge(embeddedServiceApi, services))),
  { priced: true }
)

suite(
  "HTTP, with priced models",
  Layer.unwrap(
    Effect.gen(function* () {
      const { origin, services } = yield* serveKit(yield* pricedKit)
      return Layer.merge(overHttp(origin), Layer.succeedContext(services))
    })
  ),
  { priced: true }
)
