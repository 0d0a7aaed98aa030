import { assert, describe, it } from "@effect/vitest"
import { AssetCare } from "@image-skill/core/jobs/AssetCare"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { Assets } from "@image-skill/core/media/Assets"
import { MediaInspector } from "@image-skill/core/media/MediaInspector"
import { OwnedBytes } from "@image-skill/core/media/OwnedBytes"
import * as MemoryInspector from "@image-skill/testing/media/MemoryInspector"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { assetIdOf, world, type WorldOptions } from "./JobWorld.ts"

const picture = solidPng(64, 32, 1, 2, 3)

/** A world with one uploaded picture, and what takes care of it. */
const withPicture = Effect.fnUntraced(function* (options: WorldOptions = {}) {
  const w = yield* world(options)
  const { organizationId } = w.agent
  const [care, assets, artifacts] = yield* w.run(Effect.all([AssetCare, Assets, ArtifactStore]))
  const uploaded = Effect.fnUntraced(function* () {
    const id = assetIdOf(yield* w.upload(picture))
    return Option.getOrThrow(yield* assets.find(organizationId, id))
  })
  const isStored = (sha256: string) => Effect.isSuccess(artifacts.get(sha256))
  return { w, care, assets, artifacts, organizationId, uploaded, isStored, asset: yield* uploaded() }
})

describe("a thumbnail", () => {
  it.effect("is made once for each size, belongs to its asset, and stands in no list", () =>
    Effect.gen(function* () {
      const { asset, assets, care, isStored, organizationId } = yield* withPicture()
      const small = yield* care.thumbnail(asset, 16)
      assert.deepInclude(small, { kind: "derived", parentId: asset.id, mimeType: "image/webp", width: 16, height: 8 })
      assert.strictEqual((yield* care.thumbnail(asset, 16)).id, small.id)
      assert.notStrictEqual((yield* care.thumbnail(asset, 32)).id, small.id)
      // A small picture is not enlarged, and not copied twice.
      const whole = yield* care.thumbnail(asset, 512)
      assert.deepInclude(whole, { width: 64, height: 32 })
      assert.strictEqual((yield* care.thumbnail(asset, 1_024)).id, whole.id)
      const listed = yield* assets.list(organizationId, { limit: 10, before: null, kind: null, modality: null })
      assert.deepStrictEqual(
        listed.map(({ id }) => id),
        [asset.id]
      )
      yield* care.delete(asset)
      assert.deepStrictEqual(yield* assets.ofParent(asset.id), [])
      assert.isFalse(yield* isStored(small.sha256))
    })
  )

  it.effect("of an asset that is deleted meanwhile is not made", () =>
    Effect.gen(function* () {
      const looking = yield* Deferred.make<void>()
      const gate = yield* Deferred.make<void>()
      const slow = Layer.effect(
        MediaInspector,
        Effect.map(MediaInspector, (inspector) =>
          MediaInspector.of({
            ...inspector,
            thumbnail: (...asked) =>
              Effect.tap(inspector.thumbnail(...asked), () =>
                Effect.andThen(Deferred.succeed(looking, undefined), Deferred.await(gate))
              )
          })
        )
      ).pipe(Layer.provide(MemoryInspector.layer()))
      const { asset, assets, care } = yield* withPicture({ inspector: slow })
      const asked = yield* Effect.forkChild(Effect.flip(care.thumbnail(asset, 16)))
      yield* Deferred.await(looking)
      yield* care.delete(asset)
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust("1 second")
      const refused = asked.pollUnsafe()
      assert(refused?._tag === "Success" && refused.value._tag === "Refusal")
      assert.strictEqual(refused.value.code, "ASSET_NOT_FOUND")
      assert.deepStrictEqual(yield* assets.ofParent(asset.id), [])
    })
  )
})

describe("a deletion", () => {
  it.effect("frees the bytes once nothing needs them, and happens once", () =>
    Effect.gen(function* () {
      const { asset, care, isStored, organizationId, uploaded } = yield* withPicture()
      const twin = yield* uploaded()
      assert.strictEqual(twin.sha256, asset.sha256)
      assert.isTrue(yield* care.delete(asset))
      assert.isFalse(yield* care.delete(asset))
      assert.isTrue(Option.isNone(yield* care.find(organizationId, asset.id)))
      assert.isTrue(yield* isStored(twin.sha256))
      yield* care.delete(twin)
      assert.isFalse(yield* isStored(twin.sha256))
    })
  )

  it.effect("waits with the bytes while somebody stores, who may be about to need them", () =>
    Effect.gen(function* () {
      const { asset, care, isStored, w } = yield* withPicture()
      const owned = yield* w.run(OwnedBytes)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* owned.storing
          yield* care.delete(asset)
          assert.isTrue(yield* isStored(asset.sha256))
        })
      )
      assert.isFalse(yield* isStored(asset.sha256))
    })
  )

  it.effect("that has begun to free bytes is over before anybody stores", () =>
    Effect.gen(function* () {
      const { asset, assets, owned } = yield* withBlockedRemoval()
      yield* assets.markDeleted(asset.id, asset.createdAt)
      const freeing = yield* Effect.forkChild(owned.free(asset.sha256))
      yield* TestClock.adjust("1 second")
      const storing = yield* Effect.forkChild(Effect.scoped(owned.storing))
      yield* TestClock.adjust("1 second")
      assert.isUndefined(freeing.pollUnsafe())
      assert.isUndefined(storing.pollUnsafe())
    })
  )

  it.effect("comes by itself when the time of an asset is over", () =>
    Effect.gen(function* () {
      const { asset, care, isStored } = yield* withPicture({ limits: { mediaRetentionDays: 7 } })
      const small = yield* care.thumbnail(asset, 16)
      yield* TestClock.adjust("6 days")
      assert.strictEqual(yield* care.expire(10), 0)
      yield* TestClock.adjust("25 hours")
      assert.isAtLeast(yield* care.expire(10), 1)
      assert.strictEqual(yield* care.expire(10), 0)
      assert.isFalse(yield* isStored(asset.sha256))
      assert.isFalse(yield* isStored(small.sha256))
    })
  )
})

/** The same over a store from which bytes go slowly. */
const withBlockedRemoval = Effect.fnUntraced(function* () {
  const { artifacts, asset, assets, w } = yield* withPicture()
  const slow = Layer.succeed(ArtifactStore, ArtifactStore.of({ ...artifacts, remove: () => Effect.never }))
  const owned = yield* w.run(Effect.provide(OwnedBytes, Layer.fresh(OwnedBytes.layer).pipe(Layer.provide(slow))))
  return { asset, assets, owned }
})
