import { assert, describe, it } from "@effect/vitest"
import * as NodeSecretBytes from "@image-skill/adapters/envelope/NodeSecretBytes"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import { conforms, judge, reportOf, summaryOf } from "@image-skill/core/conformance/Judgement"
import { rulebook } from "@image-skill/core/conformance/Rulebook"
import { Ids } from "@image-skill/core/envelope/Ids"
import * as ConformanceRulesSuite from "@image-skill/testing/service/ConformanceRulesSuite"
import { type Answering, answering, brokenOff, loopback, withoutEnd } from "@image-skill/testing/service/Loopback"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { served } from "./Compositions.ts"

ConformanceRulesSuite.suite(
  "the product's own server",
  Effect.map(served, ({ apiBaseUrl }) => apiBaseUrl),
  // Its embedded models cost nothing.
  { mayBeSkipped: ["A6.4-guard"] }
)

const world = Layer.merge(NodeHttpTransport.layer, Layer.provide(Ids.layer, NodeSecretBytes.layer))

const limits = {
  patience: Duration.millis(100),
  overall: Duration.seconds(5),
  maxBytes: 65_536,
  requests: 40,
  silence: 3
}

/** Services that are no services. */
const hostile: ReadonlyArray<readonly [name: string, answer: Answering]> = [
  ["never answers", () => {}],
  ["never ends", withoutEnd],
  ["breaks off in the middle", brokenOff],
  ["hangs up", (response) => void response.destroy()],
  ["leads elsewhere", answering(302, "", { location: "https://conformance.example/" })],
  ["sends a head without a body", (response) => response.writeHead(200, { "content-length": "1000" }).flushHeaders()],
  ["sends pages", answering(200, "<html>\u001b]0;evil\u0007 It works!</html>", { "content-type": "text/html" })],
  ["sends nothing", answering(200)],
  ["fails", answering(500, "Internal Server Error")],
  ["sends JSON of another form", answering(200, '[{"ok": true}]', { "content-type": "application/json" })],
  ["sends JSON that is nested too deep", answering(200, "[".repeat(20_000) + "]".repeat(20_000))],
  ["says yes to everything", answering(200, '{"ok":true,"data":{"token":"x y","methods":7,"models":[[]]}}')],
  ["limits everybody", answering(429, "slow down")]
]

describe("a run over a service that is none", () => {
  it.live.each(hostile)("ends and says so, where it %s", ([, answer]) =>
    Effect.gen(function* () {
      const { arrived, origin } = yield* loopback(answer)
      const judgement = yield* judge(rulebook, { origin, token: null, spend: false, limits })
      assert.isFalse(conforms(judgement))
      assert.lengthOf(judgement.verdicts, rulebook.flatMap(({ rules }) => rules).length)
      assert.isAtMost(arrived.length, limits.requests)
      const report = JSON.stringify(reportOf(judgement, true))
      assert.notMatch(report, /[\p{Cc}\p{Cf}]/u)
      for (const { outcome } of judgement.verdicts) {
        if (outcome._tag === "Failed") assert.isAtMost(outcome.got.length, 120)
      }
      assert.isAtMost(JSON.stringify(summaryOf(judgement)).length, 1_100)
    }).pipe(Effect.scoped, Effect.provide(world))
  )
})
