import type { EmulatedCall, EmulatedReply, FaultSwitch } from "./Emulator.ts"
import { falModels } from "./FalModels.ts"
import { type FetchInput, flagged, type MadeFile, type Outcome, perform, type Work } from "./FalWork.ts"
import { jsonOf } from "./OpenAiWire.ts"

/** How many polls a request spends in each state. */
export interface Pace {
  readonly queued: number
  readonly running: number
}

export type HeldState = "IN_QUEUE" | "IN_PROGRESS"

export interface QueuedRequest extends Work {
  readonly endpoint: string
  readonly isFlagged: boolean
  readonly isEndless: boolean
  polls: number
  status: HeldState | "COMPLETED" | "CANCELED"
  outcome: Promise<Outcome> | null
}

export interface Queue {
  readonly requests: Array<QueuedRequest>
  readonly files: Map<string, MadeFile>
  readonly faults: FaultSwitch
  readonly fetchInput: FetchInput
  pace: Pace
  held: HeldState | null
}

/** Takes a request: from here on it would be billed. Null for an endpoint that nobody knows. */
export const take = (queue: Queue, endpoint: string, call: EmulatedCall): QueuedRequest | null => {
  const model = Object.hasOwn(falModels, endpoint) ? falModels[endpoint] : undefined
  if (model === undefined) return null
  const number = queue.requests.length
  const request: QueuedRequest = {
    id: `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`,
    number,
    endpoint,
    model,
    input: jsonOf(call) ?? {},
    isFlagged: queue.faults.take("content") !== null,
    isEndless: queue.faults.take("endless") !== null,
    isDoubled: queue.faults.take("duplicate") !== null,
    polls: 0,
    status: "IN_QUEUE",
    outcome: null
  }
  queue.requests.push(request)
  return request
}

/** Status, result and cancel leave the sub-path of the endpoint out. */
export const addressOf = ({ endpoint, id }: QueuedRequest, origin: string): string => {
  const parts = endpoint.split("/")
  const depth = parts[0] === "workflows" || parts[0] === "comfy" ? 3 : 2
  return `${origin}/${parts.slice(0, depth).join("/")}/requests/${id}`
}

export const ticket = (queue: Queue, request: QueuedRequest, origin: string) => {
  const address = addressOf(request, origin)
  const before = queue.requests.filter(({ number, status }) => status === "IN_QUEUE" && number < request.number).length
  return {
    status: request.status === "CANCELED" ? "COMPLETED" : request.status,
    request_id: request.id,
    response_url: address,
    status_url: `${address}/status`,
    cancel_url: `${address}/cancel`,
    ...(request.status === "IN_QUEUE" ? { queue_position: before } : {})
  }
}

const canceled = { detail: "Request was cancelled", error_type: "client_cancelled" }
const canceledHeaders = { "x-fal-error-type": "client_cancelled" }

/** 202 while there is work, 200 when it is over, however it ended. */
export const statusReply = async (queue: Queue, request: QueuedRequest, origin: string): Promise<EmulatedReply> => {
  advance(queue, request)
  const body = ticket(queue, request, origin)
  if (request.status === "CANCELED")
    return { status: 200, body: { ...body, error: canceled.detail, error_type: canceled.error_type } }
  if (request.status !== "COMPLETED") return { status: 202, body: { ...body, logs: null } }
  await outcomeOf(queue, request, origin)
  return { status: 200, body: { ...body, logs: null, metrics: { inference_time: 0.8 } } }
}

export const resultReply = async (queue: Queue, request: QueuedRequest, origin: string): Promise<EmulatedReply> => {
  const headers = { "x-fal-request-id": request.id }
  // Some clients ask for nothing but the result.
  if (request.status !== "COMPLETED") advance(queue, request)
  if (request.status === "CANCELED") return { status: 499, headers: { ...headers, ...canceledHeaders }, body: canceled }
  if (request.status !== "COMPLETED") return { status: 400, headers, body: { detail: "Request is still in progress" } }
  const { body, status } = await outcomeOf(queue, request, origin)
  return { status, headers, body }
}

/** Whoever still waits is taken out. A running model is told, and this one finishes all the same. */
export const cancelReply = (request: QueuedRequest): EmulatedReply => {
  if (request.status === "COMPLETED" || request.status === "CANCELED")
    return { status: 400, body: { status: "ALREADY_COMPLETED" } }
  if (request.status === "IN_QUEUE") request.status = "CANCELED"
  return { status: 202, body: { status: "CANCELLATION_REQUESTED" } }
}

const advance = ({ held, pace }: Queue, request: QueuedRequest): void => {
  request.polls += 1
  if (request.status === "IN_QUEUE" && held !== "IN_QUEUE" && request.polls > pace.queued)
    request.status = "IN_PROGRESS"
  const isDone = request.polls > pace.queued + pace.running
  if (request.status === "IN_PROGRESS" && held !== "IN_PROGRESS" && isDone && !request.isEndless)
    request.status = "COMPLETED"
}

const outcomeOf = (queue: Queue, request: QueuedRequest, origin: string): Promise<Outcome> => {
  request.outcome ??= work(queue, request, origin)
  return request.outcome
}

const work = async (queue: Queue, request: QueuedRequest, origin: string): Promise<Outcome> => {
  const outcome = request.isFlagged ? flagged(request) : await perform(request, origin, queue.fetchInput)
  for (const file of outcome.files) queue.files.set(file.name, file)
  return outcome
}
