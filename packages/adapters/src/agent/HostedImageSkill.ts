import { Agent } from "@image-skill/core/agent/Agent"
import { AgentAbilities } from "@image-skill/core/agent/AgentAbilities"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import * as MemoryAuthConfig from "@image-skill/core/identity/MemoryAuthConfig"
import { originOf } from "@image-skill/core/identity/ServiceAddress"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as WebSecretBytes from "../envelope/WebSecretBytes.ts"
import * as FetchHttpTransport from "../service/FetchHttpTransport.ts"
import * as HttpServiceApi from "../service/HttpServiceApi.ts"
import { type Choices, clockOf, idsOf, tokensOf } from "./Choices.ts"
import { faceOf, type FaceServices } from "./FaceOf.ts"
import type { ImageSkillFace } from "./ImageSkillFace.ts"

export interface HostedOptions extends Choices {
  /** Where the service is, e.g. `https://api.example.com`. */
  readonly baseUrl: string
  /** Sent to this service only, and saved nowhere. Without it the agent signs up, and its token ends with the program. */
  readonly token?: string
  /** The HTTP client. */
  readonly fetch?: typeof globalThis.fetch
}

/** As long as a browser or a worker keeps a request open, ordinarily. */
const waitMs = 100_000

/** The layers below the face, for programs that are Effects themselves. */
export const layer = (options: HostedOptions): Layer.Layer<FaceServices, Refusal> => {
  const target = originOf(options.baseUrl)
  if (target === null || !target.startsWith("http")) return Layer.effectContext(Effect.fail(badAddress()))
  const { fetch, runtime = "library", waitMs: patience = waitMs } = options
  return Agent.standard({ runtime, waitMs: patience }).pipe(
    Layer.provideMerge(tokensOf(target, options)),
    Layer.provide([AgentAbilities.none, MemoryAuthConfig.layer()]),
    Layer.provideMerge(HttpServiceApi.layer(target)),
    Layer.provide(FetchHttpTransport.layer(fetch === undefined ? {} : { fetch })),
    Layer.provideMerge(idsOf(options)),
    Layer.provide(WebSecretBytes.layer),
    Layer.provideMerge(clockOf(options))
  )
}

/** An agent at a service elsewhere, for browsers, workers and every other place that has `fetch` and Web Crypto. */
export const connect = (options: HostedOptions): Promise<ImageSkillFace> => faceOf(layer(options))

const badAddress = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "baseUrl must be an http(s) URL without user name and password",
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl() }
  })
