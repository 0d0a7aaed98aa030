import type { Model } from "../Model.ts"
import { adjustParameters } from "./AdjustParameters.ts"
import { autoOnly, local, source } from "./Defaults.ts"

/** About one megapixel each, in exactly the named proportion. */
const sizes = {
  "1:1": { width: 1024, height: 1024 },
  "4:3": { width: 1152, height: 864 },
  "3:4": { width: 864, height: 1152 },
  "3:2": { width: 1248, height: 832 },
  "2:3": { width: 832, height: 1248 },
  "16:9": { width: 1344, height: 756 },
  "9:16": { width: 756, height: 1344 }
} as const

/** The models that run inside this program, offline. They cost nothing (decision D1.5). */
export const localModels: ReadonlyArray<Model> = [
  local({
    id: "local.storyboard",
    displayName: "Storyboard, an embedded rule-based illustrator",
    operation: "image.generate",
    aspectRatios: { values: Object.keys(sizes), default: "1:1", ignored: null },
    sizes,
    parameters: {
      seed: {
        type: "integer",
        minimum: 0,
        maximum: 4_294_967_295,
        default: 0,
        description: "another seed draws another picture of the same prompt"
      },
      style: {
        type: "string",
        enum: [
          "auto",
          "illustration",
          "blueprint",
          "charcoal",
          "comic",
          "flat",
          "neon",
          "noir",
          "oil",
          "pastel",
          "pixel-art",
          "poster",
          "sketch",
          "vintage",
          "watercolor"
        ],
        default: "auto",
        description: "auto takes the style that the prompt names"
      },
      output_format: {
        type: "string",
        enum: ["png", "jpeg", "webp"],
        default: "png",
        description: "file type of the output"
      },
      width: {
        type: "integer",
        minimum: 256,
        maximum: 2048,
        description: "exact pixels; alone it goes with the aspect ratio"
      },
      height: {
        type: "integer",
        minimum: 256,
        maximum: 2048,
        description: "exact pixels; alone it goes with the aspect ratio"
      }
    },
    maxOutputs: 4,
    output: {
      mimeTypes: ["image/png", "image/jpeg", "image/webp"],
      assetPrefix: "image",
      maxResolution: "2048x2048",
      transparentBackground: false
    },
    price: { _tag: "Free" },
    priceSource: source("ours"),
    taskTags: ["create", "generate", "text-to-image", "multi-output", "offline", "deterministic"],
    notes: [
      "draws what the prompt names from a fixed vocabulary by rules; it is not a neural model",
      "the answer lists what was drawn and the words that could not be drawn",
      "its pictures can be changed by words with local.storyboard-edit, and any picture's pixels with local.adjust"
    ]
  }),
  local({
    id: "local.storyboard-edit",
    displayName: "Storyboard edit, an embedded editor of storyboard pictures",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    aspectRatios: autoOnly,
    parameters: {
      output_format: {
        type: "string",
        enum: ["png", "jpeg", "webp"],
        description: "file type of the output; without it that of the input, or png where jpeg cannot hold the result"
      }
    },
    output: {
      mimeTypes: ["image/png", "image/jpeg", "image/webp"],
      assetPrefix: "image",
      maxResolution: "2048x2048",
      transparentBackground: true
    },
    price: { _tag: "Free" },
    priceSource: source("ours"),
    taskTags: ["edit", "image-to-image", "background-removal", "offline", "deterministic"],
    notes: [
      "takes pictures that local.storyboard or this model made; for all others there is local.adjust",
      "paints the kept scene again, so that what the prompt does not name stays where and as it is",
      "understands adding, removing, replacing, counting, colouring and resizing things, the hour, weather, season, place, style, lettering, and removing the background",
      "the answer lists what was changed, the area of the change, and the words that were not understood"
    ]
  }),
  local({
    id: "local.adjust",
    displayName: "Adjust, an embedded pixel editor",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    prompt: "forbidden",
    inputImage: "required",
    mask: "optional",
    aspectRatios: autoOnly,
    parameters: adjustParameters,
    output: {
      mimeTypes: ["image/png", "image/jpeg", "image/webp"],
      assetPrefix: "image",
      maxResolution: "8192x8192",
      transparentBackground: true
    },
    price: { _tag: "Free" },
    priceSource: source("ours"),
    taskTags: ["edit", "image-to-image", "promptless", "crop", "resize", "recolor", "mask", "offline", "deterministic"],
    notes: [
      "takes no prompt; the parameters say what is done, always in this order: crop, rotate, flip, flop, width and height, recolor, brightness, saturation, hue, contrast, greyscale, tint, blur, sharpen, background",
      "reads png, jpeg, webp, avif and the first frame of a gif, up to 36 megapixels",
      "with a mask only what is transparent in it, or white where it has no transparency, is changed; every other pixel of the png output is the decoded input's"
    ]
  })
]
