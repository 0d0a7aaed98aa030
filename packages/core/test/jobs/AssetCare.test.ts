import { assert, describe, it } from "@effect/vitest"
import { AssetCare, thumbnailEdges } from "@image-skill/core/jobs/AssetCare"
import { ArtifactStore, ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import { Assets } from "@image-skill/core/media/Assets"
import { MediaInspector } from "@image-skill/core/media/MediaInspector"
import { OwnedBytes } from "@image-skill/core/media/OwnedBytes"
import * as MemoryInspector from "@image-skill/testing/media/MemoryInspector"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { assetIdOf, type World, world, type WorldOptions } from "./JobWorld.ts"

const picture = solidPng(64, 32, 1, 2, 3)

/** A world with one uploaded picture, and what takes care of it. */
const withPicture = Effect.fnUntraced(function* (options: WorldOptions = {}) {
  const w = yield* world(options)
  const { organizationId } = w.agent
  const [care, assets, artifacts] = yield* w.run(Effect.all([AssetCare, Assets, ArtifactStore]))
  const uploaded = Effect.fnUntraced(function* (bytes: Uint8Array = picture) {
    const id = assetIdOf(yield* w.upload(bytes))
    return Option.getOrThrow(yield* assets.find(organizationId, id))
  })
  const isStored = (sha256: string) => Effect.isSuccess(artifacts.get(sha256))
  const asset = yield* uploaded()
  return { w, care, assets, artifacts, organizationId, uploaded, isStored, asset }
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
      yield* TestClock.adjust("11 minutes")
      yield* care.delete(asset)
      assert.deepStrictEqual(yield* assets.ofParent(asset.id), [])
      assert.isFalse(yield* isStored(small.sha256))
    })
  )

  it.effect("has one of seven sizes, the next one to what was asked for", () =>
    Effect.gen(function* () {
      const { assets, care, uploaded } = yield* withPicture()
      const large = yield* uploaded(solidPng(2_000, 500, 4, 5, 6))
      assert.strictEqual((yield* care.thumbnail(large, 100)).width, 128)
      assert.strictEqual((yield* care.thumbnail(large, 65)).width, 128)
      for (let edge = 16; edge <= 1_024; edge += 9) yield* care.thumbnail(large, edge)
      const kept = yield* assets.ofParent(large.id)
      assert.deepStrictEqual(
        kept.map(({ width }) => width ?? 0).toSorted((left, right) => left - right),
        [...thumbnailEdges]
      )
    })
  )

  it.effect("is kept once, however many ask for it at the same time, and whatever its real size is", () =>
    Effect.gen(function* () {
      const tiny = Layer.effect(
        MediaInspector,
        Effect.map(MediaInspector, (inspector) =>
          MediaInspector.of({
            ...inspector,
            thumbnail: (...asked) =>
              Effect.map(Effect.delay(inspector.thumbnail(...asked), "1 second"), (made) => ({
                ...made,
                size: { width: 3, height: 2 }
              }))
          })
        )
      ).pipe(Layer.provide(MemoryInspector.layer()))
      const { asset, assets, care } = yield* withPicture({ inspector: tiny })
      const asked = yield* Effect.forkChild(
        Effect.replicateEffect(care.thumbnail(asset, 32), 4, { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("2 seconds")
      const all = yield* Fiber.join(asked)
      assert.deepStrictEqual(yield* assets.ofParent(asset.id), all.slice(0, 1))
      assert.deepStrictEqual(new Set(all.map(({ id }) => id)).size, 1)
      const again = yield* Effect.forkChild(care.thumbnail(asset, 32))
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual([yield* Fiber.join(again)], all.slice(0, 1))
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
      yield* TestClock.adjust("11 minutes")
      assert.isTrue(yield* care.delete(asset))
      assert.isFalse(yield* care.delete(asset))
      assert.isTrue(Option.isNone(yield* care.find(organizationId, asset.id)))
      assert.isTrue(yield* isStored(twin.sha256))
      yield* care.delete(twin)
      assert.isFalse(yield* isStored(twin.sha256))
    })
  )

  it.effect("waits with bytes that were put a moment ago, which another process may be about to own", () =>
    Effect.gen(function* () {
      const { artifacts, asset, assets, care, isStored } = yield* withPicture()
      yield* TestClock.adjust("11 minutes")
      // As a process does that shares nothing with this one but the rows and the bytes.
      yield* artifacts.put(picture)
      yield* care.delete(asset)
      assert.isTrue(yield* isStored(asset.sha256))
      assert.strictEqual(yield* care.tidy(10), 0)
      yield* assets.insert({ ...asset, id: "image_of_another" })
      yield* TestClock.adjust("11 minutes")
      assert.strictEqual(yield* care.tidy(10), 0)
      assert.isTrue(yield* isStored(asset.sha256))
    })
  )

  it.effect("frees bytes that were put a moment ago when nobody came to own them, also after a crash", () =>
    Effect.gen(function* () {
      const { asset, care, isStored, w } = yield* withPicture()
      yield* care.delete(asset)
      assert.isTrue(yield* isStored(asset.sha256))
      yield* TestClock.adjust("1 minute")
      const later = yield* (yield* w.another()).run(AssetCare)
      assert.strictEqual(yield* later.tidy(10), 0)
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(yield* later.tidy(10), 1)
      assert.isFalse(yield* isStored(asset.sha256))
      assert.strictEqual(yield* later.tidy(10), 0)
    })
  )

  it.effect("waits with bytes that were put while somebody in this process stores, however long that takes", () =>
    Effect.gen(function* () {
      const { artifacts, asset, care, isStored, w } = yield* withPicture()
      const owned = yield* w.run(OwnedBytes)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* owned.storing
          yield* TestClock.adjust("1 minute")
          yield* artifacts.put(picture)
          yield* TestClock.adjust("3 hours")
          yield* care.delete(asset)
          assert.isTrue(yield* isStored(asset.sha256))
        })
      )
      yield* TestClock.adjust("11 minutes")
      assert.strictEqual(yield* care.tidy(10), 1)
      assert.isFalse(yield* isStored(asset.sha256))
    })
  )

  it.effect("whose bytes cannot be freed now is tried again, and keeps no other one waiting", () =>
    Effect.gen(function* () {
      const { artifacts, asset, assets, isStored, uploaded, w } = yield* withPicture()
      const other = yield* uploaded(solidPng(9, 9, 1, 1, 1))
      yield* TestClock.adjust("11 minutes")
      let isDown = true
      const store = ArtifactStore.of({
        ...artifacts,
        removeOlder: (sha256, before) =>
          isDown && sha256 === asset.sha256
            ? Effect.fail(new ArtifactStoreFailed({ reason: "unreachable", message: "down" }))
            : artifacts.removeOlder(sha256, before)
      })
      const owned = yield* ownedOver(w, store)
      for (const { id, sha256 } of [asset, other]) {
        yield* assets.markDeleted(id, asset.createdAt)
        yield* owned.letGo(sha256)
      }
      assert.strictEqual(yield* owned.sweep(10), 1)
      assert.deepStrictEqual([yield* isStored(asset.sha256), yield* isStored(other.sha256)], [true, false])
      isDown = false
      yield* TestClock.adjust("11 minutes")
      assert.strictEqual(yield* owned.sweep(10), 1)
      assert.isFalse(yield* isStored(asset.sha256))
    })
  )

  it.effect("is not needed for bytes that nobody ever owned: those go after a day, a few at a time", () =>
    Effect.gen(function* () {
      const { artifacts, asset, care, isStored } = yield* withPicture()
      const orphans = yield* Effect.forEach([1, 2, 3, 4, 5], (value) => artifacts.put(Uint8Array.of(value)))
      yield* TestClock.adjust("23 hours")
      assert.strictEqual(yield* care.tidy(100), 0)
      yield* care.tidy(100)
      yield* TestClock.adjust("2 hours")
      let freed = 0
      for (let turn = 0; turn < 8; turn++) {
        const now = yield* care.tidy(2)
        assert.isAtMost(now, 2)
        freed += now
      }
      assert.strictEqual(freed, 5)
      for (const { sha256 } of orphans) assert.isFalse(yield* isStored(sha256))
      assert.isTrue(yield* isStored(asset.sha256))
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

/** What another process has, over another store. */
const ownedOver = (w: World, store: ArtifactStore["Service"]) =>
  w.run(
    Effect.provide(OwnedBytes, Layer.fresh(OwnedBytes.layer).pipe(Layer.provide(Layer.succeed(ArtifactStore, store))))
  )

/** The same over a store from which bytes go slowly. */
const withBlockedRemoval = Effect.fnUntraced(function* () {
  const { artifacts, asset, assets, w } = yield* withPicture()
  const owned = yield* ownedOver(w, ArtifactStore.of({ ...artifacts, removeOlder: () => Effect.never }))
  return { asset, assets, owned }
})
