import { assert, describe, it } from "@effect/vitest"
import { judgeSpending, type Spending, type UsedToday } from "@image-skill/core/credits/JudgeSpending"
import { changed, effectivePolicy, raises, raisesOf, strictest } from "@image-skill/core/credits/PolicyChange"
import { type PolicySource, readPolicy, type SpendPolicy } from "@image-skill/core/credits/SpendPolicy"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const read = (value: unknown) => readPolicy(typeof value === "string" ? value : JSON.stringify(value))

const Cap = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 }))
const Optional = Schema.NullOr(Cap)
const Day = Schema.NullOr(Schema.Literals(["2026-01-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"]))

/** Small numbers and few names, so that caps meet. */
const Drawn = Schema.Struct({
  perCall: Optional,
  perDay: Optional,
  painter: Optional,
  rail: Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 12 }))),
  onlyPainter: Schema.Boolean,
  expiresAt: Day
})

const policyOf = ({ expiresAt, onlyPainter, painter, perCall, perDay, rail }: typeof Drawn.Type): SpendPolicy => ({
  ...(perCall === null ? {} : { maxCreditsPerCall: perCall }),
  ...(perDay === null ? {} : { maxCreditsPerDay: perDay }),
  ...(painter === null ? {} : { models: { painter } }),
  ...(onlyPainter ? { allowedModels: ["painter"] } : {}),
  ...(rail === null ? {} : { rails: { rail } }),
  ...(expiresAt === null ? {} : { expiresAt })
})

const DrawnSpending = Schema.Struct({
  isJob: Schema.Boolean,
  credits: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 14 })),
  name: Schema.Literals(["painter", "rail", "other"]),
  used: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10 })),
  now: Schema.Literals(["2025-12-31T00:00:00.000Z", "2026-03-01T00:00:00.000Z", "2026-09-01T00:00:00.000Z"])
})

const spendingOf = ({ credits, isJob, name }: typeof DrawnSpending.Type): Spending =>
  isJob ? { _tag: "Job", credits, modelId: name } : { _tag: "Purchase", credits, methodId: name }

const usedOf = ({ used }: typeof DrawnSpending.Type): UsedToday => ({ owner_file: used, owner: used, agent: used })

/** Whether one policy alone allows it, by the words of the decision and nothing of the code. */
const allows = (policy: SpendPolicy, drawn: typeof DrawnSpending.Type): boolean => {
  const { credits, isJob, name, now, used } = drawn
  if (credits === 0) return true
  if (policy.expiresAt !== undefined && now >= policy.expiresAt) return false
  if (!isJob) return name !== "rail" || policy.rails === undefined || used + credits <= (policy.rails["rail"] ?? 99)
  if (policy.allowedModels !== undefined && name !== "painter") return false
  if (name === "painter" && credits > (policy.models?.["painter"] ?? 99)) return false
  return credits <= (policy.maxCreditsPerCall ?? 99) && used + credits <= (policy.maxCreditsPerDay ?? 99)
}

const judged = (
  sources: ReadonlyArray<readonly [PolicySource, SpendPolicy | null]>,
  drawn: typeof DrawnSpending.Type
) =>
  judgeSpending(
    sources.map(([source, policy]) => ({ source, policy })),
    spendingOf(drawn),
    usedOf(drawn),
    drawn.now
  )

