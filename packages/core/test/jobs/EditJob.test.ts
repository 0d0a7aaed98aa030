import { assert, describe, it } from "@effect/vitest"
import { jsonField } from "@image-skill/core/envelope/JsonFields"
import { AssetCare } from "@image-skill/core/jobs/AssetCare"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { type GenerationRequest, MediaProviderError } from "@image-skill/core/media/MediaProvider"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { assetIdOf, code, data, jobIdOf, recovery, type World, world, type WorldOptions } from "./JobWorld.ts"

const model = "fake.retoucher"

/** A world with two pictures of the agent. */
const withPictures = Effect.fnUntraced(function* (options: WorldOptions = {}) {
  const w = yield* world(options)
  const picture = assetIdOf(yield* w.upload(solidPng(8, 8, 1, 2, 3)))
  const other = assetIdOf(yield* w.upload(solidPng(16, 8, 9, 9, 9)))
  return { w, picture, other }
})

const problem = (answer: Parameters<typeof code>[0]) => jsonField(jsonField(answer.envelope.error, "details"), "field")

describe("an edit", () => {
  it.effect("sends its inputs, mask and references to the provider, in their order and to the byte", () =>
    Effect.gen(function* () {
      const requests: Array<GenerationRequest> = []
      const { other, picture, w } = yield* withPictures({
        script: (request) => {
          requests.push(request)
          return FakeMediaProvider.succeed
        }
      })
      const mask = assetIdOf(yield* w.upload(solidPng(8, 8, 255, 255, 255)))
      const guide = assetIdOf(yield* w.upload(solidPng(320, 320, 7, 7, 7)))
      const answer = yield* w.edit({
        inputAssetId: picture,
        additionalInputAssetIds: [other],
        maskAssetId: mask,
        references: [{ assetId: guide, role: "reference_image", index: 0 }],
        model
      })
      assert.isTrue(answer.envelope.ok)
      const [request] = requests
      assert.deepStrictEqual(
        request?.inputs.map(({ assetId, index, role }) => [role, index, assetId]),
        [
          ["input", 0, picture],
          ["input", 1, other],
          ["mask", 0, mask],
          ["reference_image", 0, guide]
        ]
      )
      const sent = yield* Effect.forEach(request?.inputs ?? [], ({ bytes }) => bytes)
      assert.deepStrictEqual(sent[0], solidPng(8, 8, 1, 2, 3))
      assert.deepStrictEqual(sent[3], solidPng(320, 320, 7, 7, 7))
      yield* w.settled(9)
    })
  )

  it.effect("is one job, one call and one debit under one key", () =>
    Effect.gen(function* () {
      const { other, picture, w } = yield* withPictures()
      const request = { inputAssetId: picture, model, idempotencyKey: "edit-1" }
      const answers = yield* Effect.all(
        Array.from({ length: 6 }, () => w.edit(request)),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(new Set(answers.map(jobIdOf)).size, 1)
      const again = yield* w.edit(request)
      assert.strictEqual(jsonField(data(again, "idempotency"), "replayed"), true)
      assert.strictEqual((yield* w.provider.calls).length, 1)
      for (const change of [{ inputAssetId: other }, { maskAssetId: other }, { additionalInputAssetIds: [other] }])
        assert.strictEqual(code(yield* w.edit({ ...request, ...change })), "IDEMPOTENCY_KEY_CONFLICT")
      // The same key of another operation is another key.
      assert.isTrue((yield* w.create({ idempotencyKey: "edit-1" })).envelope.ok)
      yield* w.settled(18)
    })
  )

  it.effect("answers a repeated key even after its input was deleted", () =>
    Effect.gen(function* () {
      const { picture, w } = yield* withPictures()
      const request = { inputAssetId: picture, model, idempotencyKey: "edit-1" }
      const first = yield* w.edit(request)
      yield* deleted(w, picture)
      const again = yield* w.edit(request)
      assert.strictEqual(jobIdOf(again), jobIdOf(first))
      const fresh = yield* w.edit({ ...request, idempotencyKey: "edit-2" })
      assert.strictEqual(code(fresh), "ASSET_NOT_FOUND")
      assert.strictEqual(problem(fresh), "input_asset_id")
      yield* w.settled(9)
    })
  )

  it.effect(
    "with an asset that is nobody's, deleted or somebody else's is refused by its field, and costs nothing",
    () =>
      Effect.gen(function* () {
        const { other, picture, w } = yield* withPictures()
        const stranger = yield* withPictures()
        const unknown = `${stranger.picture}0`
        yield* deleted(w, other)
        for (const [change, field] of [
          [{ inputAssetId: unknown }, "input_asset_id"],
          [{ inputAssetId: other }, "input_asset_id"],
          [{ additionalInputAssetIds: [picture, unknown] }, "additional_input_asset_ids[1]"],
          [{ maskAssetId: unknown }, "mask_asset_id"],
          [{ references: [{ assetId: unknown, role: "reference_image" as const, index: 0 }] }, "references"]
        ] as const) {
          const answer = yield* w.edit({ inputAssetId: picture, model, ...change })
          assert.deepStrictEqual([code(answer), problem(answer)], ["ASSET_NOT_FOUND", field])
        }
        assert.deepStrictEqual(yield* w.provider.calls, [])
        yield* w.settled(0)
      })
  )

  it.effect("whose input cannot be read now was not sent, and may be tried again under its key", () =>
    Effect.gen(function* () {
      const { picture, w } = yield* withPictures({
        wrap: (provider) => ({
          ...provider,
          submit: (request) =>
            Effect.flatMap(Effect.result(request.inputs[0]?.bytes ?? Effect.succeed(new Uint8Array())), (read) =>
              read._tag === "Success"
                ? provider.submit(request)
                : Effect.fail(new MediaProviderError({ provider: "fake", reason: "unavailable", message: "not read" }))
            )
        })
      })
      const artifacts = yield* w.run(ArtifactStore)
      const bytes = solidPng(8, 8, 1, 2, 3)
      const { sha256 } = yield* artifacts.put(bytes)
      yield* artifacts.remove(sha256)
      const request = { inputAssetId: picture, model, idempotencyKey: "edit-1" }
      const failed = yield* w.edit(request)
      assert.strictEqual(code(failed), "PROVIDER_FAILURE")
      assert.strictEqual(jsonField(failed.envelope.error, "retryable"), true)
      assert.strictEqual(
        recovery(failed, "suggested_command"),
        `image-skill edit --input ${picture} --prompt PROMPT --model ${model} --idempotency-key edit-1 --json`
      )
      yield* artifacts.put(bytes)
      assert.isTrue((yield* w.edit(request)).envelope.ok)
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(9)
    })
  )

  it.effect("as a dry run stores a plan, calls nobody and spends nothing", () =>
    Effect.gen(function* () {
      const { picture, w } = yield* withPictures()
      const planned = yield* w.edit({ inputAssetId: picture, model, dryRun: true })
      assert.strictEqual(data(planned, "status"), "planned")
      assert.deepStrictEqual(yield* w.provider.calls, [])
      yield* w.settled(0)
    })
  )

  it.effect("in a queue goes on after a restart with the same inputs", () =>
    Effect.gen(function* () {
      const { picture, w } = yield* withPictures({ script: () => FakeMediaProvider.queue(20) })
      const jobId = jobIdOf(yield* w.edit({ inputAssetId: picture, model, waitMs: 0 }))
      yield* TestClock.adjust("5 seconds")
      yield* w.stop
      const later = yield* w.another()
      yield* later.wake
      yield* TestClock.adjust("1 minute")
      const job = yield* w.row(jobId)
      assert.strictEqual(job.status, "completed")
      assert.deepStrictEqual(
        job.request.media.map(({ assetId }) => assetId),
        [picture]
      )
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(9)
    })
  )
})

const deleted = Effect.fnUntraced(function* ({ agent, run }: World, id: string) {
  const care = yield* run(AssetCare)
  const asset = Option.getOrThrow(yield* care.find(agent.organizationId, id))
  assert.isTrue(yield* care.delete(asset))
})
