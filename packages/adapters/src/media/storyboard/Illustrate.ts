import type { PixelFacts } from "@image-skill/core/media/PixelFacts"
import { drawnOf } from "./Drawn.ts"
import { encodeBytes, type IllustrationFormat, mimeTypes, toBytes } from "./Encode.ts"
import { paint } from "./Paint.ts"
import { paintedFacts } from "./PaintedFacts.ts"
import { parseScene } from "./Prompt.ts"
import type { Scene, Style } from "./Scene.ts"

export type { IllustrationFormat } from "./Encode.ts"
export { parseScene } from "./Prompt.ts"
export { styles } from "./Scene.ts"

/** What the illustrator is asked for. Sizes outside 256 to 2048 are the caller's to refuse. */
export interface IllustrationRequest {
  /** 1 to 8000 characters; any text is safe. */
  readonly prompt: string
  readonly width: number
  readonly height: number
  /** 0 to 2^32 - 1. The same request with the same seed gives the same bytes. */
  readonly seed: number
  /** Wins over a style that the prompt names. */
  readonly style: Style | null
  readonly format: IllustrationFormat
}

export interface PaintedScene {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly mimeType: "image/png" | "image/jpeg" | "image/webp"
  readonly width: number
  readonly height: number
  /** Canonical words that can be seen in the picture: things with their number, then looks, place, time, weather, style. */
  readonly drawn: ReadonlyArray<string>
  /** Content words of the prompt that could not be drawn, in its order. */
  readonly notDrawn: ReadonlyArray<string>
  /** Paint it again, or change it and paint again; see `Scene`. */
  readonly scene: Scene
  /** Of the levels that were encoded. Null where the format keeps not all of them: JPEG drops what is transparent. */
  readonly pixels: PixelFacts | null
}

export type Illustration = PaintedScene

/** Draws a prompt by rules: no model, no network, no clock. */
export const illustrate = (request: IllustrationRequest): Promise<Illustration> =>
  paintScene(parseScene(request), request.format)

/** Paints a scene that has been read before; gives the very bytes that `illustrate` gave for it. */
export const paintScene = async (scene: Scene, format: IllustrationFormat): Promise<PaintedScene> => {
  const { alpha, canvas } = await paint(scene)
  const pixels = toBytes(canvas, alpha)
  return {
    bytes: await encodeBytes(pixels, canvas, format),
    mimeType: mimeTypes[format],
    width: scene.width,
    height: scene.height,
    drawn: drawnOf(scene),
    notDrawn: scene.unknown,
    scene,
    pixels: format === "jpeg" && alpha !== null ? null : paintedFacts(pixels, canvas)
  }
}
