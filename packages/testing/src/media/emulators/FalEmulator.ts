import { setTimeout as later } from "node:timers/promises"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type EmulatedCall, type EmulatedReply, FaultSwitch, type ProviderEmulator, serve } from "./Emulator.ts"
import {
  addressOf,
  cancelReply,
  type HeldState,
  type Pace,
  type Queue,
  type QueuedRequest,
  resultReply,
  statusReply,
  take,
  ticket
} from "./FalQueue.ts"
import { html, jsonOf, refused } from "./OpenAiWire.ts"

/** The parts of the API beside submitting, each of which can be made to refuse. */
export type FalPart = "initiate" | "put" | "status" | "result" | "cancel"

/** fal's queue and storage on one origin (https://fal.ai/docs/documentation/model-apis/inference/queue). */
export interface FalEmulator extends ProviderEmulator {
  /** What was submitted, in order. */
  readonly requests: () => ReadonlyArray<Pick<QueuedRequest, "endpoint" | "id" | "input" | "status">>
  /** From now on; at first a request waits for one poll and works for another. */
  readonly setPace: (pace: Pace) => void
  /** No request gets past this state until null is given. */
  readonly hold: (state: HeldState | null) => void
  /** Ends a request now, or all of them. */
  readonly finish: (id?: string) => void
  /** The queue knows nothing of it any more. */
  readonly forget: (id: string) => void
  /** A part answers with this status, the next `times` times. A body that is text comes from something in between. */
  readonly refuse: (part: FalPart, status: number, times?: number, body?: EmulatedReply["body"]) => void
}

interface Refusal {
  left: number
  readonly reply: EmulatedReply
}

interface State {
  readonly apiKey: string
  readonly queue: Queue
  readonly forgotten: Set<string>
  readonly refusals: Map<FalPart, Refusal>
  /** Places that were promised, with the type that was announced for each. */
  readonly promised: Map<string, string>
}

export const make: Effect.Effect<FalEmulator, never, Scope.Scope> = Effect.gen(function* () {
  const state = initial()
  const { calls, origin } = yield* serve((call, base) => route(state, call, base))
  const { forgotten, queue, refusals } = state
  return {
    origin,
    apiKey: state.apiKey,
    calls,
    accepted: () => queue.requests.filter(({ isFlagged }) => !isFlagged).length,
    fail: (...fault) => queue.faults.set(...fault),
    requests: () => queue.requests,
    setPace: (pace) => void (queue.pace = pace),
    hold: (held) => void (queue.held = held),
    finish: (id) => {
      for (const request of queue.requests)
        if (request.status !== "CANCELED" && (id === undefined || request.id === id)) request.status = "COMPLETED"
    },
    forget: (id) => void forgotten.add(id),
    refuse: (part, status, times = 1, body = { detail: `The service answers ${status}` }) =>
      void refusals.set(part, { left: times, reply: { status, body } })
  }
})

const initial = (): State => {
  const queue: Queue = {
    requests: [],
    files: new Map(),
    faults: new FaultSwitch(),
    fetchInput: (url) => fetchInput(queue, url),
    pace: { queued: 1, running: 1 },
    held: null
  }
  return {
    apiKey: "11111111-2222-4333-8444-555555555555:0emulated0key0of0this0machine0",
    queue,
    forgotten: new Set(),
    refusals: new Map(),
    promised: new Map()
  }
}

/** Only what lies in this storage is fetched; the queue takes no data URIs. */
const fetchInput = async ({ files }: Queue, url: string): Promise<Uint8Array | null> => {
  const name = /^http:\/\/127\.0\.0\.1:\d+\/files\/(.+)$/u.exec(url)?.[1]
  if (name === undefined || !files.has(decodeURIComponent(name))) return null
  const answer = await fetch(url)
  return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null
}

const route = (state: State, call: EmulatedCall, origin: string): EmulatedReply | Promise<EmulatedReply> => {
  const { method, path } = call
  if (path.startsWith("/files/")) return file(state, path.slice("/files/".length))
  if (method === "PUT" && path.startsWith("/storage/put/")) return put(state, call)
  if (call.headers.authorization !== `Key ${state.apiKey}`)
    return { status: 401, body: { detail: "Cannot access application: authentication is required." } }
  if (path === "/storage/upload/initiate") return refusedAt(state, "initiate") ?? initiate(state, call, origin)
  const asked = /^\/[\w./-]+\/requests\/([\w-]+)(\/status|\/cancel|)$/u.exec(path)
  if (asked !== null && method !== "POST") return about(state, call, origin, asked[1] ?? "", asked[2] ?? "")
  return method === "POST" ? submit(state, call, origin) : { status: 405, body: { detail: "Method Not Allowed" } }
}

