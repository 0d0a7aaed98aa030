import {
  type Cancellation,
  type GenerationRequest,
  type MediaProvider,
  MediaProviderError,
  type NativeRequest,
  type Polled,
  type ProviderResult,
  type Submitted
} from "@image-skill/core/media/MediaProvider"
import type { Model } from "@image-skill/core/models/Model"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
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
  maxInputs: 0,
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
  price: { _tag: "Usage", rates: { imageOutput: 30_000_000, imageInput: 8_000_000, textInput: 5_000_000 } }
}

/** Its edits take up to four inputs, a mask and references, at the price of the painter. */
export const fakeRetoucher: Model = {
  ...fakePainter,
  id: "fake.retoucher",
  displayName: "Fake retoucher",
  operation: "image.edit",
  endpoint: "edit",
  supports: "edit",
  inputImage: "required",
  maxInputs: 4,
  mask: "optional",
  references: { roles: ["reference_image"], maxEntries: 2, tasks: [] },
  aspectRatios: { values: ["auto", "1:1", "16:9"], default: "auto", ignored: null },
  maxOutputs: 1,
  sizes: null,
  taskTags: ["edit"]
}

/** What the provider does with one request. `delivered` differs from what was asked for where it gives fewer or more. */
export type Behaviour =
  | { readonly _tag: "Succeed"; readonly reportedMicroUsd?: number; readonly delivered?: number }
  | { readonly _tag: "Fail"; readonly reason: MediaProviderError["reason"] }
  /** Answers with bytes that are no picture. */
  | { readonly _tag: "Garbage" }
  /** Waits for something, then succeeds. */
  | { readonly _tag: "WaitFor"; readonly signal: Effect.Effect<void> }
  /** Takes the request and works on it; its answer to the submit is lost. */
  | { readonly _tag: "Lost" }
  /** Takes it into a queue: so many polls find it pending, the next one how it ended. */
  | {
      readonly _tag: "Queue"
      readonly pending: number
      readonly ends?: "Answered" | "Canceled" | "Gone" | "rejected" | "content_refused"
      readonly retryAfterMillis?: number
      readonly reportedMicroUsd?: number
      readonly delivered?: number
    }

export interface FakeMediaProvider extends MediaProvider {
  /** The keys of all submits so far, in order: how a test counts what was asked. */
  readonly calls: Effect.Effect<ReadonlyArray<string>>
  /** The keys of those that it took, answered or not: what would be billed. */
  readonly accepted: Effect.Effect<ReadonlyArray<string>>
  readonly polls: Effect.Effect<number>
  readonly cancels: Effect.Effect<number>
}

export const succeed: Behaviour = { _tag: "Succeed" }
export const fail = (reason: MediaProviderError["reason"]): Behaviour => ({ _tag: "Fail", reason })
export const queue = (pending: number, more: Partial<Omit<Queue, "_tag" | "pending">> = {}): Behaviour => ({
  _tag: "Queue",
  pending,
  ...more
})

type Queue = Extract<Behaviour, { _tag: "Queue" }>

/** What a handle says: enough for another instance to go on with it. */
const Handle = Schema.Struct({
  id: Schema.String,
  pending: Schema.Number,
  ends: Schema.Literals(["Answered", "Canceled", "Gone", "rejected", "content_refused"]),
  retryAfterMillis: Schema.NullOr(Schema.Number),
  answer: Schema.Json
})
type Handle = typeof Handle.Type
const readHandle = Schema.decodeUnknownEffect(Handle)

/** What an answer says; the pictures are made from it. */
const Answer = Schema.fromJsonString(
  Schema.Struct({
    outputs: Schema.Number,
    isGarbage: Schema.Boolean,
    width: Schema.Number,
    height: Schema.Number,
    shade: Schema.Number,
    reportedMicroUsd: Schema.NullOr(Schema.Number)
  })
)
type Answer = typeof Answer.Type
const encodeAnswer = Schema.encodeSync(Answer)
const readAnswer = Schema.decodeUnknownEffect(Answer)
const bytesOf = (answer: Answer): Uint8Array => new TextEncoder().encode(encodeAnswer(answer))

