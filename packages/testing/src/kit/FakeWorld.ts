import * as FakePaymentRail from "@image-skill/adapters/payments/FakePaymentRail"
import type { MediaProvider } from "@image-skill/core/media/MediaProvider"
import { stripeCheckout, stripeDeposit } from "@image-skill/core/payments/KnownRails"
import { type PaymentRail, PaymentRailError } from "@image-skill/core/payments/PaymentRail"
import { unconfiguredRail } from "@image-skill/core/payments/PaymentRails"
import { ReturnPage } from "@image-skill/core/payments/ReturnPage"
import { Administration } from "@image-skill/core/service/Administration"
import { embeddedServiceApi } from "@image-skill/core/service/EmbeddedService"
import { TelemetrySink } from "@image-skill/core/service/TelemetrySink"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { FakeMediaProvider } from "../media/FakeMediaProvider.ts"
import * as MemoryService from "../service/MemoryService.ts"
import * as MemoryTelemetrySink from "../service/MemoryTelemetrySink.ts"
import type { FakeRail, Settings } from "./FakeOptions.ts"
import * as FaultyPorts from "./FaultyPorts.ts"
import * as FaultyVendors from "./FaultyVendors.ts"
import * as ProviderScript from "./ProviderScript.ts"
import { OptionsInvalid } from "./ReadOptions.ts"
import * as ScriptedRail from "./ScriptedRail.ts"

/** What outlives every process of a fake service: rows, bytes, providers, those who pay. */
export const make = Effect.fn("FakeWorld.make")(function* (settings: Settings, baseUrl: string) {
  const kept = yield* Layer.build(Layer.merge(MemoryService.memory, MemoryTelemetrySink.layer))
  const providers: Array<FakeMediaProvider> = []
  for (const { id, script, after } of settings.providers) providers.push(yield* ProviderScript.make(id, script, after))
  const scripted = {
    hosted: ScriptedRail.make("hosted"),
    deposit: ScriptedRail.make("deposit")
  }
  const rails = [...settings.rails.map((name) => railOf(name, scripted)), ...settings.ownRails]
  const all: ReadonlyArray<MediaProvider> = [...providers, ...settings.ownProviders]

  /** One life of the service; `ways` are the rails that it has. */
  const life = (process: FaultyPorts.Process, ways: ReadonlyArray<PaymentRail> = rails) =>
    embeddedServiceApi.pipe(
      Layer.provideMerge(Administration.layer),
      Layer.provideMerge(
        MemoryService.programs({
          limits: settings.limits,
          models: settings.models,
          providers: all.map((provider) => FaultyVendors.provider(process, provider)),
          rails: ways.map((way) => FaultyVendors.rail(process, way)),
          contentRules: settings.contentRules,
          returnPage: ReturnPage.at(baseUrl),
          telemetry: Layer.succeed(TelemetrySink, Context.get(kept, TelemetrySink)),
          mediaBaseUrl: baseUrl
        })
      ),
      Layer.provideMerge(FaultyPorts.layer(process)),
      Layer.provideMerge(Layer.succeedContext(kept))
    )

  return { kept, life, providers, scripted }
})

export type FakeWorld = Effect.Success<ReturnType<typeof make>>
/** The services of one life. */
export type Life = Layer.Success<ReturnType<FakeWorld["life"]>>

interface Scripted {
  readonly hosted: ScriptedRail.ScriptedRail
  readonly deposit: ScriptedRail.ScriptedRail
}

const railOf = (name: FakeRail, scripted: Scripted): PaymentRail => {
  const [way, mode = ""] = name.split(":")
  const outcome = FakePaymentRail.parseScript(name)
  if (outcome !== null) return FakePaymentRail.make({ script: outcome })
  if (way !== "hosted" && way !== "deposit") throw new OptionsInvalid(`rails: ${name} is no rail`)
  const { rail } = scripted[way]
  if (mode === "denied") return denied(rail)
  return mode === "unavailable" ? unavailable(way, rail) : rail
}

const denied = (rail: PaymentRail): PaymentRail => ({
  ...rail,
  open: () =>
    Effect.fail(
      new PaymentRailError({
        methodId: rail.methodId,
        reason: "denied",
        message: "the payment provider does not let this deployment use the rail"
      })
    )
})

const unavailable = (way: "hosted" | "deposit", { provider, purchaseProvider }: PaymentRail): PaymentRail =>
  unconfiguredRail(
    way === "hosted" ? stripeCheckout : stripeDeposit,
    { provider, purchaseProvider },
    "the fake service was told that this rail is not configured"
  )
