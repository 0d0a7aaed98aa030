import { afterAll, assert, describe, it } from "@effect/vitest"
import { styles } from "@image-skill/adapters/media/storyboard/Scene"
import * as StoryboardProvider from "@image-skill/adapters/media/StoryboardProvider"
import * as WorkerRenderer from "@image-skill/adapters/media/WorkerRenderer"
import { measure } from "@image-skill/core/media/Measure"
import type {
  GenerationRequest,
  MediaProvider,
  ProviderInput,
  ProviderResult
} from "@image-skill/core/media/MediaProvider"
import { Renderer, RendererFailed } from "@image-skill/core/media/Renderer"
import { localModels } from "@image-skill/core/models/catalogue/LocalModels"
import type { Model } from "@image-skill/core/models/Model"
import * as MediaProviderSuite from "@image-skill/testing/media/MediaProviderSuite"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

const row = (id: string): Model => {
  const found = localModels.find((model) => model.id === id)
  if (found === undefined) throw new Error(`there is no embedded model ${id}`)
  return found
}
const [storyboard, edit, adjust] = [row("local.storyboard"), row("local.storyboard-edit"), row("local.adjust")]

/** With a renderer that fails. */
const failing = (reason: RendererFailed["reason"]) => {
  const fail = () => Effect.fail(new RendererFailed({ reason, message: "no picture today" }))
  return Effect.provideService(
    StoryboardProvider.make,
    Renderer,
    Renderer.of({ render: fail, edit: fail, adjust: fail })
  )
}

/** One thread for all tests of this file: to start one takes longer than most of the pictures. */
const scope = Effect.runSync(Scope.make())
const thread = await Effect.runPromise(Layer.buildWithScope(WorkerRenderer.layer, scope))
afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))
const working = Effect.provideContext(StoryboardProvider.make, thread)

const requestFor = (model: Model, own: Partial<GenerationRequest> = {}): GenerationRequest => ({
  key: "job_1",
  model,
  prompt: null,
  parameters: {},
  aspectRatio: "auto",
  outputCount: 1,
  size: null,
  inputs: [],
  ...own
})

const bytesOf = ({ outputs: [output] }: ProviderResult) =>
  output === undefined
    ? Effect.die("no output")
    : Effect.map(Stream.runCollect(output.body), (chunks) => new Uint8Array(Buffer.concat([...chunks])))

const run = (provider: MediaProvider, request: GenerationRequest) =>
  Effect.flatMap(provider.submit(request), (submitted) =>
    submitted._tag === "Made" ? Effect.succeed(submitted.result) : Effect.die(submitted._tag)
  )

/** The second output of a storyboard request, as an asset of it would be given to an edit. */
const drawn = Effect.gen(function* () {
  const provider = yield* working
  const request = requestFor(storyboard, {
    prompt: "a red fox in the snow",
    outputCount: 2,
    size: { width: 256, height: 320 }
  })
  const result = yield* run(provider, request)
  const bytes = yield* bytesOf({ ...result, outputs: result.outputs.slice(1) })
  return inputOf(bytes, { provenance: structuredClone(result.provenance), outputIndex: 1 })
}).pipe(Effect.runPromise)

const inputOf = (bytes: Uint8Array, own: Partial<ProviderInput> = {}): ProviderInput => ({
  role: "input",
  index: 0,
  referenceIndex: null,
  task: null,
  assetId: "image_1",
  mimeType: measure(bytes)?.mimeType ?? "application/octet-stream",
  contentLength: bytes.length,
  size: measure(bytes)?.size ?? null,
  bytes: Effect.succeed(bytes),
  provenance: null,
  outputIndex: 0,
  ...own
})

const picture = await drawn

const failures = {
  rejected: failing("unsupported"),
  unavailable: failing("crashed")
}

MediaProviderSuite.suite("storyboard", working, { model: storyboard, failing: failures })

MediaProviderSuite.suite("storyboard edit", working, {
  model: edit,
  request: { prompt: "make it night and add a cat", size: null, inputs: [picture] },
  failing: { ...failures, rejected: failing("refused") }
})

MediaProviderSuite.suite("adjust", working, {
  model: adjust,
  request: { parameters: { crop: { aspect_ratio: "1:1" }, blur: 2 }, size: null, inputs: [picture] },
  failing: failures
})

