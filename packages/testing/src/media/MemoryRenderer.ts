import { Renderer, RendererFailed } from "@image-skill/core/media/Renderer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { solidPng } from "./Png.ts"

/** Draws one flat colour that depends on prompt, seed and style: quick, exact in size, the same for the same request. */
export const layer: Layer.Layer<Renderer> = Layer.succeed(
  Renderer,
  Renderer.of({
    render: ({ format, height, prompt, seed, style, width }) =>
      format === "png"
        ? Effect.sync(() => {
            const words = prompt.split(/\s+/u).filter((word) => word !== "")
            const mark = digest(`${prompt} ${seed} ${style ?? ""}`)
            return {
              bytes: solidPng(width, height, mark & 255, (mark >>> 8) & 255, (mark >>> 16) & 255),
              drawn: words,
              notDrawn: [],
              scene: { words, seed, style }
            }
          })
        : Effect.fail(new RendererFailed({ reason: "unsupported", message: `no encoder for ${format} here` }))
  })
)

/** FNV-1a. */
const digest = (text: string): number => {
  let hash = 0x811c9dc5
  for (const unit of Buffer.from(text)) hash = Math.imul(hash ^ unit, 0x01000193)
  return hash >>> 0
}
