import type { MediaProviderError } from "@image-skill/core/media/MediaProvider"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { failure, fieldOf, isContent, readError, refusal, sentNothing, textAt } from "./ProviderFailure.ts"
import { retryAfter } from "./ProviderHttp.ts"

/**
 * What an error of the AI SDK means. Only the request that carries the prompt is known to be the paid one: what an
 * answer to a later request says, of a model that polls within its call, leaves the paid one unknown.
 *
 * - `ended`: the provider itself says that the work ended so.
 */
export const callFailure = (
  provider: string,
  error: unknown,
  how: { readonly paid: boolean; readonly prompt: string | null; readonly ended?: boolean }
): Effect.Effect<MediaProviderError> =>
  Effect.gen(function* () {
    const { ended = false, paid, prompt } = how
    const hidden = prompt === null ? [] : [prompt]
    const message = textAt(error, "message")
    const status = fieldOf(error, "statusCode")
    if (typeof status === "number" && (!paid || carries(fieldOf(error, "requestBodyValues"), prompt)))
      return refusal({
        provider,
        status,
        retryAfterMillis: yield* retryAfter(headersOf(fieldOf(error, "responseHeaders"))),
        bytes: new TextEncoder().encode(textAt(error, "responseBody") ?? ""),
        isPaid: paid,
        readError,
        hidden
      })
    if (isContent(null, message))
      return failure(provider, "content_refused", "the content policy of the provider refused the request")
    if (ended) return failure(provider, "rejected", "the provider ended the request without an output")
    if (beforeSending.has(textAt(error, "name") ?? "") || isRefusedByFetch(error))
      return failure(provider, "rejected", "the provider's client refused the request before sending it")
    const isBlocked = textAt(fieldOf(error, "cause"), "message") === "bad port"
    const isUnsent = typeof status !== "number" && (isBlocked || sentNothing(error))
    if (isUnsent) return failure(provider, "unavailable", "the provider could not be reached")
    return failure(
      provider,
      paid ? "unknown" : "unavailable",
      "the call of the provider failed before its answer was read"
    )
  })

/** The SDK's own checks of what it is given, made before anything is sent. */
const beforeSending = new Set([
  "AI_InvalidArgumentError",
  "AI_InvalidPromptError",
  "AI_LoadAPIKeyError",
  "AI_LoadSettingError",
  "AI_NoSuchModelError",
  "AI_UnsupportedFunctionalityError"
])

/** `fetch` checks addresses and headers itself, and has no codes for what it finds. */
const isRefusedByFetch = (error: unknown): boolean => {
  const message = textAt(error, "message") ?? ""
  return error instanceof TypeError && /invalid header value|parse URL|invalid URL/iu.test(message)
}

/** Whether the prompt stands in the body; without a prompt, whether there is a body. */
const carries = (body: unknown, prompt: string | null): boolean => {
  if (typeof body === "string") return prompt === null || body.includes(prompt)
  if (Array.isArray(body)) return body.some((item) => carries(item, prompt))
  return Predicate.isObject(body) && Object.values(body).some((item: unknown) => carries(item, prompt))
}

const headersOf = (headers: unknown): { readonly [name: string]: string | undefined } => {
  const value = textAt(headers, "retry-after")
  return value === null ? {} : { "retry-after": value }
}
