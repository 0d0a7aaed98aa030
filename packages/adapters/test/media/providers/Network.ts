import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRemoteFetch from "@image-skill/adapters/media/NodeRemoteFetch"
import type { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

const network = Layer.mergeAll(NodeHttpClient.layerNodeHttp, NodeRemoteFetch.layer)

/** With the real clients, one connection a request, until the scope ends. */
export const onNetwork = <A, E>(
  made: Effect.Effect<A, E, HttpClient.HttpClient | RemoteFetch>
): Effect.Effect<A, E, Scope.Scope> =>
  Effect.flatMap(Layer.build(network), (context) => Effect.provideContext(made, context))
