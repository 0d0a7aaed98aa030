import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type EmulatedCall, type EmulatedReply, FaultSwitch, type ProviderEmulator, serve } from "./Emulator.ts"
import { picture, pictures } from "./Fixtures.ts"
import {
  base64,
  bearerOf,
  delivered,
  type Fields,
  html,
  jsonOf,
  openAiError,
  paid,
  type PaidState,
  refused
} from "./OpenAiWire.ts"

/** `localai` gives URLs unless asked for base64, and takes `step`; `sd-server` has one model, no key, and only base64. */
export type Flavour = "localai" | "sd-server"

/** A server on the operator's own machine that speaks OpenAI's image generations, and ignores what it does not know. */
export const make = (
  flavour: Flavour = "localai",
  { alwaysUrls = false }: { readonly alwaysUrls?: boolean } = {}
): Effect.Effect<ProviderEmulator, never, Scope.Scope> =>
  Effect.gen(function* () {
    const state: PaidState = { faults: new FaultSwitch(), accepted: 0 }
    const apiKey = "key-of-the-server-on-this-machine"
    const { calls, origin } = yield* serve((call, base) =>
      route(state, { alwaysUrls, apiKey, flavour, origin: base }, call)
    )
    return { origin, apiKey, calls, accepted: () => state.accepted, fail: (...fault) => state.faults.set(...fault) }
  })

interface Server {
  /** Some older servers know no other format. */
  readonly alwaysUrls: boolean
  readonly apiKey: string
  readonly flavour: Flavour
  readonly origin: string
}

const route = async (state: PaidState, server: Server, call: EmulatedCall): Promise<EmulatedReply> => {
  if (call.path.startsWith("/generated-images/")) return media(state, call)
  if (server.flavour === "localai" && bearerOf(call) !== server.apiKey)
    return openAiError(401, "An authentication key is required", { type: "invalid_request_error" })
  const no = refused(state.faults, (status) => ({ error: { code: status, message: "the server is busy", type: "" } }))
  if (no !== null) return no
  if (call.path === "/v1/models")
    return { status: 200, body: { object: "list", data: [{ id: "stablediffusion", object: "model" }] } }
  if (call.method !== "POST" || call.path !== "/v1/images/generations") return openAiError(404, "Resource not found")
  const fields = jsonOf(call)
  if (fields === null || typeof fields["prompt"] !== "string")
    return openAiError(400, "failed reading parameters from request")
  return answer(state, fields, server)
}

const answer = (state: PaidState, fields: Fields, { alwaysUrls, flavour, origin }: Server): Promise<EmulatedReply> => {
  const isInline = !alwaysUrls && (flavour === "sd-server" || fields["response_format"] === "b64_json")
  const blocked = openAiError(400, "the prompt was blocked by the content filter", { code: "content_filter" })
  return paid(
    state,
    blocked,
    async () => {
      const [width = 512, height = 512] =
        typeof fields["size"] === "string" ? fields["size"].split("x").map(Number) : []
      const seed = typeof fields["seed"] === "number" ? fields["seed"] : state.accepted * 16
      const made = await pictures(Number(fields["n"] ?? 1), { width, height, seed })
      const data = isInline
        ? delivered(state.faults, made).map((bytes) => ({ b64_json: base64(bytes), url: "" }))
        : made.map((_, index) => ({ url: `${origin}/generated-images/${width}x${height}-${seed + index}.png` }))
      return { status: 200, body: { created: 1_767_225_600, id: "5f0e", data } }
    },
    isInline
  )
}

const media = async ({ faults }: PaidState, { path }: EmulatedCall): Promise<EmulatedReply> => {
  const [, width, height, seed] = /^\/generated-images\/(\d+)x(\d+)-(\d+)\.png$/u.exec(path) ?? []
  if (seed === undefined) return { status: 404, body: { error: "no such file" } }
  const redirect = faults.take("redirect")
  if (redirect !== null) return { status: 302, headers: { location: redirect.to }, body: "" }
  const headers = { "content-type": "image/png" }
  if (faults.take("wrong_type") !== null) return { status: 200, headers, body: html }
  const body = await picture({ width: Number(width), height: Number(height), seed: Number(seed) })
  return { status: 200, headers, body, ...(faults.take("truncated") === null ? {} : { breakAfter: body.length >> 1 }) }
}