describe("a spend policy", () => {
  it.prop("allows what every source allows, and nothing else", [Drawn, Drawn, Drawn, DrawnSpending], (given) => {
    const [file, owner, agent, drawn] = given
    const policies = [file, owner, agent].map(policyOf)
    const { objections } = judged(
      [
        ["owner_file", policies[0] ?? {}],
        ["owner", policies[1] ?? {}],
        ["agent", policies[2] ?? {}]
      ],
      drawn
    )
    assert.strictEqual(
      objections.length === 0,
      policies.every((policy) => allows(policy, drawn))
    )
  })

  it.prop("judges the strictest of two as it judges both", [Drawn, Drawn, DrawnSpending], ([left, right, drawn]) => {
    const both = strictest(policyOf(left), policyOf(right))
    assert.strictEqual(allows(both, drawn), allows(policyOf(left), drawn) && allows(policyOf(right), drawn))
    assert.deepStrictEqual(
      effectivePolicy([
        { source: "owner", policy: policyOf(left) },
        { source: "agent", policy: policyOf(right) }
      ]),
      both
    )
  })

  it.prop(
    "is lowered by nothing that allows more",
    [Drawn, Drawn, DrawnSpending],
    ([before, after, drawn]) => {
      if (raises(policyOf(before), policyOf(after)).length > 0) return
      assert.isTrue(!allows(policyOf(after), drawn) || allows(policyOf(before), drawn))
    },
    { arbitrary: { runs: 500 } }
  )

  it.prop(
    "of an agent never comes to allow more than before by a change that raises nothing",
    [Drawn, Drawn, Drawn, DrawnSpending],
    ([owner, own, change, drawn]) => {
      const effective = strictest(policyOf(owner), policyOf(own))
      if (raisesOf(policyOf(own), effective, policyOf(change)).length > 0) return
      const after = strictest(policyOf(owner), changed(policyOf(own), policyOf(change)))
      assert.isTrue(!allows(after, drawn) || allows(effective, drawn))
    }
  )

  it("is raised by a cap that is taken away, by a later end and by a model more", () => {
    const own: SpendPolicy = {
      maxCreditsPerCall: 5,
      models: { painter: 3 },
      allowedModels: ["painter"],
      rails: { rail: 0 },
      expiresAt: "2026-06-01T00:00:00.000Z"
    }
    const raised = (change: Parameters<typeof raisesOf>[2]) => raisesOf(own, own, change)
    assert.deepStrictEqual(raised({ maxCreditsPerCall: null }), ["maxCreditsPerCall"])
    assert.deepStrictEqual(raised({ maxCreditsPerCall: 6 }), ["maxCreditsPerCall"])
    assert.deepStrictEqual(raised({ models: { painter: null } }), ["models"])
    assert.deepStrictEqual(raised({ allowedModels: ["painter", "other"] }), ["allowedModels"])
    assert.deepStrictEqual(raised({ rails: { rail: 1 } }), ["rails"])
    assert.deepStrictEqual(raised({ expiresAt: "2026-06-01T00:00:00.001Z" }), ["expiresAt"])
    assert.deepStrictEqual(
      raised({
        maxCreditsPerCall: 5,
        maxCreditsPerDay: 9,
        models: { other: 1 },
        allowedModels: [],
        rails: { other: 0 },
        expiresAt: "2026-01-01T00:00:00.000Z"
      }),
      []
    )
    assert.deepStrictEqual(raisesOf({}, { maxCreditsPerCall: 5 }, { maxCreditsPerCall: 6 }), ["maxCreditsPerCall"])
  })

  it("names the rule that binds, and a file that cannot be used before everything else", () => {
    const job: Spending = { _tag: "Job", credits: 9, modelId: "painter" }
    const used = { owner_file: 30, owner: 10, agent: 10 }
    const { binding, objections } = judgeSpending(
      [
        { source: "owner", policy: { maxCreditsPerCall: 100, maxCreditsPerDay: 40 } },
        { source: "agent", policy: { maxCreditsPerCall: 20 } }
      ],
      job,
      used,
      "2026-01-01T00:00:00.000Z"
    )
    assert.deepStrictEqual(objections, [])
    assert.deepInclude(binding, { rule: "max_credits_per_call", source: "agent", limit: 20 })
    const broken = judgeSpending(
      [
        { source: "agent", policy: { maxCreditsPerCall: 1 } },
        { source: "owner_file", policy: null }
      ],
      job,
      used,
      "2026-01-01T00:00:00.000Z"
    )
    assert.deepInclude(broken.objections[0], { rule: "policy_unreadable", source: "owner_file", isFinal: true })
    assert.strictEqual(broken.objections.length, 2)
  })

  it("looks up names as names, whatever an object has by itself", () => {
    const job: Spending = { _tag: "Job", credits: 9, modelId: "constructor" }
    const { objections } = judgeSpending(
      [{ source: "owner", policy: { models: { painter: 1 }, rails: {} } }],
      job,
      { owner_file: 0, owner: 0, agent: 0 },
      ""
    )
    assert.deepStrictEqual(objections, [])
  })

  it("in a file is read whole or not at all", () => {
    assert.deepStrictEqual(
      read({ max_credits_per_day: 100, rails: { fake: 0 }, expires_at: "2026-12-31T01:00:00+01:00" }),
      Result.succeed({ maxCreditsPerDay: 100, rails: { fake: 0 }, expiresAt: "2026-12-31T00:00:00.000Z" })
    )
    for (const wrong of [
      "",
      "{",
      [],
      { max_credits_per_days: 1 },
      { max_credits_per_day: 0 },
      { max_credits_per_day: -1 },
      { max_credits_per_day: 1.5 },
      { max_credits_per_day: 1_000_001 },
      `{"max_credits_per_day": 1e400}`,
      `{"max_credits_per_day": NaN}`,
      { max_credits_per_day: null },
      { rails: { fake: -1 } },
      { expires_at: "soon" }
    ])
      assert.isTrue(Result.isFailure(read(wrong)), JSON.stringify(wrong))
  })
})