interface State {
  readonly calls: ReadonlyArray<string>
  readonly accepted: ReadonlyArray<string>
  /** How often each handle was polled. */
  readonly polled: ReadonlyMap<string, number>
  readonly canceled: ReadonlySet<string>
  readonly cancels: number
}

const nothing: State = { calls: [], accepted: [], polled: new Map(), canceled: new Set(), cancels: 0 }

/**
 * A provider that does what the script says for each request, and remembers that it was asked. Repeatable, it gives its
 * outputs at once; else it answers, and `outputs` reads that answer in any instance.
 */
export const make = (
  script: (request: GenerationRequest, call: number) => Behaviour = () => succeed,
  options: { readonly id?: string; readonly repeatable?: boolean } = {}
): Effect.Effect<FakeMediaProvider> =>
  Effect.map(Ref.make(nothing), (state): FakeMediaProvider => {
    const { id = "fake", repeatable = false } = options
    const outputs = (answer: Uint8Array) => read(id, answer)
    return {
      id,
      availability: { _tag: "Available" },
      repeatable,
      calls: Effect.map(Ref.get(state), ({ calls }) => calls),
      accepted: Effect.map(Ref.get(state), ({ accepted }) => accepted),
      polls: Effect.map(Ref.get(state), ({ polled }) => [...polled.values()].reduce((sum, count) => sum + count, 0)),
      cancels: Effect.map(Ref.get(state), ({ cancels }) => cancels),
      plan: (request) => Result.succeed(planOf(request)),
      submit: Effect.fn("FakeMediaProvider.submit")(function* (request: GenerationRequest) {
        const { calls } = yield* Ref.getAndUpdate(state, (now) => ({ ...now, calls: [...now.calls, request.key] }))
        const behaviour = script(request, calls.length)
        if (behaviour._tag !== "Fail" || behaviour.reason === "unknown")
          yield* Ref.update(state, (now) => ({ ...now, accepted: [...now.accepted, request.key] }))
        const submitted = yield* behave(id, request, behaviour, calls.length)
        return submitted._tag === "Answered" && repeatable
          ? ({ _tag: "Made", result: yield* outputs(submitted.answer) } as const)
          : submitted
      }),
      poll: Effect.fn("FakeMediaProvider.poll")(function* (handle: Schema.Json) {
        const job = yield* handleOf(id, handle)
        const before = yield* Ref.modify(state, (now) => {
          const count = now.polled.get(job.id) ?? 0
          return [
            { ...now, count },
            { ...now, polled: new Map(now.polled).set(job.id, count + 1) }
          ]
        })
        if (before.canceled.has(job.id)) return { _tag: "Canceled" } as const
        return yield* standing(id, job, before.count)
      }),
      cancel: Effect.fn("FakeMediaProvider.cancel")(function* (handle: Schema.Json) {
        const job = yield* handleOf(id, handle)
        return yield* Ref.modify(state, (now): [Cancellation, State] => {
          const isOver = (now.polled.get(job.id) ?? 0) > job.pending && !now.canceled.has(job.id)
          const canceled = isOver ? now.canceled : new Set(now.canceled).add(job.id)
          return [isOver ? "too_late" : "requested", { ...now, canceled, cancels: now.cancels + 1 }]
        })
      }),
      outputs
    }
  })

const planOf = ({ aspectRatio, inputs, model, outputCount, parameters, prompt }: GenerationRequest): NativeRequest => ({
  path: `/${model.id}`,
  body: {
    ...parameters,
    prompt,
    aspect_ratio: aspectRatio,
    n: outputCount,
    roles: inputs.map(({ role }) => role),
    media: inputs.map((_, index) => ({ media: index }))
  }
})

