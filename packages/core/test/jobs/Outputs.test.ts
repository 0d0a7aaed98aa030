import { assert, describe, it } from "@effect/vitest"
import { jsonField } from "@image-skill/core/envelope/JsonFields"
import { AssetCare } from "@image-skill/core/jobs/AssetCare"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { Assets } from "@image-skill/core/media/Assets"
import type { MediaProvider, ProviderOutput } from "@image-skill/core/media/MediaProvider"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { assetIdOf, code, data, jobIdOf, type World, world } from "./JobWorld.ts"

/** Changes what the provider delivers. */
const delivering =
  (change: (outputs: ReadonlyArray<ProviderOutput>) => ReadonlyArray<ProviderOutput>) =>
  (provider: FakeMediaProvider.FakeMediaProvider): MediaProvider => ({
    ...provider,
    outputs: (...read) =>
      Effect.map(provider.outputs(...read), (result) => ({ ...result, outputs: change(result.outputs) }))
  })

const bytes = (...body: ReadonlyArray<number>): ProviderOutput => ({
  facts: {},
  body: Stream.succeed(Uint8Array.from(body))
})
const noPicture = bytes(1, 2, 3)
const nothing: ProviderOutput = { facts: {}, body: Stream.empty }

const charged = (answer: Parameters<typeof data>[0]) => jsonField(data(answer, "quota"), "consumed_credits")
const assetsIn = (answer: Parameters<typeof data>[0]) => {
  const ids = data(answer, "asset_ids")
  return Array.isArray(ids) ? ids.length : 0
}
const isStored = ({ run }: World, sha256: string) =>
  run(Effect.flatMap(ArtifactStore, (store) => Effect.isSuccess(store.get(sha256))))

/** Whether the bytes are there once everything that waits to be freed was looked at. */
const isKept = Effect.fnUntraced(function* (w: World, sha256: string) {
  yield* TestClock.adjust("11 minutes")
  yield* w.run(Effect.flatMap(AssetCare, ({ tidy }) => tidy(100)))
  return yield* isStored(w, sha256)
})

/** SHA-256 of the bytes 1, 2, 3. */
const noPictureHash = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"

describe("outputs", () => {
  for (const [what, output] of [
    ["of a wrong type", noPicture],
    ["without a byte", nothing]
  ] as const) {
    it.effect(`that are all ${what} cost nothing and are no asset`, () =>
      Effect.gen(function* () {
        const w = yield* world({ wrap: delivering((outputs) => outputs.map(() => output)) })
        const answer = yield* w.create({ outputCount: 3, idempotencyKey: "boat-1" })
        assert.strictEqual(code(answer), "PROVIDER_FAILURE")
        assert.strictEqual(jsonField(answer.envelope.error, "retryable"), false)
        assert.isFalse(yield* w.spooled(jobIdOf(answer)))
        assert.isFalse(yield* isKept(w, noPictureHash))
        yield* w.settled(0)
      })
    )

    it.effect(`some of which are ${what} are paid for without those`, () =>
      Effect.gen(function* () {
        const w = yield* world({ wrap: delivering(([first, ...rest]) => (first ? [output, ...rest] : [])) })
        const answer = yield* w.create({ outputCount: 3 })
        assert.strictEqual(assetsIn(answer), 2)
        // 25 credits for three, so 17 for two of them.
        assert.strictEqual(charged(answer), 17)
        assert.isTrue(answer.envelope.warnings.some((warning) => warning.includes("1 of 3 outputs were not usable")))
        assert.isFalse(yield* isKept(w, noPictureHash))
        yield* w.settled(17)
      })
    )
  }

  it.effect("that are larger than anything a model makes are not usable, and not tried again", () =>
    Effect.gen(function* () {
      const w = yield* world()
      w.faults.store = "too_large"
      const answer = yield* w.create()
      assert.strictEqual(code(answer), "PROVIDER_FAILURE")
      assert.strictEqual((yield* w.row(jobIdOf(answer))).step, "ended")
      yield* w.settled(0)
    })
  )

  for (const [asked, delivered, credits] of [
    [4, 1, 9],
    [4, 2, 17],
    [4, 3, 26],
    [4, 4, 34],
    [2, 5, 17]
  ] as const) {
    it.effect(`of which ${delivered} come where ${asked} were asked for cost ${credits} credits`, () =>
      Effect.gen(function* () {
        const w = yield* world({ script: () => ({ _tag: "Succeed", delivered }) })
        const answer = yield* w.create({ outputCount: asked })
        assert.strictEqual(assetsIn(answer), Math.min(asked, delivered))
        assert.strictEqual(charged(answer), credits)
        yield* w.settled(credits)
      })
    )
  }

  it.effect("keep their bytes when an equal asset is deleted while they are being stored", () =>
    Effect.gen(function* () {
      let between: Effect.Effect<unknown> = Effect.void
      const w = yield* world({
        // Both pictures are the same, to the byte.
        wrap: (provider) => ({
          ...provider,
          outputs: (...read) =>
            Effect.map(provider.outputs(...read), (result) => ({
              ...result,
              outputs: result.outputs.flatMap((output) => [
                output,
                {
                  facts: {},
                  body: Stream.fromEffect(
                    Effect.as(
                      Effect.suspend(() => between),
                      new Uint8Array([1])
                    )
                  )
                }
              ])
            }))
        })
      })
      const first = yield* w.create({ outputCount: 2 })
      const assets = yield* w.run(Assets)
      const asset = Option.getOrThrow(yield* assets.find(w.agent.organizationId, assetIdOf(first)))
      const { delete: remove } = yield* w.run(AssetCare)
      between = Effect.orDie(remove(asset))
      const second = yield* w.create({ outputCount: 2 })
      const twin = Option.getOrThrow(yield* assets.find(w.agent.organizationId, assetIdOf(second)))
      assert.strictEqual(twin.sha256, asset.sha256)
      assert.isNotNull(Option.getOrThrow(yield* assets.find(w.agent.organizationId, asset.id)).deletedAt)
      assert.isTrue(yield* isStored(w, twin.sha256))
    })
  )
})

describe("a cost that nobody knows before", () => {
  const mystery = { model: "fake.mystery", acceptUnknownCost: true }
  for (const [what, reportedMicroUsd, request, credits] of [
    ["reported as two cents", 20_000, {}, 4],
    ["not reported", undefined, {}, 17],
    ["reported as nothing", 0, {}, 0],
    ["reported higher than what was held", 900_000, {}, 17],
    ["reported higher than the guard of an output", 90_000, { maxEstimatedUsdPerImage: 0.17 }, 15],
    ["reported higher than the guard of the request", 120_000, { maxUsd: 0.17 }, 17]
  ] as const) {
    it.effect(`and is ${what} is ${credits} credits`, () =>
      Effect.gen(function* () {
        const w = yield* world({
          script: () => FakeMediaProvider.queue(0, reportedMicroUsd === undefined ? {} : { reportedMicroUsd })
        })
        const asked = yield* Effect.forkChild(w.create({ ...mystery, ...request }))
        yield* TestClock.adjust("5 seconds")
        const answer = yield* Fiber.join(asked)
        assert.isTrue(answer.envelope.ok)
        assert.strictEqual(charged(answer), credits)
        yield* w.settled(credits)
      })
    )
  }
})
