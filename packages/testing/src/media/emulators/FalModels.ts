/** Where a model gives its outputs. */
export type FalOutput = "images" | "image" | "video" | "audio" | "audio_file" | "model_mesh"

/** What an endpoint takes and gives, from its schema (`https://fal.ai/models/ENDPOINT/api`), as far as it matters here. */
export interface FalModel {
  readonly output: FalOutput
  readonly needs: ReadonlyArray<string>
  /** Values of fields that are closed lists. */
  readonly choices: { readonly [field: string]: ReadonlyArray<string> }
  /** Most of `num_images`; 0 where there is no such field. */
  readonly most: number
  /** What decides the pixels. `input`: the size of the picture that came in. */
  readonly sizing: "image_size" | "aspect_ratio" | "input" | "none"
  /** Of an output whose size follows a ratio; twice as many edges for each step of `resolution`. */
  readonly megapixels: number
  readonly format: "png" | "jpeg"
  /** Pixels that the shorter edge of every picture that comes in must have. */
  readonly shortEdge: number
}

const presets = ["square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9"]
const fluxRatios = ["21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21"]
const bananaRatios = ["auto", "21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16"]
const klingRatios = ["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9"]

const picture: FalModel = {
  output: "images",
  needs: ["prompt"],
  choices: { image_size: presets },
  most: 4,
  sizing: "image_size",
  megapixels: 1,
  format: "jpeg",
  shortEdge: 1
}
const sized = (...more: ReadonlyArray<string>): FalModel => ({
  ...picture,
  choices: { image_size: [...presets, ...more] },
  format: "png"
})
const ratioed = (ratios: ReadonlyArray<string>, format: FalModel["format"] = "png"): FalModel => ({
  ...picture,
  choices: { aspect_ratio: ratios, resolution: ["0.5K", "1K", "2K", "4K"] },
  sizing: "aspect_ratio",
  format
})
const kling = (ratios: ReadonlyArray<string>): FalModel => ({ ...ratioed(ratios), most: 9, shortEdge: 300 })
const editing = (model: FalModel, field: "image_url" | "image_urls"): FalModel => ({
  ...model,
  needs: [...model.needs, field]
})
const redux: FalModel = { ...picture, needs: ["image_url"] }
const kontext: FalModel = editing({ ...ratioed(fluxRatios, "jpeg"), sizing: "input" }, "image_url")
const film: FalModel = { ...picture, output: "video", choices: {}, most: 0, sizing: "none" }
const sound: FalModel = { ...film, output: "audio" }

/** Endpoints by their whole id. Those that do not begin with `fal-ai` belong to others and work alike. */
export const falModels: { readonly [endpoint: string]: FalModel } = {
  "fal-ai/flux/dev": picture,
  "fal-ai/flux-pro/v1.1-ultra": { ...ratioed(fluxRatios, "jpeg"), megapixels: 4 },
  "fal-ai/z-image/turbo": sized(),
  "fal-ai/z-image/turbo/image-to-image": editing(sized("auto"), "image_url"),
  "fal-ai/gemini-3-pro-image-preview": ratioed(bananaRatios),
  "fal-ai/gemini-3-pro-image-preview/edit": editing(ratioed(bananaRatios), "image_urls"),
  "fal-ai/nano-banana-pro": ratioed(bananaRatios),
  "fal-ai/nano-banana-pro/edit": editing(ratioed(bananaRatios), "image_urls"),
  "fal-ai/nano-banana-2": ratioed(bananaRatios),
  "fal-ai/nano-banana-2/edit": editing(ratioed(bananaRatios), "image_urls"),
  "fal-ai/bytedance/seedream/v4.5/text-to-image": sized("auto_2K", "auto_4K"),
  "fal-ai/bytedance/seedream/v4.5/edit": editing(sized("auto_2K", "auto_4K"), "image_urls"),
  "fal-ai/bytedance/seedream/v5/lite/text-to-image": sized("auto_2K", "auto_3K"),
  "fal-ai/bytedance/seedream/v5/lite/edit": editing(sized("auto_2K", "auto_3K"), "image_urls"),
  "fal-ai/dreamo": {
    ...picture,
    most: 0,
    choices: {
      ...picture.choices,
      first_reference_task: ["ip", "id", "style"],
      second_reference_task: ["ip", "id", "style"]
    }
  },
  "fal-ai/kling-image/o3/text-to-image": kling(klingRatios),
  "fal-ai/kling-image/o3/image-to-image": editing(kling([...klingRatios, "auto"]), "image_urls"),
  "fal-ai/kling-image/v3/text-to-image": kling(klingRatios),
  "fal-ai/kling-image/v3/image-to-image": editing(kling(klingRatios), "image_url"),
  "fal-ai/kling-image/o1": editing(kling([...klingRatios, "auto"]), "image_urls"),
  "fal-ai/ideogram/v2/edit": {
    ...picture,
    needs: ["prompt", "image_url", "mask_url"],
    choices: { style: ["auto", "general", "realistic", "design", "render_3D", "anime"] },
    most: 0,
    sizing: "input",
    format: "png"
  },
  "fal-ai/flux-pro/kontext": kontext,
  "fal-ai/flux-pro/kontext/max": kontext,
  "fal-ai/flux/dev/redux": redux,
  "fal-ai/flux/krea/redux": redux,
  "fal-ai/flux/schnell/redux": redux,
  "fal-ai/ltx-video-13b-distilled": { ...film, choices: { aspect_ratio: ["9:16", "1:1", "16:9"] } },
  "fal-ai/stable-audio-25/text-to-audio": sound,
  "fal-ai/stable-audio": { ...sound, output: "audio_file" },
  "fal-ai/trellis": { ...film, output: "model_mesh", needs: ["image_url"] },
  "fal-ai/luma-dream-machine": { ...film, choices: { aspect_ratio: ["16:9", "9:16", "1:1"] } },
  "bria/fibo/generate": { ...ratioed(["1:1", "16:9", "9:16"]), output: "image" },
  "bytedance/omnihuman/v1.5": { ...film, needs: ["image_url", "audio_url"] }
}
