import {
  type GenerationRequest,
  type MediaProvider,
  MediaProviderError,
  type ProviderResult
} from "@image-skill/core/media/MediaProvider"
import type { Model } from "@image-skill/core/models/Model"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { solidPng } from "./Png.ts"

/** A hosted model that costs money: 0.05 USD an output, so 9 credits. It exercises every path on which credits move. */
export const fakePainter: Model = {
  id: "fake.painter",
  displayName: "Fake painter, for harnesses",
  provider: "fake",
  upstream: null,
  modality: "image",
  operation: "image.generate",
  endpoint: "create",
  supports: "create",
  wired: true,
  prompt: "required",
  inputImage: "none",
  mask: "none",
  references: null,
  aspectRatios: { values: ["1:1", "16:9"], default: "1:1", ignored: null },
  parameters: { seed: { type: "integer" } },
  catalogedOnly: [],
  fixed: [],
  maxOutputs: 10,
  sizes: { "1:1": { width: 64, height: 64 }, "16:9": { width: 64, height: 36 } },
  output: { mimeTypes: ["image/png"], assetPrefix: "image", maxResolution: null, transparentBackground: false },
  price: { _tag: "PerOutput", microUsd: 50_000 },
  priceSource: { basis: "ours", asOf: "2026-11-21", note: null },
  taskTags: ["create"],
  latency: "interactive",
  notes: ["makes pictures of one colour; it exists for tests only"]
}

/** A hosted model whose cost nobody knows before the run. */
export const fakeMystery: Model = {
  ...fakePainter,
  id: "fake.mystery",
  displayName: "Fake mystery",
  price: { _tag: "Usage" }
}

/** What the provider does with one request. */
export type Behaviour =
  | { readonly _tag: "Succeed"; readonly reportedMicroUsd?: number; readonly delivered?: number }
  | { readonly _tag: "Fail"; readonly reason: MediaProviderError["reason"] }
  /** Answers with bytes that are no picture. */
  | { readonly _tag: "Garbage" }
  /** Waits for something, then succeeds. */
  | { readonly _tag: "WaitFor"; readonly signal: Effect.Effect<void> }

export interface FakeMediaProvider extends MediaProvider {
  /** The keys of all calls so far, in order: how a test counts what was accepted. */
  readonly calls: Effect.Effect<ReadonlyArray<string>>
}

export const succeed: Behaviour = { _tag: "Succeed" }
export const fail = (reason: MediaProviderError["reason"]): Behaviour => ({ _tag: "Fail", reason })

/** A provider that does what the script says for each request, and remembers that it was asked. */
export const make = (
  script: (request: GenerationRequest, call: number) => Behaviour = () => succeed,
  options: { readonly id?: string; readonly repeatable?: boolean } = {}
): Effect.Effect<FakeMediaProvider> =>
  Effect.map(Ref.make<ReadonlyArray<string>>([]), (calls): FakeMediaProvider => {
    const id = options.id ?? "fake"
    return {
      id,
      availability: { _tag: "Available" },
      repeatable: options.repeatable ?? false,
      calls: Ref.get(calls),
      generate: Effect.fn("FakeMediaProvider.generate")(function* (request: GenerationRequest) {
        const before = yield* Ref.getAndUpdate(calls, (all) => [...all, request.key])
        return yield* behave(id, request, script(request, before.length))
      })
    }
  })

const behave = (
  provider: string,
  request: GenerationRequest,
  behaviour: Behaviour
): Effect.Effect<ProviderResult, MediaProviderError> => {
  switch (behaviour._tag) {
    case "Succeed":
      return Effect.sync(() =>
        result(request, behaviour.delivered ?? request.outputCount, behaviour.reportedMicroUsd ?? null)
      )
    case "Fail":
      return Effect.fail(
        new MediaProviderError({ provider, reason: behaviour.reason, message: sentences[behaviour.reason] })
      )
    case "Garbage":
      return Effect.succeed({ ...result(request, 0, null), outputs: [{ bytes: new Uint8Array([1, 2, 3]), facts: {} }] })
    case "WaitFor":
      return Effect.map(behaviour.signal, () => result(request, request.outputCount, null))
  }
}

const sentences: { readonly [R in MediaProviderError["reason"]]: string } = {
  content_refused: "the provider's policy refused the request",
  rejected: "the provider will not take this request",
  unavailable: "the provider could not be reached",
  unknown: "the provider's answer was lost"
}

const result = (
  { key, size }: GenerationRequest,
  outputs: number,
  reportedMicroUsd: number | null
): ProviderResult => ({
  outputs: Array.from({ length: outputs }, (_, index) => ({
    bytes: solidPng(size?.width ?? 64, size?.height ?? 64, index, key.length, 128),
    facts: {}
  })),
  reportedMicroUsd,
  warnings: [],
  provenance: null
})
