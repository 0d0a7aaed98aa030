import { Digest } from "@image-skill/core/envelope/Digest"
import type { Feedback } from "@image-skill/core/feedback/Feedback"
import { FeedbackQueue, type QueueOutcome, QueueUnreachable } from "@image-skill/core/feedback/FeedbackQueue"
import { without } from "@image-skill/core/feedback/Promotion"
import { type HttpReply, HttpTransport } from "@image-skill/core/service/HttpTransport"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { bodyOf, markerOf, titleOf } from "./GitHubIssueText.ts"

export interface GitHubSettings {
  /** `OWNER/REPO`. */
  readonly repository: string
  /** May write issues and their labels. */
  readonly token: Redacted.Redacted
  readonly baseUrl: string
}

/** What would be done, without a request to anybody: within an organization it is known which report was the first. */
export const dryRun: Layer.Layer<FeedbackQueue> = Layer.sync(FeedbackQueue, () =>
  FeedbackQueue.of({
    mode: "dry_run",
    handOver: ({ duplicateOf }) =>
      Effect.succeed(
        duplicateOf === null
          ? without("promoted", reasons.isNew, "dry_run")
          : without("deduped", reasons.isKnown, "dry_run")
      )
  })
)

/**
 * Feedback as issues of a GitHub repository (docs.github.com/rest/issues). Reports under one dedupe key share an issue:
 * the first opens it, later ones become comments. The issue is found again by a label made of the key, and a report by
 * the marker in its text; both are read from lists, which know at once what was written.
 */
export const live = (settings: GitHubSettings): Layer.Layer<FeedbackQueue, never, HttpTransport | Digest> =>
  Layer.effect(
    FeedbackQueue,
    Effect.gen(function* () {
      const digest = yield* Digest
      const { get, post } = clientOf(settings, yield* HttpTransport)

      /** Something of these, as far as `pages` reach, in which the report stands. */
      const holder = Effect.fnUntraced(function* (path: string, marker: string) {
        for (let page = 1; page <= pages; page += 1) {
          const posts = yield* get(`${path}&per_page=${pageSize}&page=${page}`)
          const found = posts.find(({ body }) => body?.includes(marker) === true)
          if (found !== undefined || posts.length < pageSize) return found
        }
        return undefined
      })

      const mirrored = Effect.fnUntraced(function* (feedback: Feedback, known: ReadonlyArray<Post>) {
        const [marker, since] = [markerOf(feedback), encodeURIComponent(feedback.createdAt)]
        const issue =
          known.find(({ body }) => body?.includes(marker) === true) ??
          (yield* holder(`/issues?state=all&sort=created&direction=desc&since=${since}`, marker))
        if (issue !== undefined) return issue
        for (const candidate of known) {
          const comment = yield* holder(`/issues/${candidate.number ?? 0}/comments?since=${since}`, marker)
          if (comment !== undefined) return candidate
        }
        return undefined
      })

      const handOver = Effect.fn("GitHubFeedbackQueue.handOver")(function* (feedback: Feedback) {
        const label = `feedback-${(yield* digest.sha256(feedback.dedupeKey)).slice(0, 16)}`
        const known = yield* get(`/issues?state=all&labels=${label}&sort=created&direction=asc&per_page=${pageSize}`)
        const before = yield* mirrored(feedback, known)
        if (before !== undefined) return outcomeOf("already_mirrored", "found_by_its_marker", before, "none")
        const body = bodyOf(feedback)
        const issue = known.find(({ state }) => state === "open") ?? known.at(-1)
        if (issue === undefined) {
          const made = yield* post("/issues", { title: titleOf(feedback), body, labels: [label] })
          return outcomeOf("promoted", reasons.isNew, made, "issue_created")
        }
        yield* post(`/issues/${issue.number ?? 0}/comments`, { body })
        return outcomeOf("deduped", reasons.isKnown, issue, "comment_added")
      })

      return FeedbackQueue.of({
        mode: "live",
        handOver: (feedback) =>
          Effect.catchTag(handOver(feedback), "Refused", ({ status }) =>
            Effect.succeed(without("blocked", `refused_${status}`, "live"))
          )
      })
    })
  )

const reasons = { isNew: "new_actionable_signal", isKnown: "same_dedupe_key" }

const pageSize = 100
const pages = 5
const patience = Duration.seconds(20)
const largestAnswer = 16 * 1024 * 1024

/** GitHub does not want it, and asking again will not change that. */
class Refused extends Data.TaggedError("Refused")<{ readonly status: number }> {}

/** An issue or a comment; only issues have a number and a state. */
const Post = Schema.Struct({
  number: Schema.optionalKey(Schema.Number),
  html_url: Schema.String,
  state: Schema.optionalKey(Schema.String),
  body: Schema.optionalKey(Schema.NullOr(Schema.String))
})
type Post = typeof Post.Type

const decodePost = Schema.decodeUnknownEffect(Schema.fromJsonString(Post))
const decodePosts = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(Post)))

const outcomeOf = (
  state: QueueOutcome["state"],
  reason: string,
  { html_url: url, number }: Post,
  githubMutation: QueueOutcome["githubMutation"]
): QueueOutcome => ({
  state,
  reason,
  issueUrls: [url],
  issueNumbers: number === undefined ? [] : [number],
  mode: "live",
  githubMutation
})

const clientOf = ({ baseUrl, repository, token }: GitHubSettings, transport: HttpTransport["Service"]) => {
  const ask = Effect.fnUntraced(function* (method: "GET" | "POST", path: string, body: Schema.Json | null) {
    const reply = yield* transport
      .send({
        method,
        url: `${baseUrl.replace(/\/$/u, "")}/repos/${repository}${path}`,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${Redacted.value(token)}`,
          "user-agent": "image-skill-feedback",
          "x-github-api-version": "2022-11-28",
          ...(body === null ? {} : { "content-type": "application/json" })
        },
        body: body === null ? null : JSON.stringify(body),
        timeout: patience,
        maxBytes: largestAnswer
      })
      .pipe(Effect.mapError(({ reason }) => new QueueUnreachable({ reason: `http_${reason}` })))
    if (reply.status >= 200 && reply.status < 300) return reply.text
    return yield* isPassing(reply)
      ? new QueueUnreachable({ reason: `http_${reply.status}` })
      : new Refused({ status: reply.status })
  })
  return {
    get: (path: string) => Effect.flatMap(ask("GET", path, null), (text) => Effect.mapError(decodePosts(text), odd)),
    post: (path: string, body: Schema.Json) =>
      Effect.flatMap(ask("POST", path, body), (text) => Effect.mapError(decodePost(text), odd))
  }
}

/** Too many requests, which GitHub also says by 403 (docs.github.com/rest: rate limits), or a fault of its own. */
const isPassing = ({ headers, status }: HttpReply): boolean =>
  status === 429 ||
  status >= 500 ||
  (status === 403 && (headers["x-ratelimit-remaining"] === "0" || headers["retry-after"] !== undefined))

const odd = (): QueueUnreachable => new QueueUnreachable({ reason: "answer_not_understood" })
