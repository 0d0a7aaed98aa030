import { assert, it } from "@effect/vitest"
import { ContentPolicy } from "@image-skill/core/media/ContentPolicy"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { hostilePrompts } from "./HostilePrompts.ts"

/** Prompts of which the suite knows what the policy says; a policy that never denies has none of the one kind. */
export interface Samples {
  readonly allowed: ReadonlyArray<string>
  readonly denied: ReadonlyArray<{ readonly prompt: string; readonly reason: string }>
}

const judge = (prompt: string) => Effect.flatMap(ContentPolicy, (policy) => policy.prompt(prompt))

/** The contract every `ContentPolicy` adapter meets. */
export const suite = <E>(name: string, layer: Layer.Layer<ContentPolicy, E>, { allowed, denied }: Samples): void =>
  it.layer(layer)(`ContentPolicy (${name})`, (it) => {
    it.effect.each([...allowed])("it allows %o", (prompt) =>
      Effect.gen(function* () {
        assert.deepStrictEqual((yield* judge(prompt)).verdict, { _tag: "Allow" })
      })
    )

    it.effect.each([...denied])("it denies $prompt, for its reason", ({ prompt, reason }) =>
      Effect.gen(function* () {
        assert.deepStrictEqual((yield* judge(prompt)).verdict, { _tag: "Deny", reason })
      })
    )

    it.effect("the same prompt gets the same answer", () =>
      Effect.gen(function* () {
        for (const prompt of [...allowed, ...denied.map((sample) => sample.prompt)]) {
          assert.deepStrictEqual(yield* judge(prompt), yield* judge(prompt))
        }
      })
    )

    it.effect("whoever denies has checked, and names each check once", () =>
      Effect.gen(function* () {
        for (const { prompt } of denied) assert.isNotEmpty((yield* judge(prompt)).checks)
        for (const prompt of [...allowed, ...hostilePrompts]) {
          const { checks } = yield* judge(prompt)
          assert.strictEqual(new Set(checks).size, checks.length)
          for (const check of checks) assert.match(check, /^[a-z][a-z0-9_]*$/u)
        }
      })
    )

    it.effect("every text gets a verdict", () =>
      Effect.gen(function* () {
        for (const prompt of hostilePrompts) assert.include(["Allow", "Deny"], (yield* judge(prompt)).verdict._tag)
      })
    )
  })
