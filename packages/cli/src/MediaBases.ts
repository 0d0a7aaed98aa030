import { maybeText } from "@image-skill/core/envelope/Lenient"
import { publishedMediaBase } from "@image-skill/core/media/AssetReference"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Target } from "./Target.ts"

const HealthFacts = Schema.Struct({ media_base_url: maybeText })

/** Where the service says its media are; a service that says nothing keeps them on the public host or on its own. */
export const mediaBases = ({ isEmbedded, origin }: Target) =>
  isEmbedded
    ? Effect.succeed<ReadonlyArray<string>>([])
    : Effect.map(
        Effect.flatMap(ServiceApi, (service) => service.healthz({})),
        ({ envelope }): ReadonlyArray<string> => {
          const health = Option.getOrNull(Schema.decodeUnknownOption(HealthFacts)(envelope.data))
          const announced = health?.media_base_url ?? null
          return announced === null ? [publishedMediaBase, origin] : [announced]
        }
      )
