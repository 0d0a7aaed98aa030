import { resolve } from "node:path"
import { Agent } from "@image-skill/core/agent/Agent"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import * as MemoryAuthConfig from "@image-skill/core/identity/MemoryAuthConfig"
import { originOf } from "@image-skill/core/identity/ServiceAddress"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NodeSecretBytes from "../envelope/NodeSecretBytes.ts"
import * as FileAuthConfig from "../identity/FileAuthConfig.ts"
import * as FetchHttpTransport from "../service/FetchHttpTransport.ts"
import * as HttpMediaSource from "../service/HttpMediaSource.ts"
import * as HttpServiceApi from "../service/HttpServiceApi.ts"
import * as NodeHttpTransport from "../service/NodeHttpTransport.ts"
import { clockOf, idsOf, tokensOf } from "./Choices.ts"
import type { FaceServices } from "./FaceOf.ts"
import type { ConnectOptions } from "./ImageSkill.ts"
import * as NodeAbilities from "./NodeAbilities.ts"

const waitMs = 100_000

/** An agent of this machine at a service elsewhere. */
export const layer = (options: ConnectOptions): Layer.Layer<FaceServices, Refusal> => {
  const target = originOf(options.baseUrl)
  if (target === null || !target.startsWith("http")) return Layer.effectContext(Effect.fail(badAddress()))
  const { config, env = {}, fetch, runtime = "library", trustedOrigins = [], waitMs: patience = waitMs } = options
  const transport = fetch === undefined ? NodeHttpTransport.layer : FetchHttpTransport.layer({ fetch })
  const abilities = NodeAbilities.layer({
    target,
    place: {
      variable: (name) => env[name] ?? null,
      dataHome: resolve(options.folder ?? "."),
      workingDirectory: resolve()
    },
    trustedOrigins,
    mediaSource: (bases) => HttpMediaSource.layer(bases).pipe(Layer.provide(transport))
  })
  return Agent.standard({ runtime, waitMs: patience }).pipe(
    Layer.provide(abilities),
    Layer.provideMerge(tokensOf(target, options)),
    Layer.provide(config === undefined ? MemoryAuthConfig.layer() : FileAuthConfig.layer(config)),
    Layer.provideMerge(HttpServiceApi.layer(target)),
    Layer.provide(transport),
    Layer.provideMerge(idsOf(options)),
    Layer.provide(NodeSecretBytes.layer),
    Layer.provideMerge(clockOf(options))
  )
}

const badAddress = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "baseUrl must be an http(s) URL without user name and password",
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl() }
  })
