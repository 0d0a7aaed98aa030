import { assert, describe, it } from "@effect/vitest"
import { render } from "@image-skill/core/envelope/CommandLine"
import { again, formatUsd, showJob, waitForJob } from "@image-skill/core/jobs/JobCommands"
import { type MediaWish, wishOf } from "@image-skill/core/jobs/MediaWish"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { hostileText } from "../envelope/HostileText.ts"
import { requestOf, understood } from "./PrintedCreate.ts"

/** contract/cli.md 9.4, hardened: whole dollars without decimals, else at least two of them, never an exponent. */
const printed: ReadonlyArray<readonly [usd: number, text: string]> = [
  [0, "0"],
  [1, "1"],
  [1_000, "1000"],
  [0.1, "0.10"],
  [12.5, "12.50"],
  [0.12, "0.12"],
  [0.29, "0.29"],
  [0.005, "0.005"],
  [0.004, "0.004"],
  [0.083334, "0.083334"],
  [0.000001, "0.000001"],
  [999.999999, "999.999999"]
]

/** Figures finer than a millionth: a guard that is printed higher than the caller's is a guard that was widened. */
const fine = [1.0000001, 0.9999999, 0.9999996, 0.0000004, 0.0000015, 0.1234567, 0.0123456789, 1e-9]

const shape = /^(?:0|[1-9]\d*)(?:\.\d{2,})?$/u

const billionths = Schema.Natural.check(Schema.isLessThanOrEqualTo(1_000_000_000_000))

const dollars = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1_000 }))

/** Wishes as a decoded request makes them: texts are trimmed and on one line. */
const line = hostileText.pipe(
  Arbitrary.map((text) => {
    const clean = text
      .replaceAll(/\p{Cc}/gu, "")
      .slice(0, 40)
      .trim()
    return clean === "" ? "word" : clean
  })
)

const wishes = Arbitrary.all({
  texts: Arbitrary.all({ provider: line, model: line, intent: line }),
  given: Arbitrary.schema(
    Schema.Struct({
      provider: Schema.Boolean,
      model: Schema.Boolean,
      intent: Schema.Boolean,
      perOutput: Schema.NullOr(dollars),
      total: Schema.NullOr(dollars),
      parameters: Schema.JsonObject,
      aspectRatio: Schema.Literals(["1:1", "16:9", "auto"]),
      outputCount: Schema.Literals([1, 2, 10]),
      acceptUnknownCost: Schema.Boolean,
      dryRun: Schema.Boolean,
      isPrivate: Schema.Boolean
    })
  )
}).pipe(
  Arbitrary.map(({ given, texts }): MediaWish => ({
    operation: "create",
    prompt: "a secret lighthouse",
    media: [],
    visibility: given.isPrivate ? "private" : null,
    provider: given.provider ? texts.provider : null,
    model: given.model ? texts.model : null,
    intent: given.intent ? texts.intent : "explore",
    aspectRatio: given.aspectRatio,
    outputCount: given.outputCount,
    parameters: given.parameters,
    guard: { perOutputUsd: given.perOutput, totalUsd: given.total },
    acceptUnknownCost: given.acceptUnknownCost,
    dryRun: given.dryRun
  }))
)

describe("JobCommands.formatUsd", () => {
  for (const [usd, text] of printed) {
    it(`${usd} is printed as ${text}`, () => {
      assert.strictEqual(formatUsd(usd), text)
    })
  }

  it("a figure finer than a millionth is printed as a number, without an exponent, and not higher than it is", () => {
    const wrong = fine.filter((usd) => !shape.test(formatUsd(usd)) || Number(formatUsd(usd)) > usd)
    assert.deepStrictEqual(
      wrong.map((usd) => [usd, formatUsd(usd)]),
      []
    )
  })

  it.prop(
    "what has six decimals is printed exactly",
    [Schema.Natural.check(Schema.isLessThanOrEqualTo(1_000_000_000))],
    ([millionths]) => {
      const text = formatUsd(millionths / 1_000_000)
      assert.match(text, shape)
      assert.notMatch(text, /\.\d{2,}0$/u)
      assert.strictEqual(Number(text), millionths / 1_000_000)
    }
  )

  it.prop("no figure is printed higher than it is, nor with an exponent", [dollars], ([usd]) => {
    assert.match(formatUsd(usd), shape)
    assert.isAtMost(Number(formatUsd(usd)), usd)
    assert.isAbove(Number(formatUsd(usd)), usd - 1e-6)
  })
})

