import {
  type GenerationRequest,
  type MediaProvider,
  MediaProviderError,
  type ProviderOutput
} from "@image-skill/core/media/MediaProvider"
import { Renderer, type RendererFailed, type RenderRequest } from "@image-skill/core/media/Renderer"
import * as Effect from "effect/Effect"

const id = "local"

/** The embedded models: always there, free, and repeatable, because a rule-based picture is a pure function. */
export const make: Effect.Effect<MediaProvider, never, Renderer> = Effect.gen(function* () {
  const renderer = yield* Renderer

  const generate = Effect.fn("StoryboardProvider.generate")(function* (request: GenerationRequest) {
    const seeds = Array.from({ length: request.outputCount }, (_, index) => (seedOf(request) + index) % 2 ** 32)
    const rendered = yield* Effect.forEach(seeds, (seed) => renderer.render(toRender(request, seed)))
    const outputs = rendered.map(({ bytes, drawn, notDrawn }, index): ProviderOutput => ({
      bytes,
      facts: { drawn, not_drawn: notDrawn, seed: seeds[index] ?? 0 }
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
  }, Effect.mapError(toProviderError))

  return { id, availability: { _tag: "Available" }, repeatable: true, generate }
})

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
    format: format === "jpeg" || format === "webp" ? format : "png"
  }
}

/** Nothing outside this machine was asked, so whatever failed may be tried again. */
const toProviderError = ({ message, reason }: RendererFailed): MediaProviderError =>
  new MediaProviderError({ provider: id, reason: reason === "unsupported" ? "rejected" : "unavailable", message })
