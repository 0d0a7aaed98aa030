import { assert, describe, it } from "@effect/vitest"
import { argvRequest } from "@image-skill/core/service/ArgvRequest"
import * as Result from "effect/Result"

const codeOf = (line: string): string => {
  const asked = argvRequest(line.split(" "))
  return Result.isFailure(asked) ? asked.failure.code : asked.success._tag
}

describe("argvRequest", () => {
  it("refuses what could cost where the words say that nothing may be spent", () => {
    const buy = "credits buy --quote-id quote_1 --idempotency-key k --provider"
    const spending = [
      "create --prompt x --no-spend",
      "video create --prompt x --no-spend",
      "create --prompt x --no-spend --dry-run=false",
      ...["stripe", "stripe_x402", "fake"].map((provider) => `${buy} ${provider} --no-spend`)
    ]
    assert.deepStrictEqual(
      spending.filter((line) => codeOf(line) !== "SPEND_NOT_ALLOWED"),
      []
    )
    const long = argvRequest(["create", "--prompt", "x".repeat(9_000), "--no-spend"])
    assert.isBelow(JSON.stringify(Result.isFailure(long) ? long.failure : null).length, 1_000)
    const costless = [
      "create --prompt x --no-spend --dry-run",
      "create --prompt x --no-spend=false",
      `${buy} fake`,
      "credits quote --credits 50 --payment-method fake --no-spend",
      "whoami --no-spend"
    ]
    assert.deepStrictEqual(
      costless.filter((line) => codeOf(line) !== "Ask"),
      []
    )
  })
})
