import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import { dryRun, live } from "@image-skill/adapters/feedback/GitHubFeedbackQueue"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import { FeedbackQueue } from "@image-skill/core/feedback/FeedbackQueue"
import { suite } from "@image-skill/testing/feedback/FeedbackQueueSuite"
import { loopback } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { gitHub } from "./GitHub.ts"

const self = Effect.map(FeedbackQueue, (queue) => queue)

suite(
  "GitHub",
  Effect.gen(function* () {
    const hub = gitHub()
    const { origin } = yield* loopback(hub.answer)
    const settings = { repository: "acme/reports", token: Redacted.make("ghp_of_nobody"), baseUrl: origin }
    const queue = yield* Effect.provide(
      self,
      live(settings).pipe(Layer.provide(Layer.merge(NodeHttpTransport.layer, NodeDigest.layer)))
    )
    return {
      queue,
      made: Effect.sync(() => hub.issues.reduce((sum, { comments }) => sum + 1 + comments.length, 0)),
      loseNextAnswer: Effect.sync(() => hub.loseNextAnswer()),
      unreachable: Effect.sync(() => hub.refuseWith(503))
    }
  })
)

suite(
  "dry run",
  Effect.map(Effect.provide(self, dryRun), (queue) => ({ queue, made: Effect.succeed(0) }))
)
