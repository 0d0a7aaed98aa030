import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Size } from "../models/Model.ts"
import type { PixelFacts } from "./PixelFacts.ts"

export type PictureFormat = "png" | "jpeg" | "webp"

export interface RenderRequest {
  readonly prompt: string
  /** Exact pixels of the picture. */
  readonly width: number
  readonly height: number
  /** 0 to 4,294,967,295; the same request with the same seed is the same picture, byte for byte. */
  readonly seed: number
  /** One of the renderer's styles, or null for the one that the prompt names. */
  readonly style: string | null
  readonly format: PictureFormat
}

export interface Rendered {
  readonly bytes: Uint8Array
  /** What is visible in the picture, in its own words. */
  readonly drawn: ReadonlyArray<string>
  /** Words of the prompt that name something and could not be drawn. */
  readonly notDrawn: ReadonlyArray<string>
  /** Enough to make the very same picture again, or to change it. */
  readonly scene: Schema.Json
  /** What it looks like, where that was measured while it was painted; null for whoever looks at it to find out. */
  readonly pixels?: PixelFacts | null
}

export interface SceneEdit {
  /** As `Rendered.scene` or `EditedPicture.scene` was. */
  readonly scene: Schema.Json
  /** What shall be different, e.g. `make it night`. */
  readonly instruction: string
  readonly format: PictureFormat
  /** False where the format is only that of the picture before, and may change when it has to. */
  readonly formatAsked: boolean
}

export interface EditedPicture {
  readonly bytes: Uint8Array
  readonly drawn: ReadonlyArray<string>
  /** What was changed, in phrases such as `time: night`; never empty. */
  readonly changes: ReadonlyArray<string>
  /** Words of the instruction that were not understood. */
  readonly notUnderstood: ReadonlyArray<string>
  /** In pixels. Outside of it every pixel is as it was. */
  readonly changedArea: PictureArea
  /** The share of all pixels that differ at all, above 0 and up to 1. */
  readonly changedShare: number
  readonly scene: Schema.Json
}

/** In whole pixels from the top left corner. */
export interface PictureArea extends Size {
  readonly left: number
  readonly top: number
}

/** `#rrggbb` or `#rrggbbaa`. */
export type ColorCode = string

/**
 * Changes of a picture's pixels. They are made in the order of these fields, whatever the caller's order was; null means
 * not at all. Levels are those of sRGB with 8 bits a channel.
 */
export interface Adjustment {
  /** First, in the picture as it is seen upright. */
  readonly crop: PictureArea | { readonly aspectRatio: number } | null
  /** Clockwise degrees. Where it is no multiple of 90 the corners take the background, or stay transparent. */
  readonly rotate: number | null
  /** Upside down. */
  readonly flip: boolean
  /** Left to right. */
  readonly flop: boolean
  readonly resize: {
    readonly width: number | null
    readonly height: number | null
    readonly fit: "cover" | "contain" | "inside"
  } | null
  readonly recolor: { readonly from: ColorCode; readonly to: ColorCode; readonly tolerance: number } | null
  /** 1 changes nothing. */
  readonly brightness: number | null
  readonly saturation: number | null
  /** Degrees around the circle of hues. */
  readonly hue: number | null
  /** About middle grey; 1 changes nothing. */
  readonly contrast: number | null
  readonly greyscale: boolean
  /** The hue of this colour for all; lightness stays. */
  readonly tint: ColorCode | null
  /** Of the Gaussian, in pixels. */
  readonly blur: number | null
  readonly sharpen: number | null
  /** What is transparent shows this colour instead. */
  readonly background: ColorCode | null
}

export interface AdjustRequest {
  /** PNG, JPEG, WebP, AVIF, or the first frame of a GIF. */
  readonly bytes: Uint8Array
  /** Of the same size; what it lets through (transparent, or white where nothing in it is transparent) is changed. */
  readonly mask: Uint8Array | null
  readonly adjustment: Adjustment
  readonly format: PictureFormat
  /** 1 to 100, of JPEG and WebP. */
  readonly quality: number
}

export interface AdjustedPicture {
  readonly bytes: Uint8Array
  readonly size: Size
  /** What was done, in the order in which it was done. */
  readonly applied: ReadonlyArray<string>
  /** The share of the pixels that the mask let through at least in part; null without a mask. */
  readonly maskShare: number | null
}

/** No picture was made. `unsupported`: this machine lacks what it needs. `refused`: it would not be what was asked. */
export class RendererFailed extends Data.TaggedError("RendererFailed")<{
  readonly reason: "crashed" | "timeout" | "unsupported" | "refused"
  readonly message: string
}> {}

/**
 * Makes and changes pictures by rules, offline, beside the event loop. Interruption stops the work. The same request
 * gives the same bytes.
 */
export class Renderer extends Context.Service<
  Renderer,
  {
    /** Draws text as a picture. */
    render(request: RenderRequest): Effect.Effect<Rendered, RendererFailed>
    /** Changes a picture of its own by words, and leaves the rest of it as it is. */
    edit(request: SceneEdit): Effect.Effect<EditedPicture, RendererFailed>
    /** Changes any picture's pixels. */
    adjust(request: AdjustRequest): Effect.Effect<AdjustedPicture, RendererFailed>
  }
>()("core/media/Renderer") {}
