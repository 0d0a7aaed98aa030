import { setTimeout as later } from "node:timers/promises"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type EmulatedCall, type EmulatedReply, FaultSwitch, type ProviderEmulator, serve } from "./Emulator.ts"
import { picture } from "./Fixtures.ts"
import { type Fields, html, jsonOf, refused } from "./OpenAiWire.ts"

/** A field of a request: what it holds, and between which numbers or of which words. */
type Rule =
  | {
      readonly type: "integer" | "number"
      readonly minimum?: number
      readonly maximum?: number
      readonly step?: number
    }
  | { readonly type: "boolean" | "string" | "base64" | "ratio" }
  | { readonly type: "word"; readonly words: ReadonlyArray<string> }

interface Endpoint {
  readonly credits: number
  readonly required: ReadonlyArray<string>
  readonly rules: { readonly [field: string]: Rule }
}

const common: Endpoint["rules"] = {
  prompt: { type: "string" },
  seed: { type: "integer" },
  prompt_upsampling: { type: "boolean" },
  safety_tolerance: { type: "integer", minimum: 0, maximum: 6 },
  output_format: { type: "word", words: ["jpeg", "png"] },
  webhook_url: { type: "string" },
  webhook_secret: { type: "string" }
}

const edge: Rule = { type: "integer", minimum: 256, maximum: 1440, step: 32 }

const kontext: Endpoint["rules"] = {
  ...common,
  aspect_ratio: { type: "ratio" },
  input_image: { type: "base64" },
  input_image_2: { type: "base64" },
  input_image_3: { type: "base64" },
  input_image_4: { type: "base64" }
}

/** The request bodies of https://api.bfl.ai/openapi.json, with the credits of https://docs.bfl.ai/quick_start/pricing. */
const endpoints: { readonly [name: string]: Endpoint } = {
  "flux-pro-1.1": {
    credits: 4,
    required: [],
    rules: { ...common, image_prompt: { type: "base64" }, width: edge, height: edge }
  },
  "flux-pro-1.1-ultra": {
    credits: 6,
    required: [],
    rules: {
      ...common,
      aspect_ratio: { type: "ratio" },
      raw: { type: "boolean" },
      image_prompt: { type: "base64" },
      image_prompt_strength: { type: "number", minimum: 0, maximum: 1 }
    }
  },
  "flux-kontext-pro": { credits: 4, required: ["prompt"], rules: kontext },
  "flux-kontext-max": { credits: 8, required: ["prompt"], rules: kontext },
  "flux-pro-1.0-fill": {
    credits: 5,
    required: ["image"],
    rules: {
      ...common,
      image: { type: "base64" },
      mask: { type: "base64" },
      steps: { type: "integer", minimum: 15, maximum: 50 },
      guidance: { type: "number", minimum: 1.5, maximum: 100 }
    }
  }
}

interface Task {
  readonly shape: { readonly width: number; readonly height: number; readonly format: "png" | "jpeg" }
  readonly seed: number
  readonly prompt: string
  /** How it ends: null for a picture, else the word of the filters. */
  readonly moderated: "Request Moderated" | "Content Moderated" | null
  readonly isEndless: boolean
  polls: number
  isExpired: boolean
}

interface State {
  readonly faults: FaultSwitch
  readonly tasks: Map<string, Task>
  accepted: number
}

export interface BlackForestLabsEmulator extends ProviderEmulator {
  /** The links to samples end, as they do after ten minutes. */
  readonly expire: () => void
  /** The tasks themselves are forgotten. */
  readonly forget: () => void
}

/**
 * The API of Black Forest Labs (https://docs.bfl.ai): a request is taken with its cost, then its polling URL is asked
 * until the sample is ready at a signed link that ends soon. Nothing can be canceled.
 */
export const make: Effect.Effect<BlackForestLabsEmulator, never, Scope.Scope> = Effect.gen(function* () {
  const state: State = { faults: new FaultSwitch(), tasks: new Map(), accepted: 0 }
  const apiKey = "bfl-emulated0key0of0this0machine"
  const { calls, origin } = yield* serve((call, base) => route(state, apiKey, call, base))
  return {
    origin,
    apiKey,
    calls,
    accepted: () => state.accepted,
    fail: (...fault) => state.faults.set(...fault),
    expire: () => {
      for (const task of state.tasks.values()) task.isExpired = true
    },
    forget: () => state.tasks.clear()
  }
})

const detail = (status: number, text: string): EmulatedReply => ({ status, body: { detail: text } })

const route = async (state: State, apiKey: string, call: EmulatedCall, origin: string): Promise<EmulatedReply> => {
  const { headers, method, path, query } = call
  if (path.startsWith("/delivery/")) return sample(state, path, query)
  if (headers["x-key"] !== apiKey) return detail(403, "Not authenticated - Invalid Authentication")
  const no = refused(state.faults, () => ({ detail: "The service is busy. Try again." }))
  if (no !== null) return no
  if (method === "GET" && path === "/v1/get_result") return result(state, query.get("id") ?? "", origin)
  const name = path.replace(/^\/v1\//u, "")
  const endpoint = Object.hasOwn(endpoints, name) ? endpoints[name] : undefined
  if (method !== "POST" || endpoint === undefined) return detail(404, "Not Found")
  const fields = jsonOf(call)
  const problems = fields === null ? [problem([], "JSON decode error")] : check(endpoint, fields)
  if (fields === null || problems.length > 0) return { status: 422, body: { detail: problems } }
  return take(state, endpoint, fields, origin)
}

const problem = (place: ReadonlyArray<string>, msg: string) => ({ type: "value_error", loc: ["body", ...place], msg })

const check = ({ required, rules }: Endpoint, fields: Fields) => [
  ...required.filter((name) => fields[name] === undefined).map((name) => problem([name], "Field required")),
  ...Object.entries(fields).flatMap(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    // What it does not know it passes over.
    return rule === undefined || value === null || fits(rule, value)
      ? []
      : [problem([name], `Input should be a valid ${rule.type}`)]
  })
]

