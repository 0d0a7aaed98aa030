import type { ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import { MediaProviderError } from "@image-skill/core/media/MediaProvider"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

/** What a provider says about its own refusal. */
export interface ErrorBody {
  readonly code: string | null
  readonly message: string | null
  /** Its content policy said no. */
  readonly isContent: boolean
}

/** Null for a body that is no error of this provider. */
export type ErrorReader = (json: Schema.Json) => ErrorBody | null

export interface ErrorAnswer {
  readonly provider: string
  readonly status: number
  readonly retryAfterMillis: number | null
  readonly bytes: Uint8Array
  readonly isPaid: boolean
  readonly readError: ErrorReader
  /** A code that has any of it is not repeated, such as the key and the prompt. */
  readonly hidden: ReadonlyArray<string>
}

export const failure = (
  provider: string,
  reason: MediaProviderError["reason"],
  message: string,
  retryAfterMillis: number | null = null
): MediaProviderError =>
  new MediaProviderError({ provider, reason, message, ...(retryAfterMillis === null ? {} : { retryAfterMillis }) })

/** What an answer that is no success means. A paid request is `unknown` unless the provider itself says that it did nothing. */
export const refusal = (answer: ErrorAnswer): MediaProviderError => {
  const { hidden, provider, retryAfterMillis, status } = answer
  const body = Option.getOrNull(Option.map(parse(new TextDecoder().decode(answer.bytes)), answer.readError))
  const reason = reasonOf(answer, body)
  return failure(
    provider,
    reason,
    `${openings[reason]} ${told(status, body?.code ?? null, [provider, ...hidden])}`,
    retryAfterMillis
  )
}

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Json))

const reasonOf = ({ isPaid, status }: ErrorAnswer, body: ErrorBody | null): MediaProviderError["reason"] => {
  if (status >= 400 && status < 500 && body?.isContent === true) return "content_refused"
  if (status === 429 || status === 402 || status === 425) return "unavailable"
  if (!isPaid) return status >= 400 && status < 500 && !isPassing.has(status) ? "rejected" : "unavailable"
  // A proxy before the provider answers so, too, and may have passed the request on.
  if ([408, 500, 503, 529].includes(status)) return body === null ? "unknown" : "unavailable"
  return status >= 400 && status < 500 ? "rejected" : "unknown"
}

/** They say something about this call, and nothing about the work that it asks after. */
const isPassing = new Set([401, 403, 404, 408, 410])

const openings: { readonly [R in MediaProviderError["reason"]]: string } = {
  content_refused: "the content policy of the provider refused the request",
  rejected: "the provider rejected the request",
  unavailable: "the provider did not take the request",
  unknown: "the provider answered without saying whether it took the request"
}

/**
 * The status and the short code of an answer. Of the provider's words nothing is told, which may name it, its model and
 * what it was sent; nor of a code that is no single word or has any of `hidden` in it.
 */
export const told = (status: number, code: string | null, hidden: ReadonlyArray<string>): string => {
  const lower = code?.toLowerCase() ?? ""
  const isHidden = hidden.some((secret) => secret.length > 2 && lower.includes(secret.toLowerCase()))
  return /^[a-z][a-z0-9_]{0,47}$/u.test(lower) && !isHidden ? `(HTTP ${status}, ${code})` : `(HTTP ${status})`
}

/** An input that is gone or damaged stays so; all else may pass. Nothing was sent. */
export const inputFailure =
  (provider: string) =>
  ({ reason }: Pick<ArtifactStoreFailed, "reason">): MediaProviderError =>
    reason === "missing" || reason === "damaged"
      ? failure(provider, "rejected", `an input is ${reason === "missing" ? "gone" : reason}; nothing was sent`)
      : failure(provider, "unavailable", `an input could not be read (${reason}); nothing was sent`)

/**
 * The shapes that most providers use: `{error: {message, code, type}}`, `{error: "...", code}`, `{detail: "..."}`,
 * `{detail: [{msg, loc, type}]}` and `{title, detail}`, `{message}`.
 */
export const readError: ErrorReader = (json) => {
  if (!Predicate.isObject(json)) return null
  const nested = Predicate.isObject(fieldOf(json, "error")) ? fieldOf(json, "error") : json
  const entry = firstOf(fieldOf(json, "detail"))
  const code = textAt(nested, "code") ?? textAt(nested, "type") ?? textAt(nested, "status") ?? textAt(entry, "type")
  const message =
    textAt(nested, "message") ??
    textAt(json, "error") ??
    textAt(json, "detail") ??
    located(entry) ??
    textAt(json, "title") ??
    textAt(json, "message")
  return code === null && message === null ? null : { code, message, isContent: isContent(code, message) }
}

/** Whether the words are those of a content policy, and not of a parameter that is named after one. */
export const isContent = (code: string | null, message: string | null): boolean =>
  /moderat|content_?policy|content_?filter|content_?violation|policy_violation|nsfw|safety(?!_?tolerance|_?checker)/iu.test(
    code ?? ""
  ) ||
  /content (?:policy|moderat|filter)|safety (?:system|filter|polic|guideline)|usage (?:polic|guideline)|moderat(?:ed|ion (?:system|check|fail|block|filter))|\bflagged\b|\bnsfw\b|violat\w* .{0,40}(?:polic|guideline)|prohibited content/iu.test(
    message ?? ""
  )

const located = (entry: unknown): string | null => {
  const message = textAt(entry, "msg")
  const place = fieldOf(entry, "loc")
  return message === null || !Array.isArray(place) ? message : `${place.map(String).join(".")}: ${message}`
}

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : null)

/** The field of a value that may be anything. */
export const fieldOf = (value: unknown, name: string): unknown =>
  Predicate.hasProperty(value, name) ? value[name] : undefined

/** The same where it is text that is not empty, or a number in digits. */
export const textAt = (value: unknown, name: string): string | null => {
  const found = fieldOf(value, name)
  if (typeof found === "number") return `${found}`
  return typeof found === "string" && found.trim() !== "" ? found : null
}

/** Whether a connection failed before a byte of the request left this machine. */
export const sentNothing = (cause: unknown, depth = 0): boolean => {
  if (depth > 4) return false
  const all = fieldOf(cause, "errors")
  if (Array.isArray(all) && all.length > 0) return all.every((one) => sentNothing(one, depth + 1))
  const code = textAt(cause, "code") ?? ""
  const call = textAt(cause, "syscall") ?? ""
  if (call === "connect" || call.startsWith("getaddrinfo") || beforeSending.has(code)) return true
  const inner = fieldOf(cause, "cause")
  return inner !== undefined && inner !== null && sentNothing(inner, depth + 1)
}

/** Names that were not resolved, connections that were not made, certificates that were not trusted. */
const beforeSending = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "ERR_INVALID_URL",
  "ERR_INVALID_CHAR",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
])