describe("JobCommands", () => {
  it("a create is printed again with what was asked for, and a placeholder for the prompt", () => {
    const wish = wishOf({
      prompt: "a secret lighthouse",
      provider: "fal",
      intent: "final",
      aspectRatio: "16:9",
      outputCount: 2,
      maxEstimatedUsdPerImage: 0.1,
      maxUsd: 0,
      modelParameters: { seed: 7 },
      acceptUnknownCost: true,
      dryRun: true,
      idempotencyKey: "not-repeated"
    })
    assert.strictEqual(
      render(again(wish, { model: "fal.flux-dev", idempotencyKey: "key-1" }), "image-skill"),
      "image-skill create --dry-run --prompt PROMPT --provider fal --model fal.flux-dev --intent final --aspect-ratio 16:9 " +
        `--output-count 2 --max-estimated-usd-per-image 0.10 --max-usd 0 --model-parameters-json '{"seed":7}' ` +
        "--accept-unknown-cost --idempotency-key key-1 --json"
    )
  })

  it("what is the default anyway is not printed", () => {
    const wish = wishOf({ prompt: "a", intent: "explore", aspectRatio: "1:1", outputCount: 1 })
    assert.strictEqual(render(again(wish), "image-skill"), "image-skill create --prompt PROMPT --json")
  })

  it("a change replaces what the caller said", () => {
    const wish = wishOf({ prompt: "a", model: "fal.flux-dev", maxEstimatedUsdPerImage: 0.01, maxUsd: 0.02 })
    const changes = {
      model: "fal.dreamo",
      maxEstimatedUsdPerImage: "0.05",
      maxUsd: "0.10",
      acceptUnknownCost: true
    } as const
    assert.strictEqual(
      render(again(wish, changes), "image-skill"),
      "image-skill create --prompt PROMPT --model fal.dreamo --max-estimated-usd-per-image 0.05 --max-usd 0.10 --accept-unknown-cost --json"
    )
  })

  it.prop("a printed create asks for the same again, without the prompt", [wishes], ([wish]) => {
    const command = again(wish)
    assert.deepStrictEqual(understood(command).unknown, [])
    assert.notInclude(render(command, "image-skill"), "secret lighthouse")
    const { guard, ...repeated } = wishOf(requestOf(command, wish.prompt))
    const { guard: given, ...asked } = wish
    assert.deepStrictEqual(repeated, {
      ...asked,
      parameters: Schema.decodeSync(Schema.fromJsonString(Schema.JsonObject))(JSON.stringify(wish.parameters))
    })
    assert.strictEqual(guard.perOutputUsd === null, given.perOutputUsd === null)
    assert.strictEqual(guard.totalUsd === null, given.totalUsd === null)
  })

  it.prop("a caller's cap is printed as given", [billionths, billionths], ([perOutput, total]) => {
    const caps = [perOutput / 1e9, total / 1e9] as const
    const wish = wishOf({ prompt: "a", maxEstimatedUsdPerImage: caps[0], maxUsd: caps[1] })
    const { maxEstimatedUsdPerImage, maxUsd } = requestOf(again(wish), "a")
    assert.deepStrictEqual<unknown>([maxEstimatedUsdPerImage, maxUsd], caps)
  })

  it("a job is looked up by its id", () => {
    assert.strictEqual(render(showJob("job_1"), "image-skill"), "image-skill jobs show --job-id job_1 --json")
    assert.strictEqual(render(waitForJob("job_1"), "image-skill"), "image-skill jobs wait --job-id job_1 --json")
  })
})