const fits = (rule: Rule, value: unknown): boolean => {
  switch (rule.type) {
    case "word":
      return typeof value === "string" && rule.words.includes(value)
    case "base64":
      return typeof value === "string" && /^[A-Za-z0-9+/]+={0,2}$/u.test(value)
    case "ratio":
      return typeof value === "string" && /^[1-9]\d?:[1-9]\d?$/u.test(value)
    case "boolean":
    case "string":
      return typeof value === rule.type
    case "integer":
    case "number": {
      const { maximum = Infinity, minimum = -Infinity, step = 1 } = rule
      const isWhole = rule.type === "number" || Number.isInteger(Number(value) / step)
      return typeof value === "number" && isWhole && value >= minimum && value <= maximum
    }
  }
}

const take = async (state: State, { credits }: Endpoint, fields: Fields, origin: string): Promise<EmulatedReply> => {
  const { faults, tasks } = state
  const isEdit = fields["input_image"] !== undefined || fields["image"] !== undefined
  const isRefused = faults.take("content") !== null
  if (!isRefused) state.accepted += 1
  const id = `00000000-0000-4000-8000-${`${tasks.size + 1}`.padStart(12, "0")}`
  const shape = shapeOf(fields)
  tasks.set(id, {
    shape,
    seed: typeof fields["seed"] === "number" ? fields["seed"] : tasks.size + 1,
    prompt: typeof fields["prompt"] === "string" ? fields["prompt"] : "",
    moderated: isRefused ? (isEdit ? "Content Moderated" : "Request Moderated") : null,
    isEndless: faults.take("endless") !== null,
    polls: 0,
    isExpired: false
  })
  const slow = faults.take("slow")
  if (slow !== null) await later(slow.millis)
  const output = Math.round((shape.width * shape.height) / 10_000) / 100
  return {
    status: 200,
    body: {
      id,
      polling_url: `${origin}/v1/get_result?id=${id}`,
      cost: credits,
      input_mp: isEdit ? 1 : 0,
      output_mp: output
    },
    ...(faults.take("drop") === null ? {} : { breakAfter: 0 })
  }
}

const shapeOf = (fields: Fields): Task["shape"] => {
  const { aspect_ratio: ratio, height = 768, output_format: format, width = 1024 } = fields
  const kind = format === "png" ? "png" : "jpeg"
  if (typeof ratio !== "string") return { width: Number(width), height: Number(height), format: kind }
  const [across = 1, down = 1] = ratio.split(":").map(Number)
  const scale = Math.sqrt((1024 * 1024) / (across * down))
  return { width: Math.round((across * scale) / 16) * 16, height: Math.round((down * scale) / 16) * 16, format: kind }
}

const result = ({ tasks }: State, id: string, origin: string): EmulatedReply => {
  const task = tasks.get(id)
  const nothing = { id, result: null, progress: null, details: null, preview: null }
  if (task === undefined) return { status: 404, body: { ...nothing, status: "Task not found" } }
  const { isEndless, moderated, prompt, seed, shape } = task
  task.polls += 1
  if (task.polls === 1 || isEndless) return { status: 200, body: { ...nothing, status: "Pending", progress: 0.5 } }
  if (moderated !== null)
    return {
      status: 200,
      body: { ...nothing, status: moderated, details: { "Moderation Reasons": ["Safety Filter"] } }
    }
  return {
    status: 200,
    body: {
      ...nothing,
      status: "Ready",
      progress: 1,
      result: {
        sample: `${origin}/delivery/${id}/sample.${shape.format}?sig=${signature(id)}`,
        prompt,
        seed,
        start_time: 1_767_225_600,
        end_time: 1_767_225_604.5,
        duration: 4.5
      }
    }
  }
}

const signature = (id: string): string => Buffer.from(`signed ${id}`).toString("hex")

const sample = async ({ faults, tasks }: State, path: string, query: URLSearchParams): Promise<EmulatedReply> => {
  const [, id = ""] = /^\/delivery\/([\w-]+)\/sample\.(?:png|jpeg)$/u.exec(path) ?? []
  const task = tasks.get(id)
  if (task === undefined || task.isExpired || query.get("sig") !== signature(id))
    return { status: 403, body: "<?xml version='1.0'?><Error><Code>AuthenticationFailed</Code></Error>" }
  const redirect = faults.take("redirect")
  if (redirect !== null) return { status: 302, headers: { location: redirect.to }, body: "" }
  const headers = { "content-type": `image/${task.shape.format}` }
  if (faults.take("wrong_type") !== null) return { status: 200, headers, body: html }
  const body = await picture({ ...task.shape, seed: task.seed })
  return { status: 200, headers, body, ...(faults.take("truncated") === null ? {} : { breakAfter: body.length >> 1 }) }
}
