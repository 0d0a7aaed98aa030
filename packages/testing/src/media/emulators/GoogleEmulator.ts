import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { type EmulatedCall, type EmulatedReply, FaultSwitch, type ProviderEmulator, serve } from "./Emulator.ts"
import { picture, pictures } from "./Fixtures.ts"
import { base64, delivered, type Fields, jsonOf, paid, type PaidState, refused } from "./OpenAiWire.ts"

/** Each with the name of its largest output and what it bills for one of 1K, in tokens. */
const models: { readonly [name: string]: { readonly sizes: ReadonlyArray<string>; readonly tokens: number } } = {
  "gemini-2.5-flash-image": { sizes: ["1K"], tokens: 1290 },
  "gemini-3-pro-image": { sizes: ["1K", "2K", "4K"], tokens: 1120 },
  "gemini-3-pro-image-preview": { sizes: ["1K", "2K", "4K"], tokens: 1120 },
  "gemini-3.1-flash-image": { sizes: ["1K", "2K", "4K"], tokens: 1120 }
}

/** Pixels of 1K (https://ai.google.dev/gemini-api/docs/image-generation#aspect_ratios_and_image_size). */
const shapes: { readonly [ratio: string]: readonly [width: number, height: number] } = {
  "1:1": [1024, 1024],
  "2:3": [832, 1248],
  "3:2": [1248, 832],
  "3:4": [864, 1184],
  "4:3": [1184, 864],
  "4:5": [896, 1152],
  "5:4": [1152, 896],
  "9:16": [768, 1344],
  "16:9": [1344, 768],
  "21:9": [1536, 672]
}

/**
 * The Gemini API as far as it draws (https://ai.google.dev/api/generate-content): one call, pictures as base64 among the
 * parts of the answer, refusals in a status of success. Strict where Google is: unknown names, ratios, sizes, types.
 */
export const make: Effect.Effect<ProviderEmulator, never, Scope.Scope> = Effect.gen(function* () {
  const state: PaidState = { faults: new FaultSwitch(), accepted: 0 }
  const apiKey = "AIzaEmulated0google0key0of0this0machine"
  const { calls, origin } = yield* serve((call) => route(state, apiKey, call))
  return { origin, apiKey, calls, accepted: () => state.accepted, fail: (...fault) => state.faults.set(...fault) }
})

const googleError = (code: number, status: string, message: string): EmulatedReply => ({
  status: code,
  body: { error: { code, message, status } }
})

const invalid = (message: string): EmulatedReply => googleError(400, "INVALID_ARGUMENT", message)

const route = async (state: PaidState, apiKey: string, call: EmulatedCall): Promise<EmulatedReply> => {
  const key = call.headers["x-goog-api-key"] ?? call.query.get("key")
  if (key !== apiKey) return invalid("API key not valid. Please pass a valid API key.")
  const no = refused(state.faults, (status) => ({
    error: {
      code: status,
      message: "The model is overloaded. Please try again later.",
      status: words[status] ?? "UNKNOWN"
    }
  }))
  if (no !== null) return no
  const [, name = ""] = /^\/v1(?:beta)?\/models\/([\w.-]+):generateContent$/u.exec(call.path) ?? []
  if (call.method !== "POST" || name === "") return googleError(404, "NOT_FOUND", "Requested entity was not found.")
  const model = Object.hasOwn(models, name) ? models[name] : undefined
  if (model === undefined) return googleError(404, "NOT_FOUND", `models/${name} is not found for API version v1beta.`)
  const fields = jsonOf(call)
  if (fields === null) return invalid("Invalid JSON payload received.")
  const asked = read(fields, model.sizes)
  return typeof asked === "string" ? invalid(asked) : answer(state, name, model.tokens, asked)
}

const words: { readonly [status: number]: string } = {
  400: "INVALID_ARGUMENT",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE"
}

interface Asked {
  readonly prompt: string
  readonly images: number
  readonly ratio: string
  readonly size: string
}