const refusedAt = ({ refusals }: State, part: FalPart): EmulatedReply | null => {
  const refusal = refusals.get(part)
  if (refusal === undefined || refusal.left <= 0) return null
  refusal.left -= 1
  return refusal.reply
}

const queueRefusal = ({ faults }: Queue): EmulatedReply | null =>
  refused(faults, (status) => ({ detail: `The queue answers ${status}`, error_type: "internal_error" }))

const submit = async (state: State, call: EmulatedCall, origin: string): Promise<EmulatedReply> => {
  const { queue } = state
  const no = queueRefusal(queue)
  if (no !== null) return no
  const request = jsonOf(call) === null ? "unreadable" : take(queue, call.path.slice(1), call)
  if (request === "unreadable")
    return { status: 422, body: { detail: [{ loc: ["body"], msg: "JSON decode error", type: "json_invalid" }] } }
  if (request === null) return { status: 404, body: { detail: `Application '${call.path.slice(1)}' not found` } }
  const slow = queue.faults.take("slow")
  if (slow !== null) await later(slow.millis)
  const isDropped = queue.faults.take("drop") !== null
  return { status: 200, body: ticket(queue, request, origin), ...(isDropped ? { breakAfter: 0 } : {}) }
}

const about = (
  state: State,
  { method, path }: EmulatedCall,
  origin: string,
  id: string,
  part: string
): EmulatedReply | Promise<EmulatedReply> => {
  const { forgotten, queue } = state
  const request = queue.requests.find((one) => one.id === id)
  const isCancel = part === "/cancel"
  const no = queueRefusal(queue)
  if (no !== null) return no
  if (request === undefined || forgotten.has(id) || `${origin}${path}` !== `${addressOf(request, origin)}${part}`)
    return { status: 404, body: isCancel ? { status: "NOT_FOUND" } : { detail: "Request not found" } }
  if (isCancel)
    return method === "PUT"
      ? (refusedAt(state, "cancel") ?? cancelReply(request))
      : { status: 405, body: { detail: "Method Not Allowed" } }
  return part === "/status"
    ? (refusedAt(state, "status") ?? statusReply(queue, request, origin))
    : (refusedAt(state, "result") ?? resultReply(queue, request, origin))
}

const initiate = ({ promised }: State, call: EmulatedCall, origin: string): EmulatedReply => {
  const { content_type: type, file_name: fileName } = jsonOf(call) ?? {}
  if (call.query.get("storage_type") !== "fal-cdn-v3" || typeof type !== "string" || typeof fileName !== "string")
    return { status: 422, body: { detail: [{ loc: ["body", "file_name"], msg: "Field required", type: "missing" }] } }
  const name = `in-${promised.size}/${fileName}`
  promised.set(name, type)
  return {
    status: 200,
    body: { upload_url: `${origin}/storage/put/${name}?signature=emulated`, file_url: `${origin}/files/${name}` }
  }
}

/** The signature covers the type. */
const put = (state: State, call: EmulatedCall): EmulatedReply => {
  const no = refusedAt(state, "put")
  if (no !== null) return no
  const name = decodeURIComponent(call.path.slice("/storage/put/".length))
  const type = state.promised.get(name)
  if (type === undefined || call.headers["content-type"] !== type || call.query.get("signature") !== "emulated")
    return { status: 403, body: { detail: "SignatureDoesNotMatch" } }
  state.queue.files.set(name, { name, contentType: type, bytes: call.body })
  return { status: 200, body: {} }
}

const file = ({ queue }: State, path: string): EmulatedReply => {
  const found = queue.files.get(decodeURIComponent(path))
  if (found === undefined) return { status: 404, body: { detail: "Not Found" } }
  const { bytes, contentType } = found
  const headers = { "content-type": contentType }
  // The faults are of outputs, not of what was brought.
  if (path.startsWith("in-")) return { status: 200, headers, body: bytes }
  const redirect = queue.faults.take("redirect")
  if (redirect !== null) return { status: 302, headers: { location: redirect.to }, body: "" }
  if (queue.faults.take("wrong_type") !== null) return { status: 200, headers, body: html }
  const isCut = queue.faults.take("truncated") !== null
  return { status: 200, headers, body: bytes, ...(isCut ? { breakAfter: bytes.length >> 1 } : {}) }
}
