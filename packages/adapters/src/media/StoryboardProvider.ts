import type { ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import {
  type Cancellation,
  type GenerationRequest,
  type MediaProvider,
  MediaProviderError,
  type NativeRequest,
  type ProviderInput,
  type ProviderOutput,
  type ProviderResult,
  type Submitted
} from "@image-skill/core/media/MediaProvider"
import {
  type PictureFormat,
  type Rendered,
  Renderer,
  type RendererFailed,
  type RenderRequest
} from "@image-skill/core/media/Renderer"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type AdjustPlan, readAdjustment } from "./adjust/AdjustParameters.ts"
import { inputFailure } from "./internal/ProviderFailure.ts"

const id = "local"

/** The embedded models: always there, free, and repeatable, because all that they do is a pure function. */
export const make: Effect.Effect<MediaProvider, never, Renderer> = Effect.gen(function* () {
  const renderer = yield* Renderer

  const generate = Effect.fnUntraced(function* (request: GenerationRequest) {
    const seeds = Array.from({ length: request.outputCount }, (_, index) => (seedOf(request) + index) % 2 ** 32)
    const rendered = yield* Effect.forEach(seeds, (seed) => renderer.render(toRender(request, seed)))
    const outputs = rendered.map((picture, index) => ({
      ...toOutput(picture.bytes, { drawn: picture.drawn, not_drawn: picture.notDrawn, seed: seeds[index] ?? 0 }),
      ...toSeen(toRender(request, 0), picture)
    }))
    const notDrawn = [...new Set(rendered.flatMap((picture) => picture.notDrawn))]
    return {
      outputs,
      reportedMicroUsd: null,
      warnings: [
        ...(notDrawn.length === 0 ? [] : [`the illustrator does not know how to draw: ${notDrawn.join(", ")}`]),
        ...(rendered.every(({ drawn }) => drawn.every((name) => name === abstractCard)) ? [nothingDrawn] : [])
      ],
      provenance: { renderer: "storyboard", scenes: rendered.map(({ scene }) => scene) }
    }
  })

  const edit = Effect.fnUntraced(function* (request: GenerationRequest) {
    const { format, formatAsked, instruction, scene } = yield* Effect.fromResult(toEdit(request))
    const edited = yield* renderer.edit({ scene, instruction, format, formatAsked })
    const { changedArea, changedShare, changes, drawn, notUnderstood } = edited
    const facts = {
      drawn,
      changes,
      not_understood: notUnderstood,
      changed_area: { ...changedArea },
      changed_share: changedShare
    }
    return {
      outputs: [toOutput(edited.bytes, facts)],
      reportedMicroUsd: null,
      warnings: notUnderstood.length === 0 ? [] : [`not understood, and so not changed: ${notUnderstood.join(", ")}`],
      provenance: { renderer: "storyboard", scenes: [edited.scene] }
    }
  })

  const adjust = Effect.fnUntraced(function* (request: GenerationRequest) {
    const plan = yield* Effect.fromResult(toAdjust(request))
    const { input, mask } = yield* Effect.fromResult(mediaOf(request))
    const bytes = yield* input.bytes
    const maskBytes = mask === undefined ? null : yield* mask.bytes
    const { applied, bytes: made, maskShare } = yield* renderer.adjust({ ...plan, bytes, mask: maskBytes })
    return {
      outputs: [toOutput(made, { applied, ...(maskShare === null ? {} : { mask_share: maskShare }) })],
      reportedMicroUsd: null,
      warnings: [],
      provenance: { renderer: "adjust", applied }
    }
  })

  const run = (
    request: GenerationRequest
  ): Effect.Effect<ProviderResult, RendererFailed | ArtifactStoreFailed | MediaProviderError> => {
    switch (kindOf(request)) {
      case "generate":
        return generate(request)
      case "edit":
        return edit(request)
      case "adjust":
        return adjust(request)
    }
  }

  const submit = Effect.fn("StoryboardProvider.submit")(function* (request: GenerationRequest) {
    const made: Submitted = { _tag: "Made", result: yield* run(request) }
    return made
  }, Effect.mapError(toProviderError))

  return {
    id,
    availability: { _tag: "Available" },
    repeatable: true,
    plan,
    submit,
    poll: () => Effect.fail(nothingKept()),
    cancel: () => Effect.succeed<Cancellation>("too_late"),
    outputs: () => Effect.fail(nothingKept())
  }
})

/** Told apart by what they take, so that a deployment may give its own rows to this provider. */
const kindOf = ({ model }: GenerationRequest): "generate" | "edit" | "adjust" => {
  if (model.endpoint === "create") return "generate"
  return model.prompt === "forbidden" ? "adjust" : "edit"
}

const plan = (request: GenerationRequest): Result.Result<NativeRequest, MediaProviderError> => {
  const { model, outputCount, parameters, prompt, size } = request
  const path = `/${model.id.replace(/^local\./u, "")}`
  const media = request.inputs.map((_, index) => ({ media: index }))
  switch (kindOf(request)) {
    case "generate":
      return Result.succeed({
        path,
        body: { prompt, parameters, outputs: outputCount, width: size?.width ?? null, height: size?.height ?? null }
      })
    case "edit":
      return Result.map(toEdit(request), ({ instruction }) => ({
        path,
        body: { instruction, parameters, inputs: media }
      }))
    case "adjust":
      return Result.map(toAdjust(request), ({ format }) => ({
        path,
        body: { parameters, output_format: format, inputs: media }
      }))
  }
}

