import type { GenerationRequest, NativeRequest, ProviderInput } from "@image-skill/core/media/MediaProvider"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"

/**
 * How an endpoint takes what the port speaks of, in the words of its own input schema
 * (`https://fal.ai/models/ENDPOINT/api`). Whatever is not named here it does not take.
 */
interface Endpoint {
  /** The field for the aspect ratio, and what `auto` is called there; null leaves the field out. */
  readonly ratio: { readonly field: "aspect_ratio" | "image_size"; readonly auto: "auto" | null } | null
  /** Whether it has `num_images`. */
  readonly counts: boolean
  readonly images: "image_url" | "image_urls" | null
  /** Whether it needs `mask_url`. */
  readonly masks: boolean
  /** `elements`: lists of a frontal view and others. `pair`: two pictures, each with a task. */
  readonly references: "elements" | "pair" | null
  /** Set always, and by nobody else. */
  readonly fixed: Schema.JsonObject
}

/** Outputs come as URLs: with `sync_mode` they would stand in the answer itself, and fal would keep nothing. */
const asUrls = { sync_mode: false }

const bySize: Endpoint = {
  ratio: { field: "image_size", auto: null },
  counts: true,
  images: null,
  masks: false,
  references: null,
  fixed: asUrls
}
const byRatio: Endpoint = { ...bySize, ratio: { field: "aspect_ratio", auto: null } }
const byRatioOrAuto: Endpoint = { ...bySize, ratio: { field: "aspect_ratio", auto: "auto" } }
const withoutRatio: Endpoint = { ...bySize, ratio: null }

const endpoints: { readonly [upstream: string]: Endpoint } = {
  "fal-ai/flux/dev": bySize,
  "fal-ai/flux-pro/v1.1-ultra": byRatio,
  "fal-ai/z-image/turbo": bySize,
  "fal-ai/gemini-3-pro-image-preview": byRatioOrAuto,
  "fal-ai/nano-banana-pro": byRatioOrAuto,
  "fal-ai/bytedance/seedream/v4.5/text-to-image": bySize,
  "fal-ai/bytedance/seedream/v5/lite/text-to-image": bySize,
  "fal-ai/dreamo": { ...bySize, counts: false, references: "pair" },
  "fal-ai/kling-image/o3/text-to-image": { ...byRatio, references: "elements" },
  "fal-ai/kling-image/v3/text-to-image": { ...byRatio, references: "elements" },
  "fal-ai/ltx-video-13b-distilled": { ...byRatio, counts: false, fixed: {} },
  "fal-ai/stable-audio-25/text-to-audio": { ...withoutRatio, counts: false },

  "fal-ai/z-image/turbo/image-to-image": {
    ...bySize,
    ratio: { field: "image_size", auto: "auto" },
    images: "image_url"
  },
  "fal-ai/gemini-3-pro-image-preview/edit": { ...byRatioOrAuto, images: "image_urls" },
  "fal-ai/nano-banana-pro/edit": { ...byRatioOrAuto, images: "image_urls" },
  "fal-ai/nano-banana-2/edit": { ...byRatioOrAuto, images: "image_urls" },
  "fal-ai/ideogram/v2/edit": { ...withoutRatio, counts: false, images: "image_url", masks: true },
  "fal-ai/flux-pro/kontext": { ...byRatio, images: "image_url" },
  "fal-ai/flux-pro/kontext/max": { ...byRatio, images: "image_url" },
  "fal-ai/bytedance/seedream/v4.5/edit": { ...bySize, images: "image_urls" },
  "fal-ai/bytedance/seedream/v5/lite/edit": { ...bySize, images: "image_urls" },
  "fal-ai/kling-image/o3/image-to-image": { ...byRatioOrAuto, images: "image_urls", references: "elements" },
  // This one alone of its family knows no `auto`, and takes a single picture.
  "fal-ai/kling-image/v3/image-to-image": { ...byRatio, images: "image_url", references: "elements" },
  "fal-ai/kling-image/o1": { ...byRatioOrAuto, images: "image_urls", references: "elements" },
  "fal-ai/flux/dev/redux": { ...bySize, images: "image_url" },
  "fal-ai/flux/krea/redux": { ...bySize, images: "image_url" },
  "fal-ai/flux/schnell/redux": { ...bySize, images: "image_url" },
  "fal-ai/trellis": { ...withoutRatio, counts: false, images: "image_url", fixed: {} }
}

/** The presets of `image_size`; the two ratios that have none, at the pixels that all these endpoints take. */
const imageSizes: { readonly [ratio: string]: Schema.Json } = {
  "1:1": "square_hd",
  "4:3": "landscape_4_3",
  "3:4": "portrait_4_3",
  "16:9": "landscape_16_9",
  "9:16": "portrait_16_9",
  "3:2": { width: 1152, height: 768 },
  "2:3": { width: 768, height: 1152 }
}

