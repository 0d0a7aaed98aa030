import { assert, describe, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import {
  type GenerationRequest,
  type MediaProvider,
  type MediaProviderError,
  MediaProviders
} from "@image-skill/core/media/MediaProvider"
import { ProviderStatus } from "@image-skill/core/models/Catalogue"
import type { Model } from "@image-skill/core/models/Model"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { hostilePrompts } from "./HostilePrompts.ts"

/** What differs from provider to provider. */
export interface Options<E> {
  /** One of its models, which makes pictures. */
  readonly model: Model
  /** The provider in a state in which it fails so, for each way in which it can be made to fail. */
  readonly failing?: {
    readonly [R in MediaProviderError["reason"]]?: Effect.Effect<MediaProvider, E, Scope.Scope>
  }
}

const isJson = Schema.is(Schema.Json)

/** The contract every `MediaProvider` meets. `make` makes one that works. */
export const suite = <E>(
  name: string,
  make: Effect.Effect<MediaProvider, E, Scope.Scope>,
  { failing = {}, model }: Options<E>
): void => {
  const size = { width: 256, height: 320 }
  const request: GenerationRequest = {
    key: "job_suite",
    model,
    prompt: "a red fox in the snow",
    parameters: {},
    aspectRatio: "1:1",
    outputCount: 1,
    size
  }

  describe(`MediaProvider (${name})`, () => {
    it.effect("it is the one that its models name, and can run", () =>
      Effect.gen(function* () {
        const provider = yield* make
        assert.strictEqual(provider.id, model.provider)
        assert.deepStrictEqual(provider.availability, { _tag: "Available" })
      })
    )

    it.effect("the registry finds it and its state, and nobody else", () =>
      Effect.gen(function* () {
        const provider = yield* make
        yield* Effect.gen(function* () {
          const { find } = yield* MediaProviders
          const status = yield* ProviderStatus
          assert.strictEqual(find(provider.id), provider)
          assert.isUndefined(find("nobody"))
          assert.deepStrictEqual(status.of(provider.id), provider.availability)
          assert.strictEqual(status.of("nobody")._tag, "Unavailable")
        }).pipe(Effect.provide(MediaProviders.layerOf([provider])))
      })
    )

    it.effect.each([1, 2, Math.min(model.maxOutputs, 4)])(
      "as many outputs as were asked for (%d), all different, of a type and the size that were promised",
      (outputCount) =>
        Effect.gen(function* () {
          const provider = yield* make
          const { outputs } = yield* provider.generate({ ...request, outputCount })
          assert.lengthOf(outputs, outputCount)
          for (const { bytes } of outputs) {
            const measured = measure(bytes)
            assert.deepStrictEqual(measured?.size, size)
            assert.include(model.output.mimeTypes, measured?.mimeType)
          }
          assert.strictEqual(
            new Set(outputs.map(({ bytes }) => Buffer.from(bytes).toString("base64"))).size,
            outputCount
          )
        })
    )

    it.effect("what it says beside the outputs is plain JSON, its warnings are sentences, its bill is a number", () =>
      Effect.gen(function* () {
        const provider = yield* make
        const { outputs, provenance, reportedMicroUsd, warnings } = yield* provider.generate(request)
        for (const { facts } of outputs) assert.isTrue(isJson(facts))
        assert.isTrue(isJson(provenance))
        for (const warning of warnings) assert.isNotEmpty(warning.trim())
        assert.isTrue(reportedMicroUsd === null || (Number.isSafeInteger(reportedMicroUsd) && reportedMicroUsd >= 0))
      })
    )

    it.effect("one that may be asked again gives the very same again, under any key", () =>
      Effect.gen(function* () {
        const provider = yield* make
        const first = yield* provider.generate({ ...request, outputCount: 2 })
        const second = yield* provider.generate({ ...request, key: "job_other", outputCount: 2 })
        if (provider.repeatable) assert.deepStrictEqual(second, first)
        else assert.lengthOf(second.outputs, 2)
      })
    )

    it.effect("whatever a prompt says, there is a picture or a refusal", () =>
      Effect.gen(function* () {
        const provider = yield* make
        for (const prompt of [...hostilePrompts, null]) {
          const reason = yield* Effect.match(provider.generate({ ...request, prompt }), {
            onFailure: (failure) => failure.reason,
            onSuccess: ({ outputs }) => (outputs.every(({ bytes }) => measure(bytes) !== null) ? "made" : "no picture")
          })
          assert.include(["made", "content_refused", "rejected"], reason, prompt?.slice(0, 40))
        }
      })
    )

    it.effect("requests at once are not mixed up, and one that is given up leaves the others be", () =>
      Effect.gen(function* () {
        const provider = yield* make
        const given = yield* Effect.forkChild(provider.generate({ ...request, outputCount: 2 }), {
          startImmediately: true
        })
        const sizes = [256, 320, 384].map((width) => ({ width, height: 256 }))
        const others = yield* Effect.forEach(sizes, (own) =>
          Effect.forkChild(provider.generate({ ...request, size: own }), { startImmediately: true })
        )
        yield* Fiber.interrupt(given)
        const results = yield* Effect.forEach(others, Fiber.join)
        assert.deepStrictEqual(
          results.map(({ outputs: [output] }) => (output === undefined ? null : measure(output.bytes)?.size)),
          sizes
        )
      })
    )

    const reasons = ["content_refused", "rejected", "unavailable", "unknown"] as const
    const states = reasons.flatMap((reason) => {
      const state = failing[reason]
      return state === undefined ? [] : [{ reason, state }]
    })
    it.effect.each(states)("a failure is said in the words that all share: $reason", ({ reason, state }) =>
      Effect.gen(function* () {
        const provider = yield* state
        const failure = yield* Effect.flip(provider.generate(request))
        assert.deepStrictEqual(
          [failure._tag, failure.provider, failure.reason],
          ["MediaProviderError", provider.id, reason]
        )
        assert.isNotEmpty(failure.message.trim())
      })
    )
  })
}
