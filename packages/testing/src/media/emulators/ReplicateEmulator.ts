import { setTimeout as later } from "node:timers/promises"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { type EmulatedCall, type EmulatedReply, FaultSwitch, type ProviderEmulator, serve } from "./Emulator.ts"
import { picture } from "./Fixtures.ts"
import { bearerOf, type Fields, html, jsonOf, partsOf, refused } from "./OpenAiWire.ts"
import { type InputSchema, models, problemsOf } from "./ReplicateModels.ts"

type Status = "starting" | "processing" | "succeeded" | "failed" | "canceled"

interface Prediction {
  readonly id: string
  readonly model: string
  readonly version: string
  readonly input: Fields
  readonly schema: InputSchema
  readonly end: Ending | null
  readonly isEndless: boolean
  readonly isDoubled: boolean
  readonly seed: number
  status: Status
}

interface StoredFile {
  readonly name: string
  readonly type: string
  readonly bytes: Uint8Array
}

interface State {
  readonly faults: FaultSwitch
  readonly predictions: Map<string, Prediction>
  readonly files: Map<string, StoredFile>
  accepted: number
  /** How predictions end; null for success. */
  end: Ending | null
}

interface Ending {
  readonly status: "failed" | "canceled"
  readonly error: string | null
}

export interface ReplicateEmulator extends ProviderEmulator {
  /** What was uploaded, by its URL. */
  readonly files: () => ReadonlyMap<string, StoredFile>
  /** The predictions to come end so, with this error. */
  readonly endAs: (status: "failed" | "canceled", error: string | null) => void
  /** Predictions are forgotten. */
  readonly forget: () => void
}

/**
 * Replicate's API (https://replicate.com/docs/reference/http): predictions of official models by name and of others by
 * version, which start, run and end while they are asked for; cancellation; files; outputs by URL.
 */
export const make: Effect.Effect<ReplicateEmulator, never, Scope.Scope> = Effect.gen(function* () {
  const state: State = { faults: new FaultSwitch(), predictions: new Map(), files: new Map(), accepted: 0, end: null }
  const apiKey = "r8_Emulated0replicate0token0of0this0machine"
  const { calls, origin } = yield* serve((call, base) => route(state, apiKey, call, base))
  return {
    origin,
    apiKey,
    calls,
    accepted: () => state.accepted,
    fail: (...fault) => state.faults.set(...fault),
    files: () => new Map([...state.files].map(([id, file]) => [fileUrl(origin, id), file])),
    endAs: (status, error) => {
      state.end = { status, error }
    },
    forget: () => state.predictions.clear()
  }
})

const problem = (status: number, title: string, detail: string): EmulatedReply => ({
  status,
  headers: { "content-type": "application/problem+json" },
  body: { title, detail, status }
})

const missing = problem(404, "Not found", "The requested resource could not be found.")

const route = async (state: State, apiKey: string, call: EmulatedCall, origin: string): Promise<EmulatedReply> => {
  const { method, path } = call
  if (path.startsWith("/delivery/")) return delivery(state, path)
  if (bearerOf(call) !== apiKey) return problem(401, "Unauthenticated", "You did not pass a valid authentication token")
  const no = refused(state.faults, (status) => ({ title: "Refused", detail: "There is no capacity now.", status }))
  if (no !== null) return no
  const [, noun, id, verb] = /^\/v1\/(predictions|files)\/([\w-]+)(?:\/(cancel))?$/u.exec(path) ?? []
  if (noun === "predictions" && id !== undefined && method === (verb === undefined ? "GET" : "POST"))
    return verb === undefined ? get(state, id, origin) : cancel(state, id, origin)
  if (noun === "files" && id !== undefined && verb === undefined) return file(state, method, id, origin)
  const [, name] = /^\/v1\/models\/([\w-]+\/[\w.-]+)\/predictions$/u.exec(path) ?? []
  const isPost = method === "POST" && (name !== undefined || path === "/v1/predictions" || path === "/v1/files")
  if (!isPost) return missing
  return path === "/v1/files" ? upload(state, call, origin) : create(state, call, name, origin)
}

