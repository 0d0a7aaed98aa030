import * as Fal from "@image-skill/adapters/media/providers/Fal"
import * as OpenAi from "@image-skill/adapters/media/providers/OpenAi"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import type { MediaProvider } from "@image-skill/core/media/MediaProvider"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { onNetwork } from "../media/providers/Network.ts"

export const vendors = ["fal", "openai", "repeatable"] as const
export type Vendor = (typeof vendors)[number]
export type Operation = "create" | "edit"

/** Who asks what of whom. */
export interface Life {
  readonly operation: Operation
  readonly vendor: Vendor
  /** Of the vendor's emulator. */
  readonly origin: string
  readonly apiKey: string
  readonly token: string
  /** An asset of the agent; empty for a create. */
  readonly input: string
}

/** What the request costs, in credits, when it is made. */
export const price: { readonly [V in Vendor]: { readonly [O in Operation]: number } } = {
  fal: { create: 5, edit: 7 },
  openai: { create: 2, edit: 2 },
  repeatable: { create: 9, edit: 9 }
}

const tokens = { modelParameters: { size: "256x256", quality: "low" }, acceptUnknownCost: true }
const requests = {
  fal: {
    create: { model: "fal.flux-dev", modelParameters: { image_size: "square" } },
    edit: { model: "fal.flux-pro-kontext" }
  },
  openai: {
    create: { model: "openai.gpt-image-2", ...tokens },
    edit: { model: "openai.gpt-image-2-edit", ...tokens }
  },
  repeatable: { create: { model: "fake.painter" }, edit: { model: "fake.retoucher" } }
}

/** The real adapter before the emulator, as a new process makes it. */
export const providerOf = ({
  apiKey: key,
  origin,
  vendor
}: Pick<Life, "apiKey" | "origin" | "vendor">): Effect.Effect<MediaProvider, never, Scope.Scope> => {
  const apiKey = Redacted.make(key)
  switch (vendor) {
    case "fal":
      return onNetwork(Fal.make({ apiKey, baseUrl: origin }))
    case "openai":
      return onNetwork(OpenAi.make({ apiKey, baseUrl: origin }))
    case "repeatable":
      return FakeMediaProvider.make(undefined, { repeatable: true })
  }
}

/** Asks for it; the same again is its printed recovery. */
export const ask = (
  { input, operation, token, vendor }: Life,
  more: { readonly waitMs?: number } = {}
): Effect.Effect<Answer, never, ServiceApi> =>
  Effect.flatMap(ServiceApi, (service) => {
    const request = { prompt: "a red boat", idempotencyKey: "boat-1", ...more }
    return operation === "create"
      ? service.create({ ...request, ...requests[vendor].create }, Redacted.make(token))
      : service.edit({ ...request, inputAssetId: input, ...requests[vendor].edit }, Redacted.make(token))
  })
