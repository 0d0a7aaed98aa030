import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { ask, Failure, healthy, models, quota, type ServiceState, sketch } from "./ServiceStates.ts"

/**
 * The decision table of contract/cli.md 9.6, written out a second time over what a service may say, and compared with
 * the guide on every combination. Nothing here is taken from the code that decides.
 */
interface Case {
  readonly prompt: string
  readonly model: string | null
  readonly token: "env" | null
  readonly state: ServiceState
}

const down = new Failure("HOSTED_API_NON_JSON_RESPONSE", 503, 7)

const prompts = ["", "a lighthouse at dusk"]
const requestedModels = [null, "demo.sketch-1", "demo.retired"]
const healths: ReadonlyArray<Schema.Json | Failure> = [{ status: "ok" }, {}, null, down]
const modelAnswers: ReadonlyArray<Schema.Json | Failure> = [
  models(sketch),
  models({ ...sketch, economics: null }),
  models({ ...sketch, status: "unavailable" }),
  models({ ...sketch, execution: { model_execution_status: "cataloged_not_wired" } }),
  models({ ...sketch, supports: ["edit"] }),
  { models: [] },
  {},
  "nonsense",
  down
]
const quotas: ReadonlyArray<Schema.Json | Failure> = [
  quota(41),
  quota(9),
  quota(8),
  quota(41, 0),
  quota(41, -1),
  quota(41, null),
  quota(41, "none"),
  { authenticated: true },
  { authenticated: false, limits: { remaining_credits: 9 } },
  { authenticated: true, limits: { remaining_credits: "9", payment_backed_remaining_credits: 9 }, daily_jobs: null },
  { authenticated: true, limits: { remaining_credits: 10 }, daily_jobs: {} },
  null,
  new Failure("AUTH_REQUIRED", 401, 3),
  new Failure("SOMETHING_ELSE", 403, 1),
  new Failure(null, 200, 3),
  new Failure("INTERNAL_ERROR", 500, 1),
  down
]

/** Row numbers as in the contract. */
const expected = ({ model, prompt, state, token }: Case): string => {
  if (prompt === "") return "prompt_required" // 1
  if (state.health instanceof Failure || state.models instanceof Failure) return "service_unreachable" // 2
  const selected = hasExecutableCreate(state.models) && (model === null || model === "demo.sketch-1")
  if (!selected) return "no_executable_model" // 3
  if (token === null) return "auth_required" // 4
  if (state.quota instanceof Failure) {
    const refused =
      state.quota.code === "AUTH_REQUIRED" ||
      state.quota.status === 401 ||
      state.quota.status === 403 ||
      state.quota.exitCode === 3
    return refused ? "auth_required" : "service_unreachable" // 5a, 5b
  }
  const needed = state.models === modelAnswers[0] ? 9 : null
  const remaining = remainingCredits(state.quota)
  if (needed !== null && remaining !== null && remaining < needed) return "quota_required" // 6
  const daily = dailyRemaining(state.quota)
  return daily !== null && daily <= 0 ? "quota_required" : "ready_to_create" // 7, 8
}

const hasExecutableCreate = (answer: Schema.Json): boolean => answer === modelAnswers[0] || answer === modelAnswers[1]

/** What is no number counts as nothing; without any data nothing is known. */
const remainingCredits = (answer: Schema.Json): number | null => {
  switch (quotas.indexOf(answer)) {
    case 0:
    case 3:
    case 4:
    case 5:
    case 6:
      return 41
    case 1:
    case 8:
    case 9:
      return 9
    case 2:
      return 8
    case 10:
      return 10
    case 11:
      return null
    default:
      return 0
  }
}

const dailyRemaining = (answer: Schema.Json): number | null => {
  switch (quotas.indexOf(answer)) {
    case 0:
    case 1:
    case 2:
      return 2
    case 3:
      return 0
    case 4:
      return -1
    default:
      return null
  }
}

const cases: ReadonlyArray<Case> = prompts.flatMap((prompt) =>
  requestedModels.flatMap((model) =>
    healths.flatMap((health) =>
      modelAnswers.flatMap((modelAnswer) =>
        quotas.flatMap((quotaAnswer) =>
          ([null, "env"] as const).map((token) => ({
            prompt,
            model,
            token,
            state: { ...healthy, health, models: modelAnswer, quota: quotaAnswer }
          }))
        )
      )
    )
  )
)

describe("the guide's decision", () => {
  it.effect("equals the contract's table for every state of a service", () =>
    Effect.gen(function* () {
      const seen = new Set<string>()
      for (const { model, prompt, state, token } of cases) {
        const { answer, probed } = yield* ask({ wish: { prompt, model }, token, state })
        const stage = expected({ model, prompt, state, token })
        seen.add(answer.stage)
        assert.strictEqual(answer.stage, stage, JSON.stringify({ prompt, model, token, state }))
        assert.strictEqual(answer.ready, stage === "ready_to_create")
        assert.strictEqual(answer.blocker?.code ?? null, stage === "ready_to_create" ? null : stage)
        assert.strictEqual(probed, stage === "auth_required", "the config is probed at auth_required only")
        assert.deepStrictEqual(Object.values(answer.mutation), [false, false, false, false, false, false])
      }
      assert.strictEqual(seen.size, 6, "every stage was reached")
    })
  )

  it.effect("never depends on the payment catalogue", () =>
    Effect.gen(function* () {
      for (const payments of [down, {}, null, { methods: "none" }, { methods: [null, 5, {}] }]) {
        const { answer } = yield* ask({
          wish: { prompt: "a fox" },
          token: "env",
          state: { ...healthy, payments }
        })
        assert.strictEqual(answer.stage, "ready_to_create")
      }
    })
  )

  it.effect("asks for the quota only with a token, and asks nothing that could change anything", () =>
    Effect.gen(function* () {
      const without = yield* ask({ wish: { prompt: "a fox" }, state: healthy })
      assert.deepStrictEqual([...without.asked].toSorted(), ["healthz", "modelsList", "paymentMethods"])
      const signedIn = yield* ask({ wish: { prompt: "a fox" }, token: "config", state: healthy })
      assert.deepStrictEqual([...signedIn.asked].toSorted(), ["healthz", "modelsList", "paymentMethods", "quota"])
    })
  )

  it.effect("lets a free model pass whatever the quota says", () =>
    Effect.gen(function* () {
      const free = {
        ...sketch,
        economics: { estimated_usd_per_image: 0, credit_pricing: { credits_required: 0, estimated_revenue_usd: 0 } }
      }
      const { answer } = yield* ask({
        wish: { prompt: "a fox" },
        token: "env",
        state: { ...healthy, models: models(free), quota: quota(0, 0) }
      })
      assert.strictEqual(answer.stage, "ready_to_create")
      assert.include(answer.nextCommand, `--max-estimated-usd-per-image "0"`)
    })
  )
})