const create = async (
  state: State,
  call: EmulatedCall,
  named: string | undefined,
  origin: string
): Promise<EmulatedReply> => {
  const body = jsonOf(call)
  if (body === null) return problem(400, "Bad request", "The body is no JSON.")
  const found = named ?? Object.keys(models).find((name) => versionOf(name) === body["version"]) ?? ""
  const schema = Object.hasOwn(models, found) ? models[found] : undefined
  if (schema === undefined) return named === undefined ? problem(422, "Invalid version or not permitted", "") : missing
  const input: Fields = Predicate.isObject(body["input"]) ? Object.fromEntries(Object.entries(body["input"])) : {}
  const isKnown = (url: string) => state.files.has(url.replace(fileUrl(origin, ""), ""))
  const problems = problemsOf(schema, input, isKnown)
  if (problems.length > 0)
    return problem(422, "Input validation failed", problems.map((line) => `- input.${line}\n`).join(""))
  return run(state, call, { input, model: found, schema }, origin)
}

const versionOf = (model: string): string => Buffer.from(model).toString("hex").padEnd(64, "0").slice(0, 64)

const run = async (
  state: State,
  call: EmulatedCall,
  asked: Pick<Prediction, "input" | "model" | "schema">,
  origin: string
): Promise<EmulatedReply> => {
  const { faults, predictions } = state
  const isRefused = faults.take("content") !== null
  if (!isRefused) state.accepted += 1
  const id = `emulated${`${predictions.size + 1}`.padStart(18, "0")}`
  const prediction: Prediction = {
    ...asked,
    id,
    version: versionOf(asked.model),
    end: isRefused ? refusedByFilters : state.end,
    isEndless: faults.take("endless") !== null,
    isDoubled: faults.take("duplicate") !== null,
    seed: predictions.size * 16,
    status: "starting"
  }
  predictions.set(id, prediction)
  const slow = faults.take("slow")
  if (slow !== null) await later(slow.millis)
  // `Prefer: wait`, alone or with seconds: the answer waits for the end.
  if (/^wait\b/u.test(call.headers["prefer"]?.toString() ?? "")) advance(advance(prediction))
  return {
    status: 201,
    body: show(prediction, origin),
    ...(faults.take("drop") === null ? {} : { breakAfter: 0 })
  }
}

const refusedByFilters: Ending = {
  status: "failed",
  error: "NSFW content detected. Try running it again, or try a different prompt."
}

const toJson = Schema.decodeUnknownSync(Schema.Json)

/** One step further on its way. */
const advance = (prediction: Prediction): Prediction => {
  const { end, isEndless, status } = prediction
  if (status === "starting") prediction.status = "processing"
  else if (status === "processing" && !isEndless) prediction.status = end?.status ?? "succeeded"
  return prediction
}

const get = ({ predictions }: State, id: string, origin: string): EmulatedReply => {
  const prediction = predictions.get(id)
  return prediction === undefined ? missing : { status: 200, body: show(advance(prediction), origin) }
}

const cancel = ({ predictions }: State, id: string, origin: string): EmulatedReply => {
  const prediction = predictions.get(id)
  if (prediction === undefined) return missing
  if (prediction.status === "starting" || prediction.status === "processing") prediction.status = "canceled"
  return { status: 200, body: show(prediction, origin) }
}

