import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Ids } from "../envelope/Ids.ts"
import { embeddedTarget } from "../envelope/Product.ts"
import { Service } from "./Service.ts"
import { overWire, ServiceApi } from "./ServiceApi.ts"

/** The service in this process: the very programs that a server runs, reached by function call. */
export const embeddedServiceApi: Layer.Layer<ServiceApi, never, Service | Ids> = Layer.effect(
  ServiceApi,
  Effect.gen(function* () {
    const service = yield* Service
    const ids = yield* Ids
    return ServiceApi.of(
      overWire(
        embeddedTarget,
        ids,
        (operation, body, token) => service.handle(operation, body, { token, network: null, isLocal: true }),
        (query, media, token) => service.upload(query, media, { token, network: null, isLocal: true })
      )
    )
  })
)
