import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import { type EmulatedCall, type EmulatedReply, FaultSwitch, type ProviderEmulator, serve } from "./Emulator.ts"
import { picture, pictures } from "./Fixtures.ts"
import { base64, bearerOf, delivered, type Fields, html, jsonOf, paid, type PaidState, refused } from "./OpenAiWire.ts"

const models = new Set(["grok-imagine-image", "grok-imagine-image-pro", "grok-imagine-image-quality"])

/**
 * xAI's image API (https://docs.x.ai/docs/api-reference): generations and edits, both as JSON, with source images as
 * URLs or data URLs, answers by URL or as base64, and the bill in ticks of 1e-10 US dollar.
 */
export const make: Effect.Effect<ProviderEmulator, never, Scope.Scope> = Effect.gen(function* () {
  const state: PaidState = { faults: new FaultSwitch(), accepted: 0 }
  const apiKey = "xai-emulated0key0of0this0machine"
  const { calls, origin } = yield* serve((call, base) => route(state, apiKey, call, base))
  return { origin, apiKey, calls, accepted: () => state.accepted, fail: (...fault) => state.faults.set(...fault) }
})

const xaiError = (status: number, code: string, error: string): EmulatedReply => ({ status, body: { code, error } })
const invalid = (error: string): EmulatedReply => xaiError(400, "Client specified an invalid argument", error)

const route = async (state: PaidState, apiKey: string, call: EmulatedCall, origin: string): Promise<EmulatedReply> => {
  if (call.path.startsWith("/media/")) return media(state, call)
  const key = bearerOf(call)
  if (key !== apiKey)
    return xaiError(
      400,
      "Client specified an invalid argument",
      `Incorrect API key provided: ${key.slice(0, 8)}***${key.slice(-2)}. You can obtain an API key from https://console.x.ai.`
    )
  const no = refused(state.faults, (status) => ({
    code: "The service is currently unavailable",
    error: `Refused with ${status}`
  }))
  if (no !== null) return no
  const isEdit = call.path === "/v1/images/edits"
  if (call.method !== "POST" || (!isEdit && call.path !== "/v1/images/generations"))
    return xaiError(404, "Some requested entity was not found", `no route ${call.path}`)
  const fields = jsonOf(call)
  if (fields === null) return xaiError(422, "invalid-json", "Failed to deserialize the JSON body into the target type")
  const problem = check(fields, isEdit)
  return problem ?? answer(state, fields, origin, isEdit)
}

const common = ["model", "prompt", "n", "aspect_ratio", "resolution", "response_format", "user", "quality"]

const check = (fields: Fields, isEdit: boolean): EmulatedReply | null => {
  const known = isEdit ? [...common, "image", "images"] : common
  const unknown = Object.keys(fields).find((name) => !known.includes(name))
  if (unknown !== undefined)
    return xaiError(422, "invalid-json", `Failed to deserialize the JSON body: unknown field \`${unknown}\``)
  const { model, n = 1, prompt, resolution = "1k" } = fields
  if (typeof model !== "string" || !models.has(model))
    return xaiError(404, "Some requested entity was not found", `The model ${String(model)} does not exist`)
  if (typeof prompt !== "string" || prompt === "") return invalid("A prompt is required")
  if (typeof n !== "number" || n < 1 || n > 10) return invalid("n must be between 1 and 10")
  if (resolution !== "1k" && resolution !== "2k") return invalid("resolution must be 1k or 2k")
  if (!isEdit) return null
  const sources = sourcesOf(fields)
  if (sources.length === 0 || sources.length > 3) return invalid("an edit takes one to three images")
  return sources.every((url) => /^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$/u.test(url))
    ? null
    : invalid("the image URL cannot be read")
}

const sourcesOf = ({ image, images }: Fields): ReadonlyArray<string> => {
  const all: ReadonlyArray<unknown> = Array.isArray(images) ? images : []
  return [...all, ...(image === undefined ? [] : [image])].map((source) =>
    Predicate.hasProperty(source, "url") && typeof source.url === "string" ? source.url : ""
  )
}

const answer = (state: PaidState, fields: Fields, origin: string, isEdit: boolean): Promise<EmulatedReply> => {
  const blocked = xaiError(
    400,
    "Client specified an invalid argument",
    "Generated image rejected by content moderation."
  )
  const isInline = fields["response_format"] === "b64_json"
  return paid(
    state,
    blocked,
    async () => {
      const { n = 1, resolution = "1k" } = fields
      const seed = state.accepted * 16
      const { height, width } = sizeOf(fields["aspect_ratio"], resolution === "2k" ? 2048 : 1024)
      const made = await pictures(Number(n), { width, height, format: "jpeg", seed })
      const each =
        fields["model"] === "grok-imagine-image" ? 200_000_000 : resolution === "2k" ? 700_000_000 : 500_000_000
      const sources = isEdit
        ? sourcesOf(fields).length * (fields["model"] === "grok-imagine-image" ? 20_000_000 : 100_000_000)
        : 0
      return {
        status: 200,
        body: {
          data: isInline
            ? delivered(state.faults, made).map((bytes) => ({ b64_json: base64(bytes), respect_moderation: true }))
            : made.map((_, index) => ({
                url: `${origin}/media/${width}x${height}-${seed + index}.jpeg`,
                respect_moderation: true
              })),
          usage: { cost_in_usd_ticks: each * made.length + sources }
        }
      }
    },
    isInline
  )
}

const sizeOf = (ratio: unknown, edge: number) => {
  const [across = 1, down = 1] =
    typeof ratio === "string" && /^\d+:\d+$/u.test(ratio) ? ratio.split(":").map(Number) : []
  const scale = edge / Math.max(across, down)
  return { width: Math.round(across * scale), height: Math.round(down * scale) }
}

const media = async ({ faults }: PaidState, { path }: EmulatedCall): Promise<EmulatedReply> => {
  const [, width, height, seed] = /^\/media\/(\d+)x(\d+)-(\d+)\.jpeg$/u.exec(path) ?? []
  const redirect = faults.take("redirect")
  if (redirect !== null) return { status: 302, headers: { location: redirect.to }, body: "" }
  const headers = { "content-type": "image/jpeg" }
  if (faults.take("wrong_type") !== null) return { status: 200, headers, body: html }
  const body = await picture({ width: Number(width), height: Number(height), seed: Number(seed), format: "jpeg" })
  return { status: 200, headers, body, ...(faults.take("truncated") === null ? {} : { breakAfter: body.length >> 1 }) }
}
