import { measure } from "@image-skill/core/media/Measure"
import { type PictureFormat, Renderer, RendererFailed } from "@image-skill/core/media/Renderer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { solidPng } from "./Png.ts"

/**
 * Draws one flat colour that depends on prompt, seed and style: quick, exact in size, the same for the same request. A
 * change of a picture is another colour.
 */
export const layer: Layer.Layer<Renderer> = Layer.succeed(
  Renderer,
  Renderer.of({
    render: ({ format, height, prompt, seed, style, width }) =>
      Effect.map(encoder(format), () => {
        const words = wordsOf(prompt)
        return {
          bytes: flat(width, height, `${prompt} ${seed} ${style ?? ""}`),
          drawn: words,
          notDrawn: [],
          scene: { words, seed, style, width, height }
        }
      }),
    edit: ({ format, instruction, scene }) =>
      Effect.gen(function* () {
        const kept = sizeIn(scene)
        if (kept === null) return yield* refused("this picture has no scene that could be changed")
        const drawn = wordsOf(instruction)
        if (drawn.length === 0) return yield* refused("the instruction asks for nothing")
        yield* encoder(format)
        const { height, width } = kept
        return {
          bytes: flat(width, height, `${JSON.stringify(scene)} ${instruction}`),
          drawn,
          changes: drawn,
          notUnderstood: [],
          changedArea: { left: 0, top: 0, width, height },
          changedShare: 1,
          scene: { before: scene, instruction, width, height }
        }
      }),
    adjust: ({ adjustment, bytes, format, mask }) =>
      Effect.gen(function* () {
        const size = measure(bytes)?.size ?? null
        if (size === null) return yield* refused("the input cannot be read as a picture")
        yield* encoder(format)
        const applied = Object.entries(adjustment).flatMap(([name, value]) =>
          value === null || value === false ? [] : [name]
        )
        const { height, width } = { ...size, ...wholeOf(adjustment.resize) }
        return {
          bytes: flat(width, height, `${Buffer.from(bytes).toString("base64")} ${JSON.stringify(adjustment)}`),
          size: { width, height },
          applied,
          maskShare: mask === null ? null : 1
        }
      })
  })
)

const encoder = (format: PictureFormat): Effect.Effect<void, RendererFailed> =>
  format === "png"
    ? Effect.void
    : Effect.fail(new RendererFailed({ reason: "unsupported", message: `no encoder for ${format} here` }))

const refused = (message: string): RendererFailed => new RendererFailed({ reason: "refused", message })

const wordsOf = (text: string): ReadonlyArray<string> => text.split(/\s+/u).filter((word) => word !== "")

const sizeIn = (scene: unknown): { readonly width: number; readonly height: number } | null =>
  typeof scene === "object" &&
  scene !== null &&
  "width" in scene &&
  "height" in scene &&
  typeof scene.width === "number" &&
  typeof scene.height === "number"
    ? { width: scene.width, height: scene.height }
    : null

const wholeOf = (resize: { readonly width: number | null; readonly height: number | null } | null) =>
  resize !== null && resize.width !== null && resize.height !== null
    ? { width: resize.width, height: resize.height }
    : {}

const flat = (width: number, height: number, about: string): Uint8Array => {
  const mark = digest(about)
  return solidPng(width, height, mark & 255, (mark >>> 8) & 255, (mark >>> 16) & 255)
}

/** FNV-1a. */
const digest = (text: string): number => {
  let hash = 0x811c9dc5
  for (const unit of Buffer.from(text)) hash = Math.imul(hash ^ unit, 0x01000193)
  return hash >>> 0
}
