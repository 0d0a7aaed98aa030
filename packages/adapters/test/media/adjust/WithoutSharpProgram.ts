import { registerHooks } from "node:module"
import type { Adjustment } from "@image-skill/core/media/Renderer"

// What happens where the optional package "sharp" is not installed.
registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === "sharp") throw new Error("sharp is hidden from this program")
    return next(specifier, context)
  }
})
const { adjust } = await import("@image-skill/adapters/media/adjust/internal/Adjust")
const adjustment: Adjustment = {
  crop: null,
  rotate: null,
  flip: true,
  flop: false,
  resize: null,
  recolor: null,
  brightness: null,
  saturation: null,
  hue: null,
  contrast: null,
  greyscale: false,
  tint: null,
  blur: null,
  sharpen: null,
  background: null
}
const outcome = await adjust({ bytes: new Uint8Array(8), mask: null, adjustment, format: "png", quality: 90 }).then(
  () => "made",
  (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : "?")
)
process.stdout.write(outcome)
