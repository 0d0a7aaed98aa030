import { type OperationId, operationIds, operationOf } from "@image-skill/core/service/Operations"
import { checkName, OptionsInvalid } from "./ReadOptions.ts"

/** The one JSON object that answers everything (contract/cli.md 1.2), for programs that need no schema of it. */
export interface Envelope<Data = { readonly [name: string]: unknown }> {
  readonly ok: boolean
  readonly command: string
  readonly trace_id: string
  readonly actor: {
    readonly actor_type: string
    readonly actor_id: string
    readonly organization_id: string
    readonly claim_state: string
  } | null
  readonly data: Data
  readonly warnings: ReadonlyArray<string>
  readonly error: EnvelopeError | null
}

export interface EnvelopeError {
  readonly code: string
  readonly message: string
  readonly retryable: boolean
  readonly outcome: "not_sent" | "rejected" | "succeeded" | "unknown"
  readonly money_moved: "no" | "yes" | "unknown"
  readonly recovery?: { readonly [name: string]: unknown }
  readonly details?: { readonly [name: string]: unknown }
}

/** Its frame is looked at; `Data` is the test's own word. */
export const isEnvelope = <Data>(value: unknown): value is Envelope<Data> =>
  typeof value === "object" &&
  value !== null &&
  "ok" in value &&
  typeof value.ok === "boolean" &&
  "trace_id" in value &&
  "error" in value

/** The HTTP request of an operation; its fields are those of the contract, in snake_case. */
export const requestOf = (
  baseUrl: string,
  id: OperationId,
  fields: { readonly [name: string]: unknown },
  token: string | null
): Request => {
  checkName("operation", id, operationIds)
  if (id === "uploadStream")
    throw new OptionsInvalid("uploadStream has a body that is no JSON: send PUT /v1/uploads with fetch")
  const { method, path } = operationOf(id)
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/gu)].map((match) => match[1] ?? ""))
  const target = path.replaceAll(/\{(\w+)\}/gu, (_, name: string) => encodeURIComponent(textOf(fields[name], id, name)))
  const rest = Object.entries(fields).filter(([name]) => !inPath.has(name))
  const url = new URL(target, baseUrl)
  const carriesBody = method === "POST" || method === "PUT"
  if (!carriesBody) for (const [name, value] of rest) url.searchParams.set(name, textOf(value, id, name))
  return new Request(url, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(carriesBody ? { "content-type": "application/json" } : {})
    },
    ...(carriesBody ? { body: JSON.stringify(Object.fromEntries(rest)) } : {})
  })
}

const textOf = (value: unknown, id: string, name: string): string => {
  if (typeof value === "string") return value
  if (typeof value === "number" || typeof value === "boolean") return `${value}`
  throw new OptionsInvalid(`${id}: ${name} must be text, a number or a boolean, and is ${JSON.stringify(value)}`)
}
