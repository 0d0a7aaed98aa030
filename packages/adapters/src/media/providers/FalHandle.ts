import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import { wire } from "@image-skill/core/envelope/Wire"
import * as Schema from "effect/Schema"
import type { Queued } from "./FalAnswers.ts"

/** Finds a request again: the addresses that fal gave, since one with a sub-path is not polled below that. */
export const FalHandle = wire({
  requestId: Schema.String,
  statusUrl: Schema.String,
  responseUrl: Schema.String,
  cancelUrl: Schema.String
})
export type FalHandle = typeof FalHandle.Type

/**
 * The handle of a request that was just taken. An address that is missing or not the provider's own is replaced by the
 * documented one, so that a request that may be billed is never lost; null where its id cannot stand in an address.
 */
export const handleOf = (queueUrl: string, path: string, queued: typeof Queued.Type): FalHandle | null => {
  const { cancelUrl, requestId, responseUrl, statusUrl } = queued
  if (!/^[\w-]{1,128}$/u.test(requestId)) return null
  const [, owner = "", app = ""] = path.split("/")
  const documented = `${queueUrl.replace(/\/+$/u, "")}/${owner}/${app}/requests/${requestId}`
  const own = (url: string | null | undefined, otherwise: string) =>
    typeof url === "string" && originOf(queueUrl, url) !== null ? url : otherwise
  return {
    requestId,
    statusUrl: own(statusUrl, `${documented}/status`),
    responseUrl: own(responseUrl, documented),
    cancelUrl: own(cancelUrl, `${documented}/cancel`)
  }
}

/** The origin of an address to which the key may go: the configured one, or one of fal's own. Null for any other. */
export const originOf = (queueUrl: string, text: string): string | null => {
  const url = parseUrl(text)
  if (url?.username !== "" || url.password !== "") return null
  const isFal = url.origin === `https://${url.hostname}` && url.hostname.endsWith(".fal.run")
  return isFal || url.origin === parseUrl(queueUrl)?.origin ? url.origin : null
}
