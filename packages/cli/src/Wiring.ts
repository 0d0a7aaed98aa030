import * as HttpServiceApi from "@image-skill/adapters/service/HttpServiceApi"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import { command, json } from "@image-skill/core/envelope/CommandLine"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { Ids } from "@image-skill/core/envelope/Ids"
import { docsUrl, embeddedTarget } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import type { MediaSource } from "@image-skill/core/media/MediaSource"
import { type OperationId, operationOf } from "@image-skill/core/service/Operations"
import { overWire, ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Context } from "./Context.ts"
import type { Machine } from "./Machine.ts"
import type { Target } from "./Target.ts"
import { Upkeep } from "./Upkeep.ts"

/**
 * The one place that chooses implementations. A run that talks to a service elsewhere loads an HTTP client and nothing
 * of the service; the embedded service is loaded only when it is meant.
 */
export const withService = <A, E, R>(
  { machine }: Context,
  target: Target,
  program: Effect.Effect<A, E, R | ServiceApi | Upkeep>
) => Effect.provide(program, target.isEmbedded ? embedded(machine) : hosted(target))

/** Where media are downloaded from. `bases` are the media origins that the service announced. */
export const mediaSource = (
  { machine }: Context,
  target: Target,
  bases: ReadonlyArray<string>
): Layer.Layer<MediaSource> =>
  target.isEmbedded
    ? Layer.unwrap(Effect.map(loadEmbedded, ({ mediaSource: source }) => source(machine)))
    : Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("@image-skill/adapters/service/HttpMediaSource")),
          (source) => source.layer(bases)
        )
      ).pipe(Layer.provide(NodeHttpTransport.layer))

type Services = Layer.Layer<ServiceApi | Upkeep, never, Ids>

const nothingToDo = Layer.succeed(Upkeep, Upkeep.of({ sweep: Effect.void, idle: Effect.void }))

const hosted = ({ origin }: Target): Services =>
  Layer.merge(HttpServiceApi.layer(origin).pipe(Layer.provide(NodeHttpTransport.layer)), nothingToDo)

const loadEmbedded = Effect.promise(() => import("./EmbeddedWiring.ts"))

const embedded = (machine: Machine): Services =>
  Layer.unwrap(
    Effect.map(loadEmbedded, ({ services }) =>
      services(machine).pipe(Layer.catchTag("RuntimeUnsupported", ({ message }) => unsupported(message)))
    )
  )

/** On a Node without SQLite everything that needs the embedded service says so, and nothing crashes (decision D3.8). */
const unsupported = (message: string): Services =>
  Layer.merge(
    Layer.effect(
      ServiceApi,
      Effect.map(Ids, (ids) =>
        ServiceApi.of(overWire(embeddedTarget, ids, refused(ids, message), () => refused(ids, message)("uploadStream")))
      )
    ),
    nothingToDo
  )

const refused = (ids: Ids["Service"], message: string) => (operation: OperationId) =>
  Effect.map(ids.trace, (traceId) => {
    const { effect, label } = operationOf(operation)
    return toAnswer(runtimeRefusal(message), { command: label, traceId, actor: null, effect })
  })

const runtimeRefusal = (message: string): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_RUNTIME_UNSUPPORTED",
    message: `${message}; or name a hosted service with --api-base-url`,
    recovery: {
      requiredFlag: "--api-base-url",
      suggestedCommand: command("help", json),
      docsUrl: docsUrl("local-config-and-install")
    }
  })