/** What is asked for, or what is wrong with it. */
const read = (fields: Fields, sizes: ReadonlyArray<string>): Asked | string => {
  const config = objectAt(fields, "generationConfig")
  const image = objectAt(config, "imageConfig")
  const unknown =
    stranger(fields, ["contents", "generationConfig", "safetySettings", "systemInstruction", "tools"]) ??
    stranger(config, ["responseModalities", "imageConfig", "temperature", "topP", "topK", "seed", "candidateCount"]) ??
    stranger(image, ["aspectRatio", "imageSize"])
  if (unknown !== null) return `Invalid JSON payload received. Unknown name "${unknown}": Cannot find field.`
  const { aspectRatio: ratio = "1:1", imageSize: size = "1K" } = image
  if (typeof ratio !== "string" || !Object.hasOwn(shapes, ratio)) return "Unsupported aspect ratio."
  if (typeof size !== "string" || !sizes.includes(size)) return "Unsupported image size."
  const asked = listAt(config, "responseModalities")
  if (asked.length > 0 && !asked.includes("IMAGE")) return "The model is asked for no image."
  const parts = listAt(fields, "contents").flatMap((content) => listAt(content, "parts"))
  const media = parts.flatMap((part) => (Predicate.hasProperty(part, "inlineData") ? [part.inlineData] : []))
  if (media.some((inline) => !isReadable(inline))) return "Unable to process input image."
  const prompt = parts.map((part) => (Predicate.hasProperty(part, "text") ? String(part.text) : "")).join("")
  return prompt === "" && media.length === 0
    ? "GenerateContentRequest.contents: contents is not specified"
    : { prompt, images: media.length, ratio, size }
}

const objectAt = (value: unknown, name: string): Fields => {
  const found = Predicate.hasProperty(value, name) ? value[name] : undefined
  return Predicate.isObject(found) ? Object.fromEntries(Object.entries(found)) : {}
}

const listAt = (value: unknown, name: string): ReadonlyArray<unknown> => {
  const found = Predicate.hasProperty(value, name) ? value[name] : undefined
  return Array.isArray(found) ? found : []
}

const stranger = (fields: Fields, known: ReadonlyArray<string>): string | null =>
  Object.keys(fields).find((name) => !known.includes(name)) ?? null

const isReadable = (inline: unknown): boolean =>
  Predicate.hasProperty(inline, "mimeType") &&
  /^image\/(?:png|jpeg|webp|heic|heif)$/u.test(String(inline.mimeType)) &&
  Predicate.hasProperty(inline, "data") &&
  /^[A-Za-z0-9+/]+={0,2}$/u.test(String(inline.data))

const answer = (state: PaidState, model: string, tokens: number, asked: Asked): Promise<EmulatedReply> => {
  const text = Math.ceil(asked.prompt.length / 4)
  const prompt = countsOf(text, asked.images * 258)
  const head = { modelVersion: model, responseId: `emulated-${state.accepted}` }
  // An input is judged together with what was drawn from it, a text alone before anything is drawn.
  const blocked =
    asked.images === 0
      ? { ...head, promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, usageMetadata: prompt }
      : {
          ...head,
          candidates: [{ content: {}, finishReason: "IMAGE_SAFETY", finishMessage: "Unable to show it.", index: 0 }],
          usageMetadata: prompt
        }
  return paid(state, { status: 200, body: blocked }, async () => {
    const isThinker = model.startsWith("gemini-3")
    const factor = asked.size === "4K" ? 4 : asked.size === "2K" ? 2 : 1
    const [across = 1024, down = 1024] = shapes[asked.ratio] ?? []
    const seed = (state.accepted % 2) * 16
    const format = isThinker ? "jpeg" : "png"
    const made = await pictures(1, { width: across * factor, height: down * factor, seed, format })
    const sketch = isThinker ? [{ thought: true, inlineData: await inline(picture({ seed: seed + 9 })) }] : []
    const out = asked.size === "4K" ? 2000 : tokens
    return {
      status: 200,
      body: {
        ...head,
        candidates: [
          {
            content: {
              role: "model",
              parts: [
                ...sketch,
                ...delivered(state.faults, made).map((bytes) => ({
                  inlineData: { mimeType: `image/${format}`, data: base64(bytes) }
                }))
              ]
            },
            finishReason: "STOP",
            index: 0
          }
        ],
        usageMetadata: {
          ...prompt,
          candidatesTokenCount: out,
          candidatesTokensDetails: [{ modality: "IMAGE", tokenCount: out }],
          ...(isThinker ? { thoughtsTokenCount: 212 } : {}),
          totalTokenCount: prompt.promptTokenCount + out + (isThinker ? 212 : 0)
        }
      }
    }
  })
}

const inline = async (made: Promise<Uint8Array>): Promise<Schema.JsonObject> => ({
  mimeType: "image/png",
  data: base64(await made)
})

const countsOf = (text: number, image: number) => ({
  promptTokenCount: text + image,
  promptTokensDetails: [
    { modality: "TEXT", tokenCount: text },
    ...(image === 0 ? [] : [{ modality: "IMAGE", tokenCount: image }])
  ]
})