const behave = (
  provider: string,
  request: GenerationRequest,
  behaviour: Behaviour,
  call: number
): Effect.Effect<Submitted, MediaProviderError> => {
  const answered = (change: Partial<Answer> = {}): Submitted => ({
    _tag: "Answered",
    answer: bytesOf(answerTo(request, change))
  })
  switch (behaviour._tag) {
    case "Succeed":
      return Effect.succeed(answered(billed(behaviour)))
    case "Fail":
      return failure(provider, behaviour.reason)
    case "Lost":
      return failure(provider, "unknown")
    case "Garbage":
      return Effect.succeed(answered({ isGarbage: true, outputs: 1 }))
    case "WaitFor":
      return Effect.map(behaviour.signal, () => answered())
    case "Queue": {
      const { ends = "Answered", pending, retryAfterMillis = null } = behaviour
      const answer = answerTo(request, billed(behaviour))
      const handle: Handle = { id: `${request.key}#${call}`, pending, ends, retryAfterMillis, answer }
      return Effect.succeed({ _tag: "Accepted", handle })
    }
  }
}

const billed = ({ delivered, reportedMicroUsd }: Pick<Queue, "delivered" | "reportedMicroUsd">): Partial<Answer> => ({
  ...(delivered === undefined ? {} : { outputs: delivered }),
  ...(reportedMicroUsd === undefined ? {} : { reportedMicroUsd })
})

const answerTo = ({ key, outputCount, size }: GenerationRequest, change: Partial<Answer>): Answer => ({
  outputs: outputCount,
  isGarbage: false,
  width: size?.width ?? 64,
  height: size?.height ?? 64,
  shade: key.length % 256,
  reportedMicroUsd: null,
  ...change
})

const standing = (
  provider: string,
  { answer, ends, pending, retryAfterMillis }: Handle,
  before: number
): Effect.Effect<Polled, MediaProviderError> => {
  if (before < pending)
    return Effect.succeed({
      _tag: "Pending",
      phase: before === 0 ? "queued" : "running",
      position: before === 0 ? pending : null,
      retryAfterMillis
    })
  if (ends === "rejected" || ends === "content_refused") return failure(provider, ends)
  return Effect.succeed(
    ends === "Answered" ? { _tag: ends, answer: new TextEncoder().encode(JSON.stringify(answer)) } : { _tag: ends }
  )
}

const handleOf = (provider: string, handle: Schema.Json): Effect.Effect<Handle, MediaProviderError> =>
  Effect.mapError(readHandle(handle), () => errorOf(provider, "rejected"))

const read = Effect.fn("FakeMediaProvider.outputs")(function* (provider: string, bytes: Uint8Array) {
  const answer = yield* Effect.mapError(readAnswer(new TextDecoder().decode(bytes)), () =>
    errorOf(provider, "rejected")
  )
  const { height, isGarbage, outputs, reportedMicroUsd, shade, width } = answer
  const pictures = Array.from({ length: outputs }, (_, index) => ({
    body: Stream.suspend(() =>
      Stream.succeed(isGarbage ? new Uint8Array([1, 2, 3]) : solidPng(width, height, index, shade, 128))
    ),
    facts: {}
  }))
  const result: ProviderResult = { outputs: pictures, reportedMicroUsd, warnings: [], provenance: null }
  return result
})

const failure = (provider: string, reason: MediaProviderError["reason"]): Effect.Effect<never, MediaProviderError> =>
  Effect.fail(errorOf(provider, reason))

const errorOf = (provider: string, reason: MediaProviderError["reason"]): MediaProviderError =>
  new MediaProviderError({ provider, reason, message: sentences[reason] })

const sentences: { readonly [R in MediaProviderError["reason"]]: string } = {
  content_refused: "the provider's policy refused the request",
  rejected: "the provider will not take this request",
  unavailable: "the provider could not be reached",
  unknown: "the provider's answer was lost"
}
