import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"

export interface RenderRequest {
  readonly prompt: string
  /** Exact pixels of the picture. */
  readonly width: number
  readonly height: number
  /** 0 to 4,294,967,295; the same request with the same seed is the same picture, byte for byte. */
  readonly seed: number
  /** One of the renderer's styles, or null for the one that the prompt names. */
  readonly style: string | null
  readonly format: "png" | "jpeg" | "webp"
}

export interface Rendered {
  readonly bytes: Uint8Array
  /** What is visible in the picture, in its own words. */
  readonly drawn: ReadonlyArray<string>
  /** Words of the prompt that name something and could not be drawn. */
  readonly notDrawn: ReadonlyArray<string>
  /** Enough to make the very same picture again, or to change it. */
  readonly scene: Schema.Json
}

/** No picture was made. `unsupported`: this machine lacks what the format needs. */
export class RendererFailed extends Data.TaggedError("RendererFailed")<{
  readonly reason: "crashed" | "timeout" | "unsupported"
  readonly message: string
}> {}

/** Draws text as a picture by rules, offline, beside the event loop. Interruption stops the work. */
export class Renderer extends Context.Service<
  Renderer,
  { render(request: RenderRequest): Effect.Effect<Rendered, RendererFailed> }
>()("core/media/Renderer") {}
