import { assert, describe, it } from "@effect/vitest"
import { levelOf, qualityCodes, qualityOf } from "@image-skill/core/feedback/FeedbackQuality"
import { feedback } from "@image-skill/testing/feedback/FeedbackSample"

const { texts } = feedback("quality")
const codesOf = (change: Parameters<typeof feedback>[1]) =>
  qualityOf(feedback("quality", change)).map(({ code }) => code)

describe("qualityOf", () => {
  it("a report that says everything has no warning", () => {
    assert.deepStrictEqual(codesOf({}), [])
  })

  it("each warning of the contract has its own cause, and names the field", () => {
    const causes: ReadonlyArray<readonly [code: string, field: string, change: Parameters<typeof feedback>[1]]> = [
      ["missing_title", "title", { texts: { ...texts, title: null } }],
      ["missing_body", "body", { texts: { ...texts, body: null } }],
      ["short_body", "body", { texts: { ...texts, body: "x".repeat(39) } }],
      ["missing_command", "command", { texts: { ...texts, command: null } }],
      ["missing_expected", "expected", { texts: { ...texts, expected: null } }],
      ["missing_actual", "actual", { texts: { ...texts, actual: null } }],
      ["missing_proof_needed", "proof_needed", { texts: { ...texts, proofNeeded: null } }],
      ["missing_evidence", "evidence", { evidence: [] }],
      ["unknown_type", "type", { type: "praise" }],
      ["unknown_next_state", "next_state", { nextState: "frame_it" }],
      ["possible_secret_redacted", "body", { cuts: [{ field: "body", kind: "token" }] }]
    ]
    assert.deepStrictEqual(
      causes.map(([code]) => code),
      [...qualityCodes]
    )
    for (const [code, field, change] of causes) {
      const found = qualityOf(feedback("quality", change))
      assert.deepStrictEqual(
        found.map((warning) => [warning.code, warning.field]),
        [[code, field]]
      )
      assert.isAtMost(found[0]?.message.length ?? 0, 200)
    }
    assert.deepStrictEqual(codesOf({ texts: { ...texts, body: "x".repeat(40) } }), [])
  })

  it("none is strong, one or two are usable, more are weak", () => {
    assert.deepStrictEqual([0, 1, 2, 3, 11].map(levelOf), ["strong", "usable", "usable", "weak", "weak"])
  })
})
