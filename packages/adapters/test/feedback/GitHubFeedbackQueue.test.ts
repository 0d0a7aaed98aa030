import { assert, describe, it } from "@effect/vitest"
import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import { configured } from "@image-skill/adapters/feedback/ConfiguredQueue"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import type { Feedback } from "@image-skill/core/feedback/Feedback"
import { FeedbackQueue } from "@image-skill/core/feedback/FeedbackQueue"
import { feedback } from "@image-skill/testing/feedback/FeedbackSample"
import { loopback } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type GitHub, gitHub } from "./GitHub.ts"

const variables = (origin: string) => ({
  IMAGE_SKILL_FEEDBACK_REPO: "acme/reports",
  IMAGE_SKILL_FEEDBACK_MODE: "live",
  IMAGE_SKILL_FEEDBACK_GITHUB_TOKEN: "ghp_CANARY0123456789abcdef",
  IMAGE_SKILL_FEEDBACK_GITHUB_BASE_URL: origin
})

const queueOf = (given: { readonly [name: string]: string }) =>
  Effect.provide(
    Effect.map(FeedbackQueue, (queue) => queue),
    configured((name) => given[name] ?? null).pipe(
      Layer.provide(Layer.merge(NodeHttpTransport.layer, NodeDigest.layer))
    )
  )

/** A queue over a GitHub of this machine. */
const world = Effect.gen(function* () {
  const hub: GitHub = gitHub()
  const { arrived, origin } = yield* loopback(hub.answer)
  const queue = yield* queueOf(variables(origin))
  return { arrived, hub, origin, handOver: (report: Feedback) => queue.handOver(report), queue }
})

const url = (number: number) => `https://github.com/acme/reports/issues/${number}`

describe("GitHubFeedbackQueue", () => {
  it.effect("opens an issue for the first report of a thing, and comments it for the others", () =>
    Effect.gen(function* () {
      const { arrived, handOver, hub } = yield* world
      const first = yield* handOver(feedback("one", { dedupeKey: "same" }))
      assert.deepStrictEqual(first, {
        state: "promoted",
        reason: "new_actionable_signal",
        issueUrls: [url(1)],
        issueNumbers: [1],
        mode: "live",
        githubMutation: "issue_created"
      })
      const second = yield* handOver(feedback("two", { dedupeKey: "same" }))
      assert.deepStrictEqual(second, {
        ...first,
        state: "deduped",
        reason: "same_dedupe_key",
        githubMutation: "comment_added"
      })
      const other = yield* handOver(feedback("three", { dedupeKey: "other" }))
      assert.deepStrictEqual([other.state, other.issueNumbers], ["promoted", [2]])
      assert.deepStrictEqual(
        hub.issues.map(({ comments }) => comments.length),
        [1, 0]
      )
      for (const { headers, path } of arrived) {
        assert.isTrue(path.startsWith("/repos/acme/reports/issues"), path)
        assert.strictEqual(headers.authorization, "Bearer ghp_CANARY0123456789abcdef")
      }
    })
  )

  it.effect("finds what it made before an answer was lost, as an issue and as a comment", () =>
    Effect.gen(function* () {
      const { handOver, hub } = yield* world
      const [first, second] = [feedback("lost", { dedupeKey: "same" }), feedback("again", { dedupeKey: "same" })]
      for (const report of [first, second]) {
        hub.loseNextAnswer()
        const failure = yield* Effect.flip(handOver(report))
        assert.match(failure.reason, /^http_/u)
        const found = yield* handOver(report)
        assert.deepStrictEqual(found, {
          state: "already_mirrored",
          reason: "found_by_its_marker",
          issueUrls: [url(1)],
          issueNumbers: [1],
          mode: "live",
          githubMutation: "none"
        })
      }
      assert.deepStrictEqual(
        hub.issues.map(({ comments }) => comments.length),
        [1]
      )
    })
  )

  it.effect("finds its own issue even where labels were dropped", () =>
    Effect.gen(function* () {
      const { handOver, hub } = yield* world
      hub.dropLabels()
      yield* handOver(feedback("unlabelled"))
      assert.strictEqual((yield* handOver(feedback("unlabelled"))).state, "already_mirrored")
      assert.lengthOf(hub.issues, 1)
    })
  )

  it.effect("is blocked by what will not pass, and asks again after what may", () =>
    Effect.gen(function* () {
      const { handOver, hub } = yield* world
      for (const status of [401, 404, 410, 422, 403]) {
        hub.refuseWith(status)
        const outcome = yield* handOver(feedback(`refused_${status}`))
        assert.deepStrictEqual([outcome.state, outcome.reason], ["blocked", `refused_${status}`])
      }
      for (const status of [429, 500, 503]) {
        hub.refuseWith(status)
        assert.strictEqual((yield* Effect.flip(handOver(feedback("later")))).reason, `http_${status}`)
      }
      hub.refuseWith(403, { "x-ratelimit-remaining": "0" })
      assert.strictEqual((yield* Effect.flip(handOver(feedback("later")))).reason, "http_403")
      hub.refuseWith(200)
      assert.strictEqual((yield* Effect.flip(handOver(feedback("later")))).reason, "answer_not_understood")
    })
  )

  it.effect("shows a report in fences that it cannot leave, and no inbox", () =>
    Effect.gen(function* () {
      const { handOver, hub } = yield* world
      const { texts } = feedback("hostile")
      const body = "@everyone see #1\n```\n</details><script>alert(1)</script>\n````` ask joe@studio.example"
      yield* handOver(feedback("hostile", { texts: { ...texts, title: "a\nb <!-- c -->", body }, type: "x|y`z" }))
      const [issue] = hub.issues
      assert.strictEqual(issue?.title, "[x|y`z] a b <!-- c -->")
      assert.include(issue?.body, `\`\`\`\`\`\`text\n${body.replace("joe@studio.example", "[inbox]")}\n\`\`\`\`\`\``)
      assert.include(issue?.body, "| type | `x?y?z` |")
      assert.notInclude(issue?.body, "joe@studio.example")
    })
  )

  it.effect("is live only with a repository, a token and the word for it, and else asks nobody", () =>
    Effect.gen(function* () {
      const { arrived, origin } = yield* world
      const all = variables(origin)
      const dry = [
        { ...all, IMAGE_SKILL_FEEDBACK_MODE: "dry_run" },
        { ...all, IMAGE_SKILL_FEEDBACK_MODE: "" },
        { IMAGE_SKILL_FEEDBACK_REPO: "acme/reports" },
        { IMAGE_SKILL_FEEDBACK_REPO: "acme/reports", IMAGE_SKILL_FEEDBACK_MODE: "live" },
        { ...all, IMAGE_SKILL_FEEDBACK_GITHUB_BASE_URL: "http://hub.example" }
      ]
      for (const given of dry) {
        const queue = yield* queueOf(given)
        assert.strictEqual(queue.mode, "dry_run")
        const outcome = yield* queue.handOver(feedback("dry"))
        assert.deepStrictEqual(outcome, {
          state: "promoted",
          reason: "new_actionable_signal",
          issueUrls: [],
          issueNumbers: [],
          mode: "dry_run",
          githubMutation: "none"
        })
        assert.strictEqual((yield* queue.handOver(feedback("dry", { duplicateOf: "sig_1" }))).state, "deduped")
      }
      for (const repository of ["", "reports", "a/b/c", "https://github.com/a/b"]) {
        const queue = yield* queueOf({ ...all, IMAGE_SKILL_FEEDBACK_REPO: repository })
        assert.isNull(queue.mode, repository)
      }
      assert.lengthOf(arrived, 0)
    })
  )
})
