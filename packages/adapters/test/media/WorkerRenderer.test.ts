import * as WorkerRenderer from "@image-skill/adapters/media/WorkerRenderer"
import * as RendererSuite from "@image-skill/testing/media/RendererSuite"

RendererSuite.suite("a worker thread", WorkerRenderer.layer, {
  formats: ["png", "jpeg", "webp"],
  styles: ["flat", "oil"]
})
