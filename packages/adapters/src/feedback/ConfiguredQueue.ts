import type { Digest } from "@image-skill/core/envelope/Digest"
import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import { FeedbackQueue } from "@image-skill/core/feedback/FeedbackQueue"
import type { HttpTransport } from "@image-skill/core/service/HttpTransport"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as GitHubFeedbackQueue from "./GitHubFeedbackQueue.ts"

/**
 * The issue queue that an operator's variables name: none without `IMAGE_SKILL_FEEDBACK_REPO` (`OWNER/REPO`), a dry run
 * with it, and live only with `IMAGE_SKILL_FEEDBACK_GITHUB_TOKEN` and `IMAGE_SKILL_FEEDBACK_MODE=live` beside it.
 * `IMAGE_SKILL_FEEDBACK_GITHUB_BASE_URL` is for GitHub Enterprise; plain http is for this machine only.
 */
export const configured = (
  variable: (name: string) => string | null
): Layer.Layer<FeedbackQueue, never, HttpTransport | Digest> => {
  const repository = variable("IMAGE_SKILL_FEEDBACK_REPO")
  if (repository === null || !/^[\w.-]+\/[\w.-]+$/u.test(repository)) return FeedbackQueue.none
  const token = variable("IMAGE_SKILL_FEEDBACK_GITHUB_TOKEN")
  const baseUrl = variable("IMAGE_SKILL_FEEDBACK_GITHUB_BASE_URL") ?? "https://api.github.com"
  const isLive = variable("IMAGE_SKILL_FEEDBACK_MODE") === "live" && token !== null && isTrusted(baseUrl)
  return isLive
    ? GitHubFeedbackQueue.live({ repository, token: Redacted.make(token, { label: "github token" }), baseUrl })
    : GitHubFeedbackQueue.dryRun
}

const isTrusted = (baseUrl: string): boolean => {
  const url = parseUrl(baseUrl)
  return url !== null && (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname)))
}

const isLoopback = (host: string): boolean => host === "localhost" || host === "[::1]" || host.startsWith("127.")
