import { assert, describe, it } from "@effect/vitest"
import { styles } from "@image-skill/adapters/media/storyboard/Scene"
import * as StoryboardProvider from "@image-skill/adapters/media/StoryboardProvider"
import * as WorkerRenderer from "@image-skill/adapters/media/WorkerRenderer"
import { Renderer, RendererFailed } from "@image-skill/core/media/Renderer"
import { localModels } from "@image-skill/core/models/catalogue/LocalModels"
import * as MediaProviderSuite from "@image-skill/testing/media/MediaProviderSuite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const [storyboard] = localModels
if (storyboard === undefined) throw new Error("there is no embedded model")

/** With a renderer that fails. */
const failing = (reason: RendererFailed["reason"]) =>
  Effect.provideService(
    StoryboardProvider.make,
    Renderer,
    Renderer.of({ render: () => Effect.fail(new RendererFailed({ reason, message: "no picture today" })) })
  )

MediaProviderSuite.suite(
  "storyboard",
  Effect.flatMap(Layer.build(WorkerRenderer.layer), (renderer) =>
    Effect.provideContext(StoryboardProvider.make, renderer)
  ),
  { model: storyboard, failing: { rejected: failing("unsupported"), unavailable: failing("crashed") } }
)

describe("the embedded models", () => {
  it("offer the styles that the illustrator has, and the one that the prompt names", () => {
    assert.deepStrictEqual(
      localModels.map(({ id, parameters }) => [id, parameters["style"]?.enum]),
      [["local.storyboard", ["auto", ...styles]]]
    )
  })

  it("offer the file types that their outputs have", () => {
    assert.deepStrictEqual(
      storyboard.parameters["output_format"]?.enum?.map((format) => `image/${format}`),
      storyboard.output.mimeTypes
    )
  })
})
