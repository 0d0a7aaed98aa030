import { setTimeout as later } from "node:timers/promises"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import type { EmulatedCall, EmulatedReply, FaultSwitch } from "./Emulator.ts"

/** What the emulators of providers with this wire format share: one paid request, one JSON answer. */
export interface PaidState {
  readonly faults: FaultSwitch
  accepted: number
}

/** The faults of a paid request, in the order in which they would strike; `reply` is made after it was taken. */
export const paid = async (
  state: PaidState,
  content: EmulatedReply,
  reply: () => Promise<EmulatedReply>,
  /** Outputs by URL break off where they are fetched. */
  isInline = true
): Promise<EmulatedReply> => {
  const { faults } = state
  if (faults.take("content") !== null) return content
  state.accepted += 1
  const slow = faults.take("slow")
  if (slow !== null) await later(slow.millis)
  if (faults.take("endless") !== null) return new Promise(() => {})
  const made = await reply()
  if (faults.take("drop") !== null) return { ...made, breakAfter: 0 }
  if (isInline && faults.take("truncated") !== null) {
    const text = JSON.stringify(made.body)
    return { ...made, body: text, headers: { "content-type": "application/json" }, breakAfter: text.length >> 1 }
  }
  return made
}

/** The refusal of the fault switch, in the provider's own words; null when it is off. */
export const refused = (faults: FaultSwitch, body: (status: number) => Schema.Json): EmulatedReply | null => {
  const refuse = faults.take("refuse")
  if (refuse === null) return null
  const { retryAfterSeconds, status } = refuse
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": `${retryAfterSeconds}` }
  return { status, headers, body: body(status) }
}

export const openAiError = (
  status: number,
  message: string,
  {
    code = null,
    param = null,
    type = "invalid_request_error"
  }: Partial<Record<"code" | "param" | "type", string | null>> = {}
): EmulatedReply => ({ status, body: { error: { message, type, param, code } } })

export const bearerOf = (call: EmulatedCall): string =>
  /^Bearer (.*)$/u.exec(call.headers.authorization ?? "")?.[1] ?? ""

export type Fields = { readonly [name: string]: unknown }

/** Null for a body that is no JSON object. */
export const jsonOf = ({ body }: EmulatedCall): Fields | null => {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(body))
    return Predicate.isObject(json) ? Object.fromEntries(Object.entries(json)) : null
  } catch {
    return null
  }
}

export interface Part {
  readonly name: string
  /** Null for a plain field. */
  readonly fileName: string | null
  readonly type: string
  readonly bytes: Buffer
}

/** The parts of a multipart body (RFC 7578); null for a body that is none, or that does not end. */
export const partsOf = ({ body, headers }: EmulatedCall): ReadonlyArray<Part> | null => {
  const boundary = /^multipart\/form-data;\s*boundary="?([^";]+)"?/iu.exec(headers["content-type"] ?? "")?.[1]
  const pieces = boundary === undefined ? [] : Buffer.from(body).toString("latin1").split(`--${boundary}`)
  if (pieces.length < 2 || pieces.at(-1)?.trim() !== "--") return null
  return pieces.slice(1, -1).flatMap((piece) => {
    const end = piece.indexOf("\r\n\r\n")
    const head = Buffer.from(piece.slice(0, end), "latin1").toString()
    const name = /[;\s]name="([^"]*)"/iu.exec(head)?.[1]
    const type = /^content-type:\s*(\S+)/imu.exec(head)?.[1] ?? "text/plain"
    const fileName = /filename="([^"]*)"/iu.exec(head)?.[1] ?? null
    return name === undefined ? [] : [{ name, fileName, type, bytes: Buffer.from(piece.slice(end + 4, -2), "latin1") }]
  })
}

export const html = new TextEncoder().encode("<!doctype html><title>Oops</title><p>This is no picture.")

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

/** What goes out for the pictures that were made: some faults put others in their place. */
export const delivered = (faults: FaultSwitch, made: ReadonlyArray<Uint8Array>): ReadonlyArray<Uint8Array> => {
  if (faults.take("wrong_type") !== null) return made.map(() => html)
  return faults.take("duplicate") === null ? made : [...made, ...made.slice(0, 1)]
}