const show = (prediction: Prediction, origin: string): Schema.JsonObject => {
  const { id, input, isDoubled, model, schema, status, version } = prediction
  const count = typeof input["num_outputs"] === "number" ? input["num_outputs"] : 1
  const urls = Array.from(
    { length: count },
    (_, index) => `${origin}/delivery/${id}/out-${index}.${formatOf(prediction)}`
  )
  const all = isDoubled ? [...urls, ...urls.slice(0, 1)] : urls
  const isEnded = status !== "starting" && status !== "processing"
  const self = `${origin}/v1/predictions/${id}`
  return {
    id,
    model,
    version,
    input: toJson(input),
    logs: isEnded ? `Using seed: ${prediction.seed}\nPrompt: ${String(input["prompt"])}\n` : "",
    output: status === "succeeded" ? (schema.isList || isDoubled ? all : (urls[0] ?? null)) : null,
    data_removed: false,
    error: status === prediction.end?.status ? prediction.end.error : null,
    status,
    source: "api",
    created_at: "2026-01-01T00:00:00.000Z",
    started_at: status === "starting" ? null : "2026-01-01T00:00:00.500Z",
    completed_at: isEnded ? "2026-01-01T00:00:02.000Z" : null,
    urls: { get: self, cancel: `${self}/cancel`, stream: `${origin}/stream/${id}`, web: `${origin}/p/${id}` },
    ...(status === "succeeded" ? { metrics: { predict_time: 1.5, total_time: 2, image_count: count } } : {})
  }
}

const formatOf = ({ input, schema }: Pick<Prediction, "input" | "schema">): "jpg" | "png" | "webp" => {
  const format = input["output_format"]
  return format === "jpg" || format === "png" || format === "webp" ? format : schema.format
}

const fileUrl = (origin: string, id: string): string => `${origin}/v1/files/${id}`

const upload = (state: State, call: EmulatedCall, origin: string): EmulatedReply => {
  const content = partsOf(call)?.find(({ name }) => name === "content")
  if (content === undefined) return problem(400, "Bad request", "Missing content")
  const id = `file${`${state.files.size + 1}`.padStart(4, "0")}`
  const { bytes, fileName, type } = content
  state.files.set(id, { name: fileName ?? "", type, bytes: new Uint8Array(bytes) })
  return file(state, "GET", id, origin, 201)
}

const file = ({ files }: State, method: string, id: string, origin: string, status = 200): EmulatedReply => {
  const found = files.get(id)
  if (found === undefined) return missing
  if (method === "DELETE") {
    files.delete(id)
    return { status: 204, body: "" }
  }
  return {
    status,
    body: {
      id,
      name: found.name,
      content_type: found.type,
      size: found.bytes.length,
      metadata: {},
      created_at: "2026-01-01T00:00:00.000Z",
      expires_at: "2026-01-02T00:00:00.000Z",
      urls: { get: fileUrl(origin, id) }
    }
  }
}

const types = { jpg: "jpeg", png: "png", webp: "webp" } as const

const delivery = async ({ faults, predictions }: State, path: string): Promise<EmulatedReply> => {
  const [, id = "", index = "0"] = /^\/delivery\/(\w+)\/out-(\d)\.\w+$/u.exec(path) ?? []
  const prediction = predictions.get(id)
  if (prediction?.status !== "succeeded") return { status: 404, body: "not found" }
  const redirect = faults.take("redirect")
  if (redirect !== null) return { status: 302, headers: { location: redirect.to }, body: "" }
  const format = types[formatOf(prediction)]
  const headers = { "content-type": `image/${format}` }
  if (faults.take("wrong_type") !== null) return { status: 200, headers, body: html }
  const ratio = prediction.input["aspect_ratio"]
  const [across = 1, down = 1] =
    typeof ratio === "string" && ratio.includes(":") ? ratio.split(":").map(Number) : [1, 1]
  const scale = (prediction.input["megapixels"] === "0.25" ? 512 : 1024) / Math.sqrt(across * down)
  const sized = (part: number) => Math.round((part * scale) / 16) * 16
  const seed = prediction.seed + Number(index)
  const body = await picture({ width: sized(across), height: sized(down), seed, format })
  return { status: 200, headers, body, ...(faults.take("truncated") === null ? {} : { breakAfter: body.length >> 1 }) }
}
