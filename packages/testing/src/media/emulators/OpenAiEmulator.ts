import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import sharp from "sharp"
import { type EmulatedCall, type EmulatedReply, FaultSwitch, type ProviderEmulator, serve } from "./Emulator.ts"
import { pictures } from "./Fixtures.ts"
import {
  base64,
  bearerOf,
  delivered,
  type Fields,
  partsOf,
  jsonOf,
  openAiError,
  paid,
  type PaidState,
  type Part,
  refused
} from "./OpenAiWire.ts"

const models = ["gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "gpt-image-2"]

/**
 * OpenAI's image API (https://platform.openai.com/docs/api-reference/images): generations as JSON, edits as multipart,
 * answers with base64 and token usage. Strict where OpenAI is: unknown parameters, types of files, masks.
 */
export const make: Effect.Effect<ProviderEmulator, never, Scope.Scope> = Effect.gen(function* () {
  const state: PaidState = { faults: new FaultSwitch(), accepted: 0 }
  const apiKey = "sk-proj-emulated0openai0key0of0this0machine"
  const { calls, origin } = yield* serve((call) => route(state, apiKey, call))
  return { origin, apiKey, calls, accepted: () => state.accepted, fail: (...fault) => state.faults.set(...fault) }
})

const route = async (state: PaidState, apiKey: string, call: EmulatedCall): Promise<EmulatedReply> => {
  const key = bearerOf(call)
  if (key !== apiKey)
    return openAiError(
      401,
      `Incorrect API key provided: ${key.slice(0, 12)}***${key.slice(-4)}. See https://platform.openai.com/account/api-keys.`,
      {
        code: "invalid_api_key"
      }
    )
  const no = refused(state.faults, (status) => ({
    error: { message: `The engine is currently refusing with ${status}`, type: "server_error", param: null, code: null }
  }))
  if (no !== null) return no
  if (call.path === "/v1/models" && call.method === "GET")
    return {
      status: 200,
      body: {
        object: "list",
        data: models.map((id) => ({ id, object: "model", created: 1_767_225_600, owned_by: "system" }))
      }
    }
  if (call.path === "/v1/images/generations" && call.method === "POST") return generate(state, call)
  if (call.path === "/v1/images/edits" && call.method === "POST") return edit(state, call)
  return openAiError(404, `Invalid URL (${call.method} ${call.path})`)
}

const common = [
  "model",
  "prompt",
  "n",
  "size",
  "quality",
  "background",
  "output_format",
  "output_compression",
  "user",
  "stream",
  "partial_images",
  "moderation"
]

const generate = async (state: PaidState, call: EmulatedCall): Promise<EmulatedReply> => {
  const fields = jsonOf(call)
  if (fields === null) return openAiError(400, "We could not parse the JSON body of your request.")
  const problem = check(fields, common)
  return problem ?? answer(state, fields, { text: tokensOf(fields["prompt"]), image: 0 })
}

const edit = async (state: PaidState, call: EmulatedCall): Promise<EmulatedReply> => {
  const parts = partsOf(call)
  if (parts === null) return openAiError(400, "Could not parse multipart form")
  const files = parts.filter(({ fileName }) => fileName !== null)
  const texts = parts.filter(({ fileName }) => fileName === null)
  const fields: Fields = Object.fromEntries(texts.map(({ bytes, name }) => [name, fieldOf(name, bytes.toString())]))
  const problem = check(fields, [...common, "input_fidelity"]) ?? (await checkFiles(files))
  const sources = files.filter(({ name }) => name !== "mask").length
  return problem ?? answer(state, fields, { text: tokensOf(fields["prompt"]), image: 388 * sources })
}

/** A form has only text. */
const fieldOf = (name: string, text: string): string | number =>
  name === "n" || name === "output_compression" ? Number(text) : text

const check = (fields: Fields, known: ReadonlyArray<string>): EmulatedReply | null => {
  const unknown = Object.keys(fields).find((name) => !known.includes(name))
  if (unknown !== undefined)
    return openAiError(400, `Unknown parameter: '${unknown}'.`, { code: "unknown_parameter", param: unknown })
  const { model, n = 1, prompt, size = "auto" } = fields
  if (typeof model !== "string" || !models.includes(model))
    return openAiError(400, `The model '${String(model)}' does not exist.`, { code: "model_not_found", param: "model" })
  if (typeof prompt !== "string" || prompt === "")
    return openAiError(400, "Missing required parameter: 'prompt'.", {
      code: "missing_required_parameter",
      param: "prompt"
    })
  if (typeof n !== "number" || !Number.isInteger(n) || n < 1 || n > 10)
    return openAiError(400, `Invalid 'n': expected a value between 1 and 10, but got ${String(n)} instead.`, {
      code: "integer_above_max_value",
      param: "n"
    })
  return typeof size === "string" && /^(?:auto|\d{2,4}x\d{2,4})$/u.test(size)
    ? null
    : openAiError(400, `Invalid size '${String(size)}'.`, { code: "invalid_value", param: "size" })
}

const checkFiles = async (files: ReadonlyArray<Part>): Promise<EmulatedReply | null> => {
  const images = files.filter(({ name }) => name === "image" || name === "image[]")
  const [first] = images
  if (first === undefined || images.length > 16)
    return openAiError(400, "Missing required parameter: 'image'.", {
      code: "missing_required_parameter",
      param: "image"
    })
  const stranger = files.find(({ type }) => !["image/png", "image/jpeg", "image/webp"].includes(type))
  if (stranger !== undefined)
    return openAiError(
      400,
      `Invalid file '${stranger.name}': unsupported mimetype ('${stranger.type}'). Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.`,
      {
        code: "unsupported_file_mimetype",
        param: stranger.name
      }
    )
  const shapes = await Promise.all(files.map(({ bytes }) => shapeOf(bytes)))
  if (shapes.includes(null))
    return openAiError(400, "Invalid image file or mode for image.", { code: "invalid_image_file", param: "image" })
  const mask = shapes[files.findIndex(({ name }) => name === "mask")]
  const source = shapes[files.indexOf(first)]
  if (mask === undefined || mask === null) return null
  if (!mask.hasAlpha)
    return openAiError(400, "Invalid mask image format - mask image missing alpha channel", {
      code: "invalid_mask_image_format",
      param: "mask"
    })
  return mask.width === source?.width && mask.height === source.height
    ? null
    : openAiError(400, "Invalid input image and mask image - the sizes do not match", {
        code: "invalid_mask_image_size",
        param: "mask"
      })
}

const shapeOf = async (bytes: Buffer) => {
  try {
    const { hasAlpha, height, width } = await sharp(bytes).metadata()
    return { hasAlpha, height, width }
  } catch {
    return null
  }
}

const answer = (state: PaidState, fields: Fields, input: { readonly text: number; readonly image: number }) => {
  const blocked = openAiError(
    400,
    `Your request was rejected by the safety system. If you believe this is an error, contact us at help.openai.com and include the request ID req_emulated. Prompt: ${String(fields["prompt"])}`,
    {
      code: "moderation_blocked",
      type: "image_generation_user_error"
    }
  )
  return paid(state, blocked, async () => {
    const { background = "opaque", n = 1, output_format: format = "png", quality = "medium", size = "auto" } = fields
    const [width = 1024, height = 1024] = size === "auto" ? [] : String(size).split("x").map(Number)
    const kind = format === "jpeg" || format === "webp" ? format : "png"
    const made = await pictures(Number(n), { width, height, format: kind, seed: state.accepted * 16 })
    const output = 272 * made.length
    return {
      status: 200,
      headers: { "x-request-id": `req_emulated_${state.accepted}` },
      body: {
        created: 1_767_225_600,
        background: background === "transparent" ? background : "opaque",
        output_format: kind,
        quality: quality === "auto" ? "medium" : String(quality),
        size: `${width}x${height}`,
        data: delivered(state.faults, made).map((bytes) => ({ b64_json: base64(bytes) })),
        usage: {
          input_tokens: input.text + input.image,
          input_tokens_details: { text_tokens: input.text, image_tokens: input.image },
          output_tokens: output,
          output_tokens_details: { image_tokens: output, text_tokens: 0 },
          total_tokens: input.text + input.image + output
        }
      }
    }
  })
}

/** About four characters are a token. */
const tokensOf = (prompt: unknown): number => 4 + Math.ceil(String(prompt).length / 4)