const toOutput = (bytes: Uint8Array, facts: ProviderOutput["facts"]): ProviderOutput => ({
  body: Stream.succeed(bytes),
  facts
})

const toSeen = ({ format, height, width }: RenderRequest, { pixels }: Rendered): Pick<ProviderOutput, "seen"> =>
  pixels === undefined || pixels === null
    ? {}
    : {
        seen: {
          ...pixels,
          mimeType: `image/${format}`,
          size: { width, height },
          frames: 1,
          durationSeconds: null,
          silent: null,
          contentCredentials: [],
          triangles: null
        }
      }

/** What the illustrator makes of a prompt that names nothing it can draw. */
const abstractCard = "abstract card"

const nothingDrawn = "the prompt names nothing that the illustrator can draw, so this is an abstract card"

const seedOf = ({ parameters }: GenerationRequest): number =>
  typeof parameters["seed"] === "number" ? parameters["seed"] : 0

const toRender = ({ parameters, prompt, size }: GenerationRequest, seed: number): RenderRequest => {
  const { output_format: format, style } = parameters
  return {
    prompt: prompt ?? "",
    width: size?.width ?? 1024,
    height: size?.height ?? 1024,
    seed,
    style: typeof style === "string" && style !== "auto" ? style : null,
    format: isFormat(format) ? format : "png"
  }
}

const isFormat = (value: unknown): value is PictureFormat => value === "png" || value === "jpeg" || value === "webp"

const Provenance = Schema.Struct({ renderer: Schema.Literal("storyboard"), scenes: Schema.Array(Schema.Json) })

interface EditPlan {
  readonly scene: Schema.Json
  readonly instruction: string
  readonly format: PictureFormat
  readonly formatAsked: boolean
}

const toEdit = (request: GenerationRequest): Result.Result<EditPlan, MediaProviderError> => {
  const { parameters, prompt } = request
  const [input, ...others] = request.inputs.filter(({ role }) => role === "input")
  if (input === undefined || others.length > 0)
    return Result.fail(rejected("a storyboard edit takes one input picture"))
  if (request.inputs.length > 1) return Result.fail(rejected("a storyboard edit takes no mask and no references"))
  if (prompt === null || prompt.trim() === "")
    return Result.fail(rejected("the prompt must say what to change, e.g. make it night"))
  const scene = sceneOf(input)
  if (scene === null) return Result.fail(rejected(noScene))
  const asked = parameters["output_format"]
  const own = input.mimeType.replace("image/", "")
  return Result.succeed({
    scene,
    instruction: prompt,
    format: isFormat(asked) ? asked : isFormat(own) ? own : "png",
    formatAsked: asked !== undefined
  })
}

const noScene =
  "this picture has no scene: only pictures as local.storyboard made them can be changed by words here; for crop, " +
  "size, colours, blur and format of any picture use local.adjust"

const sceneOf = ({ outputIndex, provenance }: ProviderInput): Schema.Json | null =>
  Option.match(Schema.decodeUnknownOption(Provenance)(provenance), {
    onNone: () => null,
    onSome: ({ scenes }) => scenes[outputIndex] ?? null
  })

const toAdjust = (request: GenerationRequest): Result.Result<AdjustPlan, MediaProviderError> => {
  const { parameters, prompt } = request
  if (prompt !== null) return Result.fail(rejected("an adjustment takes no prompt: its parameters say what to do"))
  return Result.flatMap(mediaOf(request), ({ input, mask }) => {
    if (!readable.has(input.mimeType))
      return Result.fail(rejected(`an adjustment reads png, jpeg, webp, avif and gif, not ${input.mimeType}`))
    const media = { mimeType: input.mimeType, size: input.size, maskSize: mask?.size }
    return Result.mapError(readAdjustment(parameters, media), rejected)
  })
}

interface AdjustInputs {
  readonly input: ProviderInput
  readonly mask: ProviderInput | undefined
}

const mediaOf = ({ inputs }: GenerationRequest): Result.Result<AdjustInputs, MediaProviderError> => {
  const [input, ...more] = inputs.filter(({ role }) => role === "input")
  const [mask, ...others] = inputs.filter(({ role }) => role !== "input")
  const fits = more.length === 0 && others.length === 0 && (mask === undefined || mask.role === "mask")
  return input === undefined || !fits
    ? Result.fail(rejected("an adjustment takes one input picture, perhaps with a mask, and no references"))
    : Result.succeed({ input, mask })
}

const readable: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp", "image/avif", "image/gif"])

const rejected = (message: string): MediaProviderError =>
  new MediaProviderError({ provider: id, reason: "rejected", message })

/** It answers at once, so nobody can have a handle or an answer of it. */
const nothingKept = (): MediaProviderError => rejected("the embedded models answer at once and keep nothing to ask for")

/** Nothing outside this machine was asked, so whatever failed may be tried again. */
const toProviderError = (failure: RendererFailed | ArtifactStoreFailed | MediaProviderError): MediaProviderError => {
  if (failure._tag === "MediaProviderError") return failure
  if (failure._tag === "ArtifactStoreFailed") return inputFailure(id)(failure)
  const { message, reason } = failure
  if (reason === "unsupported" || reason === "refused") return rejected(message)
  // What a crash says of itself may name places of this machine.
  const words = reason === "timeout" ? message : "the picture could not be made: what draws it stopped"
  return new MediaProviderError({ provider: id, reason: "unavailable", message: words })
}
