import { assert } from "@effect/vitest"
import * as Fal from "@image-skill/adapters/media/providers/Fal"
import type {
  GenerationRequest,
  MediaProvider,
  Polled,
  ProviderInput,
  ProviderOutput
} from "@image-skill/core/media/MediaProvider"
import { falCreateModels } from "@image-skill/core/models/catalogue/FalCreateModels"
import { falEditModels } from "@image-skill/core/models/catalogue/FalEditModels"
import type { Model } from "@image-skill/core/models/Model"
import { type FalEmulator, make } from "@image-skill/testing/media/emulators/FalEmulator"
import { mask, picture } from "@image-skill/testing/media/emulators/Fixtures"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { onNetwork } from "./Network.ts"

/** The rows that can be executed. */
export const rows: ReadonlyArray<Model> = [...falCreateModels, ...falEditModels].filter(({ wired }) => wired)

export const rowOf = (id: string): Model => {
  const row = rows.find((model) => model.id === id)
  assert.isDefined(row, id)
  return row
}

export const providerOf = (baseUrl: string | null, apiKey: string): Effect.Effect<MediaProvider, never, Scope.Scope> =>
  onNetwork(Fal.make({ apiKey: Redacted.make(apiKey), baseUrl }))

export interface World {
  readonly emulator: FalEmulator
  readonly provider: MediaProvider
  /** As a new process would make it, with nothing but the settings. */
  readonly another: Effect.Effect<MediaProvider, never, Scope.Scope>
}

export const world: Effect.Effect<World, never, Scope.Scope> = Effect.gen(function* () {
  const emulator = yield* make
  const another = providerOf(emulator.origin, emulator.apiKey)
  return { emulator, another, provider: yield* another }
})

export type Given = Partial<Pick<ProviderInput, "index" | "referenceIndex" | "role" | "task">> & {
  readonly width?: number
  readonly height?: number
}

/** A picture of 640 by 480 pixels, each place another one; masks are masks. */
export const inputsOf = (given: ReadonlyArray<Given>): Promise<ReadonlyArray<ProviderInput>> =>
  Promise.all(
    given.map(async ({ height = 480, role = "input", width = 640, ...more }, place): Promise<ProviderInput> => {
      const bytes = role === "mask" ? await mask(width, height) : await picture({ width, height, seed: 40 + place })
      return {
        role,
        index: 0,
        referenceIndex: null,
        task: null,
        assetId: `image_${place}`,
        mimeType: "image/png",
        contentLength: bytes.length,
        size: { width, height },
        bytes: Effect.succeed(bytes),
        provenance: null,
        outputIndex: 0,
        ...more
      }
    })
  )

export const requestOf = (model: Model, own: Partial<GenerationRequest> = {}): GenerationRequest => ({
  key: "job_fal",
  model,
  prompt: model.prompt === "forbidden" ? null : "a red fox in the snow",
  parameters: {},
  aspectRatio: model.aspectRatios.default ?? "1:1",
  outputCount: 1,
  size: null,
  inputs: [],
  ...own
})

/** A quick one, without inputs. */
export const simple = requestOf(rowOf("fal.flux-dev"), { parameters: { image_size: "square" } })

/** The handle of a request that is taken. */
export const accepted = Effect.fnUntraced(function* (provider: MediaProvider, request: GenerationRequest) {
  const submitted = yield* provider.submit(request)
  assert(submitted._tag === "Accepted")
  return submitted.handle
})

/** Polls until something else than waiting is said. */
export const ended = Effect.fnUntraced(function* (provider: MediaProvider, handle: Schema.Json) {
  let polled: Polled = yield* provider.poll(handle)
  for (let polls = 0; polled._tag === "Pending" && polls < 10; polls += 1) polled = yield* provider.poll(handle)
  return polled
})

export const answered = Effect.fnUntraced(function* (provider: MediaProvider, handle: Schema.Json) {
  const polled = yield* ended(provider, handle)
  assert(polled._tag === "Answered", polled._tag)
  return polled.answer
})

export const bytesOf = ({ body }: ProviderOutput) =>
  Effect.map(Stream.runCollect(body), (chunks) => new Uint8Array(Buffer.concat(chunks)))

export const outputsOf = Effect.fnUntraced(function* (provider: MediaProvider, request: GenerationRequest) {
  const answer = yield* answered(provider, yield* accepted(provider, request))
  return yield* provider.outputs(answer, request)
})