/** The native request; `mediaAt` says how an input stands in it. Fails with what cannot be asked of the endpoint. */
export const nativeRequest = (
  request: GenerationRequest,
  mediaAt: (index: number) => Schema.Json
): Result.Result<NativeRequest, string> => {
  const { inputs, model, outputCount, parameters, prompt } = request
  const upstream = model.upstream ?? ""
  const endpoint = Object.hasOwn(endpoints, upstream) ? endpoints[upstream] : undefined
  if (endpoint === undefined) return Result.fail(`nothing is known about how fal takes requests for ${model.id}`)
  if ((prompt === null) !== (model.prompt === "forbidden"))
    return Result.fail(prompt === null ? `${model.id} needs a prompt` : `${model.id} takes no prompt`)
  if (outputCount > 1 && !endpoint.counts) return Result.fail(`${model.id} gives one output at a time`)
  const shape = ratioFields(request, endpoint)
  if (shape === null) return Result.fail(`${model.id} cannot be asked for the aspect ratio ${request.aspectRatio}`)
  const problem = inputProblem(endpoint, inputs)
  if (problem !== null) return Result.fail(`${model.id} ${problem}`)
  const own = {
    ...(prompt === null ? {} : { prompt }),
    ...shape,
    ...(endpoint.counts ? { num_images: outputCount } : {}),
    ...mediaFields(endpoint, inputs, mediaAt),
    ...endpoint.fixed
  }
  const taken = Object.keys(parameters).find((name) => Object.hasOwn(own, name))
  if (taken !== undefined) return Result.fail(`${taken} is no parameter of ${model.id}: it is set by other means`)
  return Result.succeed({ path: `/${upstream}`, body: { ...parameters, ...own } })
}

/** A native value goes before the common one. Null where the endpoint has no word for the ratio. */
const ratioFields = (
  { aspectRatio, parameters }: GenerationRequest,
  { ratio }: Endpoint
): { readonly [field: string]: Schema.Json } | null => {
  if (ratio === null || Object.hasOwn(parameters, "image_size") || Object.hasOwn(parameters, "aspect_ratio")) return {}
  if (aspectRatio === "auto") return ratio.auto === null ? {} : { [ratio.field]: ratio.auto }
  if (ratio.field === "aspect_ratio") return { aspect_ratio: aspectRatio }
  const size = Object.hasOwn(imageSizes, aspectRatio) ? imageSizes[aspectRatio] : undefined
  return size === undefined ? null : { image_size: size }
}

const inputProblem = ({ images, masks, references }: Endpoint, inputs: ReadonlyArray<ProviderInput>): string | null => {
  const count = (role: ProviderInput["role"]) => inputs.filter((input) => input.role === role).length
  const given = { images: count("input"), masks: count("mask"), pictures: count("reference_image") }
  const elements = inputs.length - given.images - given.masks - given.pictures
  if (images === null ? given.images > 0 : given.images === 0)
    return images === null ? "takes no input" : "needs an input"
  if (images === "image_url" && given.images > 1) return "takes a single input"
  if (given.masks !== (masks ? 1 : 0)) return masks ? "needs one mask" : "takes no mask"
  if (given.pictures > (references === "pair" ? 2 : 0))
    return references === "pair" ? "takes two references" : "takes no reference images"
  if (elements > 0 && references !== "elements") return "takes no elements"
  const isUnfronted = elementsOf(inputs).some(({ frontal }) => frontal === null)
  return isUnfronted ? "needs a frontal view of each element" : null
}

const mediaFields = (
  { images, masks, references }: Endpoint,
  inputs: ReadonlyArray<ProviderInput>,
  mediaAt: (index: number) => Schema.Json
): Schema.JsonObject => {
  const at = (input: ProviderInput) => mediaAt(inputs.indexOf(input))
  const of = (role: ProviderInput["role"]) =>
    inputs.filter((input) => input.role === role).toSorted((a, b) => a.index - b.index)
  const [first] = of("input")
  const [mask] = of("mask")
  const elements = elementsOf(inputs).map(({ frontal, others }) => ({
    ...(frontal === null ? {} : { frontal_image_url: at(frontal) }),
    ...(others.length === 0 ? {} : { reference_image_urls: others.map(at) })
  }))
  return {
    ...(images === "image_url" && first !== undefined ? { image_url: at(first) } : {}),
    ...(images === "image_urls" ? { image_urls: of("input").map(at) } : {}),
    ...(masks && mask !== undefined ? { mask_url: at(mask) } : {}),
    ...(references === "elements" && elements.length > 0 ? { elements } : {}),
    ...(references === "pair" ? pairOf(of("reference_image"), at) : {})
  }
}

/** A picture without a task is taken for the provider's own default. */
const pairOf = (pictures: ReadonlyArray<ProviderInput>, at: (input: ProviderInput) => Schema.Json): Schema.JsonObject =>
  Object.fromEntries(
    pictures.slice(0, 2).flatMap((picture, place): ReadonlyArray<readonly [string, Schema.Json]> => {
      const name = place === 0 ? "first" : "second"
      const task = picture.task === null ? [] : [[`${name}_reference_task`, picture.task] as const]
      return [[`${name}_image_url`, at(picture)], ...task]
    })
  )

interface Element {
  readonly frontal: ProviderInput | null
  readonly others: ReadonlyArray<ProviderInput>
}

/** By element, each with its other views in their order. */
const elementsOf = (inputs: ReadonlyArray<ProviderInput>): ReadonlyArray<Element> => {
  const views = inputs.filter(({ role }) => role === "element_frontal" || role === "element_reference")
  const indexes = [...new Set(views.map(({ index }) => index))].toSorted((a, b) => a - b)
  return indexes.map((index) => {
    const own = views.filter((view) => view.index === index)
    return {
      frontal: own.find(({ role }) => role === "element_frontal") ?? null,
      others: own
        .filter(({ role }) => role === "element_reference")
        .toSorted((a, b) => (a.referenceIndex ?? 0) - (b.referenceIndex ?? 0))
    }
  })
}
