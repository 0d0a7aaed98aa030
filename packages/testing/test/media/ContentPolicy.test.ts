import { assert, describe, it } from "@effect/vitest"
import { ContentPolicy, type ContentRule } from "@image-skill/core/media/ContentPolicy"
import * as ContentPolicySuite from "@image-skill/testing/media/ContentPolicySuite"
import * as Effect from "effect/Effect"

const rules: ReadonlyArray<ContentRule> = [
  { phrase: "forbidden castle", reason: "the operator says so" },
  { phrase: "Château d'Été", reason: "it belongs to somebody" },
  { phrase: "禁城", reason: "in every script" }
]

ContentPolicySuite.suite("without rules", ContentPolicy.layerOf([]), {
  allowed: ["the forbidden castle", "a red fox", ""],
  denied: []
})

ContentPolicySuite.suite("an operator's rules", ContentPolicy.layerOf(rules), {
  allowed: [
    "a castle",
    "forbidden",
    "castle forbidden",
    "a forbidden castles",
    "unforbidden castle",
    "chateau d ete",
    "紫城"
  ],
  denied: [
    ...[
      "forbidden castle",
      "the FORBIDDEN\n\tCastle, at dusk",
      "the forbidden-castle",
      "forbidden...castle",
      "«forbidden» castle!"
    ].map((prompt) => ({ prompt, reason: "the operator says so" })),
    // The same letters, composed and decomposed (Unicode, normalization forms C and D).
    { prompt: "le château d'été".normalize("NFC"), reason: "it belongs to somebody" },
    { prompt: "le château d'été".normalize("NFD"), reason: "it belongs to somebody" },
    // What nobody sees parts no word: a soft hyphen, a zero-width space, a zero-width joiner.
    ...["\u00ad", "\u200b", "\u200d"].map((invisible) => ({
      prompt: `the for${invisible}bidden castle`,
      reason: "the operator says so"
    })),
    { prompt: "LE CHÂTEAU D’ÉTÉ", reason: "it belongs to somebody" },
    { prompt: "禁城", reason: "in every script" }
  ]
})

const checksOf = (some: ReadonlyArray<ContentRule>) =>
  Effect.flatMap(ContentPolicy, (policy) => policy.prompt("a red fox")).pipe(
    Effect.map(({ checks }) => checks),
    Effect.provide(ContentPolicy.layerOf(some))
  )

ContentPolicySuite.suite("a rule without a letter", ContentPolicy.layerOf([{ phrase: "🍆", reason: "not here" }]), {
  allowed: ["a 🦊 on a table", "🦊", "!", ""],
  denied: ["🍆", "a 🍆 on a table", "🍆!"].map((prompt) => ({ prompt, reason: "not here" }))
})

describe("an operator's rules", () => {
  it.effect("are said to have been checked only where there are any", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* checksOf([]), [])
      assert.deepStrictEqual(yield* checksOf(rules), ["operator_rules"])
    })
  )

  it.effect("that match both are answered by the first", () =>
    Effect.gen(function* () {
      const policy = yield* ContentPolicy
      const { verdict } = yield* policy.prompt("the forbidden castle is the château d'été")
      assert.deepStrictEqual(verdict, { _tag: "Deny", reason: "the operator says so" })
    }).pipe(Effect.provide(ContentPolicy.layerOf(rules)))
  )
})
