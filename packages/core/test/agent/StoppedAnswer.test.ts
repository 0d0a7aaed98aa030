import { assert, describe, it } from "@effect/vitest"
import { agentOperationIds, agentOperationOf } from "@image-skill/core/agent/AgentOperations"
import { nextTools } from "@image-skill/core/agent/NextTool"
import { type CallFacts, factsAfter, notAsked, stoppedAnswer } from "@image-skill/core/agent/StoppedAnswer"
import { jsonField } from "@image-skill/core/envelope/JsonFields"

const body = { payment_attempt_id: "payatt_0123456789abcdefghjkmnpqrs", prompt: "a red fox" }

const stopped = (id: (typeof agentOperationIds)[number], facts: CallFacts) =>
  stoppedAnswer({ id, body, facts, traceId: "trace_0000000000000001" }).envelope

const asked: CallFacts = { ...notAsked, isAsked: true }
const submitted = factsAfter(asked, { type: "submitted", idempotencyKey: "fox-1" })
const running = factsAfter(submitted, { type: "job", jobId: "job_0123456789abcdefghjk", status: "running" })

describe("a call whose caller stopped waiting", () => {
  it("has done nothing before it was asked, and may have done it afterwards, unless it only reads", () => {
    for (const id of agentOperationIds) {
      const { effect } = agentOperationOf(id)
      assert.deepInclude(stopped(id, notAsked).error, { code: "INTERRUPTED", outcome: "not_sent", money_moved: "no" })
      const outcome = effect === "read" ? "not_sent" : "unknown"
      assert.deepInclude(stopped(id, asked).error, { outcome, money_moved: "no" }, id)
    }
  })

  it("leaves open whether money moved once something was sent that costs", () => {
    for (const id of ["create", "edit", "creditsSettle"] as const) {
      assert.deepInclude(stopped(id, submitted).error, { outcome: "unknown", money_moved: "unknown" })
    }
  })

  it("names a step that only looks, in few words", () => {
    for (const id of agentOperationIds)
      for (const facts of [notAsked, asked, submitted, running]) {
        const envelope = stopped(id, facts)
        const [next] = nextTools(envelope)
        assert.isDefined(next, id)
        // To settle again looks first, and never pays twice.
        if (next.tool !== "credits_settle") assert.strictEqual(next.effect, "read", id)
        assert.isAtMost(JSON.stringify(envelope).length, 1_600, id)
      }
    assert.deepInclude(nextTools(stopped("create", running))[0], { tool: "jobs_wait" })
    assert.strictEqual(jsonField(jsonField(stopped("create", running).error, "recovery"), "idempotency_key"), "fox-1")
    assert.deepInclude(nextTools(stopped("creditsSettle", submitted))[0], { tool: "credits_settle" })
  })
})
