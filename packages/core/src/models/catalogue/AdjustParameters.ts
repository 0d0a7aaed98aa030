import type { ParameterSchema } from "../Model.ts"

const edge: ParameterSchema = { type: "integer", minimum: 0, maximum: 16_384 }
const length: ParameterSchema = { type: "integer", minimum: 1, maximum: 16_384 }
const color: ParameterSchema = { type: "string", description: "#rrggbb" }

/** What `local.adjust` can do, in the order in which it does it. */
export const adjustParameters: { readonly [name: string]: ParameterSchema } = {
  crop: {
    oneOf: [
      {
        type: "object",
        properties: { left: edge, top: edge, width: length, height: length },
        required: ["left", "top", "width", "height"]
      },
      {
        type: "object",
        properties: {
          aspect_ratio: { type: "string", enum: ["1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16"] }
        },
        required: ["aspect_ratio"]
      }
    ],
    description: "the part to keep, in pixels from the top left corner, or the largest middle part of a proportion"
  },
  rotate: {
    type: "number",
    minimum: -360,
    maximum: 360,
    description: "degrees clockwise; other than quarter turns add transparent corners, or corners of background"
  },
  flip: { type: "boolean", description: "upside down" },
  flop: { type: "boolean", description: "left to right, as in a mirror" },
  width: {
    type: "integer",
    minimum: 1,
    maximum: 8192,
    description: "pixels of the output; alone it keeps the proportions"
  },
  height: {
    type: "integer",
    minimum: 1,
    maximum: 8192,
    description: "pixels of the output; alone it keeps the proportions"
  },
  fit: {
    type: "string",
    enum: ["cover", "contain", "inside"],
    description:
      "with width and height: cover (the default) fills them and crops, contain adds borders, inside only limits"
  },
  recolor: {
    type: "object",
    properties: { from: color, to: color, tolerance: { type: "number", minimum: 0, maximum: 100 } },
    required: ["from", "to"],
    description: "colours like from become like to, shades kept; #rrggbb each; tolerance 0 to 100, 25 unless given"
  },
  brightness: { type: "number", minimum: 0, maximum: 4, description: "factor; 1 changes nothing" },
  saturation: { type: "number", minimum: 0, maximum: 4, description: "factor; 0 takes all colour, 1 changes nothing" },
  hue: { type: "number", minimum: -360, maximum: 360, description: "degrees around the circle of hues" },
  contrast: { type: "number", minimum: 0, maximum: 4, description: "factor about middle grey; 1 changes nothing" },
  greyscale: { type: "boolean", description: "shades of grey" },
  tint: { type: "string", description: "one hue for all, #rrggbb; lightness stays" },
  blur: { type: "number", minimum: 0.3, maximum: 100, description: "sigma of the Gaussian in pixels" },
  sharpen: { type: "number", minimum: 0.3, maximum: 10, description: "sigma of the unsharp mask in pixels" },
  background: { type: "string", description: "what transparent parts show instead, #rrggbb" },
  output_format: {
    type: "string",
    enum: ["png", "jpeg", "webp"],
    description: "file type of the output; without it that of the input, and png for avif, gif or with a mask"
  },
  quality: { type: "integer", minimum: 1, maximum: 100, description: "of jpeg and webp; 90 unless given" }
}
