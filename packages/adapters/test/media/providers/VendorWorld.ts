import { assert } from "@effect/vitest"
import type {
  GenerationRequest,
  MediaProvider,
  Polled,
  ProviderInput,
  ProviderOutput
} from "@image-skill/core/media/MediaProvider"
import type { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import type { Model } from "@image-skill/core/models/Model"
import { expectedOutput } from "@image-skill/core/models/OutputSize"
import type { ProviderEmulator } from "@image-skill/testing/media/emulators/Emulator"
import { picture } from "@image-skill/testing/media/emulators/Fixtures"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import sharp from "sharp"
import { onNetwork } from "./Network.ts"

type Make = (settings: {
  readonly apiKey: Redacted.Redacted
  readonly baseUrl: string | null
}) => Effect.Effect<MediaProvider, never, HttpClient.HttpClient | RemoteFetch>

export const connect = (
  make: Make,
  apiKey: string,
  baseUrl: string | null
): Effect.Effect<MediaProvider, never, Scope.Scope> => onNetwork(make({ apiKey: Redacted.make(apiKey), baseUrl }))

export interface World<E extends ProviderEmulator> {
  readonly emulator: E
  readonly provider: MediaProvider
  /** As a new process would make it, with nothing but the settings. */
  readonly another: Effect.Effect<MediaProvider, never, Scope.Scope>
}

/** A provider before its vendor's emulator. `version` is the path that all routes share. */
export const worldOf = <E extends ProviderEmulator>(
  emulate: Effect.Effect<E, never, Scope.Scope>,
  make: Make,
  version: string
): Effect.Effect<World<E>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const emulator = yield* emulate
    const another = connect(make, emulator.apiKey, `${emulator.origin}${version}`)
    return { emulator, another, provider: yield* another }
  })

export type Given = Partial<Pick<ProviderInput, "mimeType" | "role">> & { readonly width?: number }

/** Black, and white in the upper left quarter. */
const cover = async (width: number): Promise<Uint8Array> => {
  const raw = Buffer.alloc(width * 64, 0)
  for (let y = 0; y < 32; y++) raw.fill(255, y * width, y * width + width / 2)
  return new Uint8Array(
    await sharp(raw, { raw: { width, height: 64, channels: 1 } })
      .png()
      .toBuffer()
  )
}

/** Pictures, each place another one; masks are black and white. */
export const inputsOf = (given: ReadonlyArray<Given>): Effect.Effect<ReadonlyArray<ProviderInput>> =>
  Effect.promise(() =>
    Promise.all(
      given.map(async ({ role = "input", width = 64, ...more }, place): Promise<ProviderInput> => {
        const bytes = role === "mask" ? await cover(width) : await picture({ width, seed: 40 + place })
        return {
          role,
          index: place,
          referenceIndex: null,
          task: null,
          assetId: `image_${place}`,
          mimeType: "image/png",
          contentLength: bytes.length,
          size: { width, height: 64 },
          bytes: Effect.succeed(bytes),
          provenance: null,
          outputIndex: 0,
          ...more
        }
      })
    )
  )

export const prompt = "a red fox in the snow"

/** As the jobs make it: the size is what can be known beforehand. */
export const requestOf = (model: Model, own: Partial<GenerationRequest> = {}): GenerationRequest => {
  const { aspectRatio = model.aspectRatios.default ?? "1:1", parameters = {} } = own
  const { size } = expectedOutput(model, parameters, aspectRatio)
  return { key: "job_vendor", model, prompt, parameters, aspectRatio, outputCount: 1, size, inputs: [], ...own }
}

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

/** The raw answer of a request, whichever way the provider gives it. */
export const answered = Effect.fnUntraced(function* (provider: MediaProvider, request: GenerationRequest) {
  const submitted = yield* provider.submit(request)
  assert(submitted._tag !== "Made")
  const polled = submitted._tag === "Answered" ? submitted : yield* ended(provider, submitted.handle)
  assert(polled._tag === "Answered", polled._tag)
  return polled.answer
})

export const bytesOf = ({ body }: ProviderOutput) =>
  Effect.map(Stream.runCollect(body), (chunks) => new Uint8Array(Buffer.concat(chunks)))

/** All bytes of all outputs, as they are stored. */
export const madeBy = Effect.fnUntraced(function* (provider: MediaProvider, request: GenerationRequest) {
  const result = yield* provider.outputs(yield* answered(provider, request), request)
  return { result, made: yield* Effect.forEach(result.outputs, bytesOf) }
})

const toJson = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Json))

/** What went out last to a path. */
export const sentTo = ({ calls }: ProviderEmulator, path: string): Schema.Json => {
  const call = calls.findLast((call) => call.method === "POST" && call.path === path)
  assert.isDefined(call, path)
  return toJson(new TextDecoder().decode(call.body))
}

/** The body with media in the places that name them. */
export const filled = (body: Schema.Json, media: ReadonlyArray<string>): Schema.Json => {
  if (Array.isArray(body)) return body.map((item: Schema.Json) => filled(item, media))
  if (typeof body !== "object" || body === null) return body
  const entries = Object.entries(body)
  const [name, index] = entries[0] ?? []
  if (entries.length === 1 && name === "media" && typeof index === "number") return media[index] ?? ""
  return Object.fromEntries(entries.map(([name, value]) => [name, filled(value, media)]))
}

export const base64Of = (inputs: ReadonlyArray<ProviderInput>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.orDie(
    Effect.forEach(inputs, ({ bytes }) => Effect.map(bytes, (media) => Buffer.from(media).toString("base64")))
  )

/** What a mask says: whether it has transparency, and the share of it that is white where it is black and white. */
export const seen = (encoded: string): Effect.Effect<{ readonly hasAlpha: boolean; readonly white: number }> =>
  Effect.promise(async () => {
    const image = sharp(Buffer.from(encoded, "base64"))
    const { hasAlpha } = await image.metadata()
    const data = await image.raw().toBuffer()
    const white = data.filter((value) => value === 255).length / data.length
    return { hasAlpha, white: data.every((value) => value === 0 || value === 255) ? white : Number.NaN }
  })

/** Lets everything that can go on do so, until the condition holds. */
export const until = (condition: () => boolean): Effect.Effect<void> =>
  Effect.promise(async () => {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve))
  })
