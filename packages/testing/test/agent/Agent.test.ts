import { assert, describe, it } from "@effect/vitest"
import { Agent } from "@image-skill/core/agent/Agent"
import { type AgentOperationId, agentOperationIds, toolNameOf } from "@image-skill/core/agent/AgentOperations"
import { agentTools } from "@image-skill/core/agent/AgentTools"
import { nextTool, nextTools } from "@image-skill/core/agent/NextTool"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import * as MemoryAgent from "@image-skill/testing/agent/MemoryAgent"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"

const refusals: ReadonlyArray<readonly [AgentOperationId, Schema.Json]> = [
  ["guide", { prompt: 7 }],
  ["create", "not JSON"],
  ["create", { stripe_secret: "none" }],
  ["creditsPlan", { credits: 0 }],
  ["creditsQuote", {}],
  ["jobsWait", {}],
  ["upload", { input: "a.png" }],
  ["assetsGet", {}]
]

const here = Effect.provide(MemoryAgent.layer())

describe("an agent at a service", () => {
  it.effect("goes from nothing to a picture by the tools that each answer names", () =>
    Effect.gen(function* () {
      const { ask } = yield* Agent
      const first = yield* ask("guide", { prompt: "a red fox in the snow" })
      const [signup] = nextTools(first.envelope)
      assert.deepInclude(signup, { tool: "signup", effect: "write" })
      const signed = yield* ask("signup", signup?.arguments ?? {})
      assert.isTrue(signed.envelope.ok, JSON.stringify(signed.envelope.error))
      assert.isNull(jsonField(signed.envelope.data, "token"))
      assert.strictEqual(nextTools(signed.envelope)[0]?.tool, "guide")
      const ready = yield* ask("guide", { prompt: "a red fox in the snow" })
      const [create] = nextTools(ready.envelope)
      assert.deepInclude(create, { tool: "create", effect: "spend", needs: [] })
      const made = yield* ask("create", create?.arguments ?? {})
      assert.strictEqual(textField(made.envelope.data, "status"), "completed")
    }).pipe(here)
  )

  it.effect("is told all that is wrong with a request before anything is sent", () =>
    Effect.gen(function* () {
      const { ask } = yield* Agent
      yield* ask("signup", { agent_name: "a" })
      const { envelope } = yield* ask("create", { prompt: 7, max_usd: -1 })
      assert.deepInclude(envelope.error, { code: "INVALID_ARGUMENTS", outcome: "not_sent" })
      const problems = jsonField(jsonField(envelope.error, "details"), "problems")
      assert.lengthOf(Array.isArray(problems) ? problems : [], 2)
    }).pipe(here)
  )

  it.effect("is told of a field that it mistyped, with whatever else is wrong, and nothing is sent", () =>
    Effect.gen(function* () {
      const { ask } = yield* Agent
      yield* ask("signup", { agent_name: "a" })
      const { envelope } = yield* ask("create", { max_usdd: 0.1, "x\ny": 1, output_count: "two" })
      assert.deepInclude(envelope.error, { code: "INVALID_ARGUMENTS", outcome: "not_sent", money_moved: "no" })
      const problems = jsonField(jsonField(envelope.error, "details"), "problems")
      assert.sameDeepMembers(Array.isArray(problems) ? problems : [], [
        { field: "max_usdd", flag: null, problem: "is no field of create; did you mean `max_usd`?" },
        { field: "x?y", flag: null, problem: "is no field of create" },
        { field: "output_count", flag: "--output-count", problem: "must be a whole number from 1 to 1,000" }
      ])
      assert.strictEqual(nextTools(envelope)[0]?.tool, "guide")
    }).pipe(here)
  )

  it.effect("is told a next command whatever is refused", () =>
    Effect.gen(function* () {
      const { ask } = yield* Agent
      yield* ask("signup", { agent_name: "a" })
      for (const [id, body] of refusals) {
        const { envelope } = yield* ask(id, body)
        assert.isFalse(envelope.ok, id)
        assert.match(textField(jsonField(envelope.error, "recovery"), "suggested_command"), /^image-skill /u, id)
        assert.isAtMost(JSON.stringify(envelope).length, 1_600, id)
      }
    }).pipe(here)
  )

  it.effect("cannot ask for what needs a token, or what it has no files for", () =>
    Effect.gen(function* () {
      const { ask } = yield* Agent
      const quota = yield* ask("quota", {})
      assert.deepInclude(quota.envelope.error, { code: "AUTH_REQUIRED", outcome: "not_sent" })
      yield* ask("signup", { agent_name: "a" })
      const upload = yield* ask("upload", { input: "a.png" })
      assert.deepInclude(upload.envelope.error, { code: "PUBLIC_CLI_COMMAND_NOT_AVAILABLE", outcome: "not_sent" })
    }).pipe(here)
  )

  it.effect("has a key for a create that gave none, and a limit in a query may be a number", () =>
    Effect.gen(function* () {
      const { ask } = yield* Agent
      yield* ask("signup", { agent_name: "a" })
      const { envelope } = yield* ask("create", { prompt: "a boat" })
      assert.match(envelope.warnings.join(), /create-\d+-[0-9a-f]{12} was used/u)
      const jobs = yield* ask("jobsList", { limit: 1 })
      assert.isTrue(jobs.envelope.ok)
    }).pipe(here)
  )
})

describe("the tools of an agent", () => {
  it("have names of their own, closed inputs and approval for what spends", () => {
    const tools = agentTools()
    assert.lengthOf(new Set(tools.map(({ name }) => name)), agentOperationIds.length)
    assert.isTrue(tools.every(({ input }) => input["type"] === "object" && input["additionalProperties"] === false))
    const guarded = tools.filter(({ needsApproval }) => needsApproval({})).map(({ name }) => name)
    assert.deepStrictEqual(guarded, ["credits_buy", "credits_settle", "create", "edit", "assets_delete"])
    assert.isFalse(tools.find(({ id }) => id === "create")?.needsApproval({ dry_run: true }))
  })

  it("are found by the commands that answers print", () => {
    assert.deepStrictEqual(nextTool("image-skill credits quote --credits 500 --payment-method fake --json"), {
      tool: "credits_quote",
      arguments: { credits: 500, payment_method: "fake" },
      effect: "write",
      needs: []
    })
    assert.deepStrictEqual(nextTool("image-skill create --prompt PROMPT --max-usd 0.1 --json")?.needs, ["prompt"])
    assert.deepStrictEqual(nextTool("image-skill edit --input image_1 --prompt night --json")?.arguments, {
      input_asset_id: "image_1",
      prompt: "night"
    })
    assert.isNull(nextTool("rm -rf / --json"))
    assert.isNull(nextTool("image-skill doctor --json"))
    assert.strictEqual(toolNameOf("spendPolicySet"), "spend_policy_set")
  })
})
