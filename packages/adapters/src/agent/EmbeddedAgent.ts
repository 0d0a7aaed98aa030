import { join, resolve } from "node:path"
import { Agent } from "@image-skill/core/agent/Agent"
import { embeddedLimits } from "@image-skill/core/credits/Limits"
import { docsUrl, embeddedTarget } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { AssetCare } from "@image-skill/core/jobs/AssetCare"
import { JobRunner } from "@image-skill/core/jobs/JobRunner"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as FileAuthConfig from "../identity/FileAuthConfig.ts"
import * as ArtifactMediaSource from "../media/ArtifactMediaSource.ts"
import * as FileArtifactStore from "../media/FileArtifactStore.ts"
import * as Embedded from "../service/Embedded.ts"
import { AgentUpkeep } from "./AgentUpkeep.ts"
import { clockOf, idsOf, tokensOf } from "./Choices.ts"
import type { FaceServices } from "./FaceOf.ts"
import type { OpenOptions } from "./ImageSkill.ts"
import * as NodeAbilities from "./NodeAbilities.ts"

const waitMs = 100_000

/** An agent with a service of its own, in one folder: its rows, its media and its token. */
export const layer = (options: OpenOptions): Layer.Layer<FaceServices, Refusal> => {
  const dataFolder = resolve(options.folder)
  const { env = {}, limits, runtime = "library", trustedOrigins = [], waitMs: patience = waitMs } = options
  const variable = (name: string): string | null => {
    const value = env[name]
    return value === undefined || value.trim() === "" ? null : value
  }
  const providers = options.providers ?? []
  const service = Embedded.layer({
    dataFolder,
    limits: { ...embeddedLimits, ...limits },
    contentRules: options.contentRules ?? [],
    providers: providers.map((one) => ("provider" in one ? one.provider : one)),
    models: [...(options.models ?? []), ...providers.flatMap((one) => ("provider" in one ? one.models : []))],
    rails: options.rails ?? [],
    ids: idsOf(options),
    variable
  })
  const abilities = NodeAbilities.layer({
    target: embeddedTarget,
    place: { variable, dataHome: dataFolder, workingDirectory: resolve() },
    trustedOrigins,
    mediaSource: () => ArtifactMediaSource.layer.pipe(Layer.provide(FileArtifactStore.layer(dataFolder)))
  })
  return Agent.standard({ runtime, waitMs: patience }).pipe(
    Layer.provide(abilities),
    Layer.provideMerge(tokensOf(embeddedTarget, options)),
    Layer.provide(FileAuthConfig.layer(join(dataFolder, "config.json"))),
    Layer.provideMerge(upkeep),
    Layer.provideMerge(service),
    Layer.provideMerge(clockOf(options)),
    Layer.catchTag("RuntimeUnsupported", ({ message }) => Layer.effectContext(Effect.fail(unsupported(message))))
  )
}

/** A few at a time: whatever is left is found by the next call. */
const sweepLimit = 8
/** No more often, so that a loop of calls does not become one of sweeps. */
const sweepPause = 2_000

/** Goes on with what a dead process left: at the start, and then beside the calls. No timer keeps the program alive. */
const upkeep = Layer.effectContext(
  Effect.gen(function* () {
    const jobs = yield* JobRunner
    const payments = yield* Fulfilment
    const assets = yield* AssetCare
    const scope = yield* Effect.scope
    let sweptAt = Number.NEGATIVE_INFINITY
    const sweep = Effect.all([
      Effect.exit(jobs.wake(sweepLimit)),
      Effect.exit(payments.sweep(sweepLimit)),
      Effect.exit(assets.expire(sweepLimit)),
      Effect.exit(assets.tidy(sweepLimit))
    ])
    const before = Effect.fnUntraced(function* (id: string) {
      // Whoever asks for a payment wants its truth now.
      if (id.startsWith("credits")) return yield* Effect.asVoid(Effect.exit(payments.sweep(sweepLimit)))
      const now = yield* Clock.currentTimeMillis
      if (now - sweptAt < sweepPause) return
      sweptAt = now
      yield* Effect.forkIn(sweep, scope)
    })
    return AgentUpkeep.context({ before, idle: jobs.idle })
  })
)

const unsupported = (message: string): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_RUNTIME_UNSUPPORTED",
    message: `${message}; or connect to a hosted service`,
    recovery: { docsUrl: docsUrl("local-config-and-install") }
  })
