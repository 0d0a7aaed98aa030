import { assert } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import {
  type GenerationRequest,
  type MediaProvider,
  MediaProviderError,
  type ProviderInput,
  type ProviderOutput,
  type ProviderResult,
  type Submitted
} from "@image-skill/core/media/MediaProvider"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/** More polls than any emulator needs. */
const mostPolls = 200

/** How a request came to its end: with the answer as it is kept, or with the outputs themselves. */
export type Ended =
  | { readonly _tag: "Answered"; readonly answer: Uint8Array }
  | { readonly _tag: "Made"; readonly result: ProviderResult }

const json = Schema.fromJsonString(Schema.Json)

/** As it comes back from a database: what is not JSON does not survive. */
export const kept = (handle: Schema.Json): Schema.Json => Schema.decodeSync(json)(Schema.encodeSync(json)(handle))

/** Follows what was submitted to its end. One that was canceled or forgotten fails with `rejected`, as does one without end. */
export const ended = Effect.fnUntraced(function* (
  provider: MediaProvider,
  submitted: Submitted
): Effect.fn.Return<Ended, MediaProviderError> {
  if (submitted._tag !== "Accepted") return submitted
  for (let poll = 0; poll < mostPolls; poll++) {
    const polled = yield* provider.poll(kept(submitted.handle))
    if (polled._tag === "Answered") return polled
    if (polled._tag !== "Pending")
      return yield* new MediaProviderError({ provider: provider.id, reason: "rejected", message: polled._tag })
  }
  return yield* new MediaProviderError({ provider: provider.id, reason: "rejected", message: "it never ends" })
})

export const resultOf = (
  provider: MediaProvider,
  end: Ended,
  request: GenerationRequest
): Effect.Effect<ProviderResult, MediaProviderError> =>
  end._tag === "Made" ? Effect.succeed(end.result) : provider.outputs(end.answer, request)

/** Submit, poll, outputs. */
export const run = Effect.fnUntraced(function* (provider: MediaProvider, request: GenerationRequest) {
  const end = yield* ended(provider, yield* provider.submit(request))
  return yield* resultOf(provider, end, request)
})

/** All bytes of one output. */
export const bytesOf = ({ body }: ProviderOutput): Effect.Effect<Uint8Array, MediaProviderError> =>
  Effect.map(Stream.runCollect(body), (chunks) => new Uint8Array(Buffer.concat([...chunks])))

export const allBytes = ({ outputs }: ProviderResult): Effect.Effect<ReadonlyArray<Uint8Array>, MediaProviderError> =>
  Effect.forEach(outputs, bytesOf)

/** The bytes of a whole run. */
export const bytesOfRun = (provider: MediaProvider, request: GenerationRequest) =>
  Effect.flatMap(run(provider, request), allBytes)

/** An input with these bytes, as the service gives it. */
export const inputOf = (
  bytes: Uint8Array,
  role: ProviderInput["role"] = "input",
  index = 0,
  more: Partial<ProviderInput> = {}
): ProviderInput => ({
  role,
  index,
  referenceIndex: null,
  task: null,
  assetId: `image_suite_${role}_${index}`,
  mimeType: measure(bytes)?.mimeType ?? "application/octet-stream",
  contentLength: bytes.length,
  size: measure(bytes)?.size ?? null,
  bytes: Effect.succeed(bytes),
  provenance: null,
  outputIndex: 0,
  ...more
})

/** Whether a field of this name with this very value stands anywhere in the value. */
export const holds = (value: unknown, name: string, wanted: unknown): boolean => {
  if (Array.isArray(value)) return value.some((item) => holds(item, name, wanted))
  if (typeof value !== "object" || value === null) return false
  return Object.entries(value).some(([key, own]) => (key === name && isEqual(own, wanted)) || holds(own, name, wanted))
}

const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The indices of all `{"media": N}` in it, ascending. */
export const mediaIn = (value: unknown): ReadonlyArray<number> => {
  if (Array.isArray(value)) return value.flatMap(mediaIn).toSorted((a, b) => a - b)
  if (typeof value !== "object" || value === null) return []
  const entries = Object.entries(value)
  const [entry] = entries
  if (entries.length === 1 && entry?.[0] === "media" && typeof entry[1] === "number") return [entry[1]]
  return entries.flatMap(([, own]) => mediaIn(own)).toSorted((a, b) => a - b)
}

/** Says nothing that only the caller and the provider may know. */
export const assertDiscreet = (said: string, secrets: ReadonlyArray<string>): void => {
  for (const secret of secrets) assert.notInclude(said, secret)
  assert.notMatch(said, /https?:\/\//u)
}