describe("the embedded models", () => {
  it("offer the styles that the illustrator has, and the one that the prompt names", () => {
    assert.deepStrictEqual(storyboard.parameters["style"]?.enum, ["auto", ...styles])
  })

  it.each(localModels)("$id offers the file types that its outputs have", ({ output, parameters }) => {
    assert.deepStrictEqual(
      parameters["output_format"]?.enum?.map((format) => `image/${format}`),
      output.mimeTypes
    )
  })

  it.effect("keep nothing that could be polled, canceled or read later", () =>
    Effect.gen(function* () {
      const provider = yield* failing("crashed")
      assert.strictEqual((yield* Effect.flip(provider.poll({}))).reason, "rejected")
      assert.strictEqual(yield* provider.cancel({}), "too_late")
      assert.strictEqual((yield* Effect.flip(provider.outputs(new Uint8Array(), requestFor(edit)))).reason, "rejected")
    })
  )
})

describe("a scene edit", () => {
  it.effect("changes the very output that it is given, says what it did, and can be edited again", () =>
    Effect.gen(function* () {
      const provider = yield* working
      const prompt = "make it night, add a cat and a zorble"
      const first = yield* run(provider, requestFor(edit, { prompt, inputs: [picture] }))
      const facts = first.outputs[0]?.facts
      assert.deepStrictEqual(facts?.["changes"], ["time: night", "added cat"])
      assert.deepStrictEqual(facts?.["not_understood"], ["zorble"])
      assert.deepStrictEqual(first.warnings, ["not understood, and so not changed: zorble"])
      const next = inputOf(yield* bytesOf(first), { provenance: first.provenance })
      const second = yield* run(provider, requestFor(edit, { prompt: "remove the background", inputs: [next] }))
      assert.deepStrictEqual(second.outputs[0]?.facts["drawn"], ["fox", "cat", "red"])
    })
  )

  const refusals: ReadonlyArray<readonly [name: string, own: Partial<GenerationRequest>, sentence: RegExp]> = [
    ["a picture without a scene", { inputs: [{ ...picture, provenance: null }] }, /local\.adjust/u],
    ["a picture of another provider", { inputs: [{ ...picture, provenance: { model: "x" } }] }, /local\.adjust/u],
    ["an output that was never made", { inputs: [{ ...picture, outputIndex: 7 }] }, /local\.adjust/u],
    ["no input", { inputs: [] }, /one input picture/u],
    ["two inputs", { inputs: [picture, { ...picture, index: 1 }] }, /one input picture/u],
    ["a mask", { inputs: [picture, { ...picture, role: "mask" }] }, /no mask/u],
    ["no prompt", { prompt: " " }, /what to change/u]
  ]
  it.effect.each(refusals)("of %s is refused before anything is made", ([, own, sentence]) =>
    Effect.gen(function* () {
      const provider = yield* failing("crashed")
      const planned = provider.plan(requestFor(edit, { prompt: "make it night", inputs: [picture], ...own }))
      assert.strictEqual(Result.isFailure(planned) ? planned.failure.reason : "planned", "rejected")
      if (Result.isFailure(planned)) assert.match(planned.failure.message, sentence)
    })
  )
})

describe("an adjustment", () => {
  const refusals: ReadonlyArray<readonly [name: string, own: Partial<GenerationRequest>, sentence: RegExp]> = [
    ["nothing", { parameters: {} }, /nothing to do/u],
    ["a part beyond the picture", { parameters: { crop: { left: 200, top: 0, width: 100, height: 10 } } }, /beyond/u],
    ["a prompt", { prompt: "make it night" }, /takes no prompt/u],
    ["no input", { inputs: [] }, /one input picture/u],
    ["a film", { inputs: [{ ...picture, mimeType: "video/mp4" }] }, /not video\/mp4/u],
    ["a reference", { inputs: [picture, { ...picture, role: "reference_image" }] }, /no references/u]
  ]
  it.effect.each(refusals)("by %s is refused before anything is made", ([, own, sentence]) =>
    Effect.gen(function* () {
      const provider = yield* failing("crashed")
      const planned = provider.plan(requestFor(adjust, { parameters: { blur: 2 }, inputs: [picture], ...own }))
      assert.strictEqual(Result.isFailure(planned) ? planned.failure.reason : "planned", "rejected")
      if (Result.isFailure(planned)) assert.match(planned.failure.message, sentence)
    })
  )

  it.effect("works with a mask, and says how much it let through", () =>
    Effect.gen(function* () {
      const provider = yield* working
      const cut = yield* run(provider, requestFor(edit, { prompt: "remove the background", inputs: [picture] }))
      const mask = inputOf(yield* bytesOf(cut), { role: "mask" })
      const made = yield* run(provider, requestFor(adjust, { parameters: { blur: 9 }, inputs: [picture, mask] }))
      const share = made.outputs[0]?.facts["mask_share"]
      assert.isTrue(typeof share === "number" && share > 0.5 && share < 1)
      assert.deepStrictEqual(made.provenance, { renderer: "adjust", applied: ["blur"] })
    })
  )
})
