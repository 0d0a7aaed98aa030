import { assert, it } from "@effect/vitest"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import { type AssetQuery, Assets } from "@image-skill/core/media/Assets"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { asset, evidence } from "./AssetSample.ts"

/** The contract every `Assets` adapter meets. */
export const suite = <E>(name: string, layer: Layer.Layer<Assets, E>): void =>
  it.layer(layer)(`Assets (${name})`, (it) => {
    it.effect("an asset is found by its organization, as it was written", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        const image = asset("image")
        const clip = asset("clip", {
          id: "video_clip",
          kind: "uploaded",
          modality: "video",
          mimeType: "video/mp4",
          width: null,
          height: null,
          contentLength: 268_435_456,
          visibility: "private",
          evidence,
          expiresAt: "2026-02-02T03:04:05.678Z"
        })
        yield* assets.insert(image)
        yield* assets.insert(clip)
        assert.deepStrictEqual(yield* assets.find(image.organizationId, image.id), Option.some(image))
        assert.deepStrictEqual(yield* assets.find(clip.organizationId, clip.id), Option.some(clip))
      })
    )

    it.effect("an asset of another organization is as unknown as one that never was", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        const owned = asset("owned")
        yield* assets.insert(owned)
        assert.deepStrictEqual(yield* assets.find(OrganizationId.make("org_stranger"), owned.id), Option.none())
        assert.deepStrictEqual(yield* assets.find(owned.organizationId, "image_never_was"), Option.none())
      })
    )

    it.effect("whoever knows the id finds the asset on the public path", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        const shared = asset("shared")
        yield* assets.insert(shared)
        assert.deepStrictEqual(yield* assets.findPublic(shared.id), Option.some(shared))
        assert.deepStrictEqual(yield* assets.findPublic("image_never_was"), Option.none())
      })
    )

    it.effect("the assets of a job come in the order in which they were written", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        const made = ["zebra", "aardvark", "mole"].map((animal) => asset(animal, { jobId: "job_animals" }))
        yield* Effect.forEach(made, assets.insert, { discard: true })
        assert.deepStrictEqual(yield* assets.ofJob("job_animals"), made)
        assert.deepStrictEqual(yield* assets.ofJob("job_of_nothing"), [])
      })
    )

    it.effect("an id is given once", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        yield* assets.insert(asset("once"))
        const failure = yield* Effect.flip(assets.insert(asset("once", { jobId: "job_another" })))
        assert.strictEqual(failure.reason, "conflict")
      })
    )

    it.effect("a list has the newest first, of one organization alone, without thumbnails", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        const [mine, theirs] = [OrganizationId.make("org_lister"), OrganizationId.make("org_other_lister")]
        // All of one moment: the order of writing decides.
        yield* assets.insert(asset("l1", { organizationId: mine }))
        yield* assets.insert(asset("l2", { organizationId: theirs }))
        yield* assets.insert(asset("l3", { organizationId: mine, kind: "uploaded", visibility: "private" }))
        yield* assets.insert(asset("l4", { organizationId: mine, kind: "derived", parentId: "image_l1" }))
        yield* assets.insert(asset("l5", { organizationId: mine, id: "video_l5", modality: "video" }))
        assert.deepStrictEqual(yield* ids(mine), ["video_l5", "image_l3", "image_l1"])
        assert.deepStrictEqual(yield* ids(theirs), ["image_l2"])
        assert.deepStrictEqual(yield* ids(OrganizationId.make("org_nobody")), [])
        assert.deepStrictEqual(yield* ids(mine, { kind: "generated" }), ["video_l5", "image_l1"])
        assert.deepStrictEqual(yield* ids(mine, { modality: "image" }), ["image_l3", "image_l1"])
        assert.deepStrictEqual(yield* ids(mine, { kind: "uploaded", modality: "video" }), [])
        assert.deepStrictEqual(yield* ids(mine, { limit: 1, kind: "uploaded" }), ["image_l3"])
        const [newest] = yield* assets.list(mine, { ...all, limit: 1 })
        assert.deepStrictEqual(newest, asset("l5", { organizationId: mine, id: "video_l5", modality: "video" }))
      })
    )

    it.effect("pages go on where they were, whatever is written or deleted meanwhile", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        const organizationId = OrganizationId.make("org_pager")
        const write = (name: string) => assets.insert(asset(name, { organizationId }))
        yield* Effect.forEach(["p1", "p2", "p3", "p4", "p5"], write, { discard: true })
        assert.deepStrictEqual(yield* ids(organizationId, { limit: 2 }), ["image_p5", "image_p4"])
        yield* write("p6")
        assert.isTrue(yield* assets.markDeleted("image_p4", "2026-01-03T00:00:00.000Z"))
        assert.isTrue(yield* assets.markDeleted("image_p2", "2026-01-03T00:00:00.000Z"))
        assert.deepStrictEqual(yield* ids(organizationId, { limit: 2, before: "image_p4" }), ["image_p3", "image_p1"])
        assert.deepStrictEqual(yield* ids(organizationId, { limit: 2, before: "image_p1" }), [])
      })
    )

    it.effect("a page after somebody else's asset, or after none that ever was, is empty", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        const [mine, theirs] = [OrganizationId.make("org_a"), OrganizationId.make("org_b")]
        yield* assets.insert(asset("a1", { organizationId: mine }))
        yield* assets.insert(asset("b1", { organizationId: theirs }))
        assert.deepStrictEqual(yield* ids(mine, { before: "image_b1" }), [])
        assert.deepStrictEqual(yield* ids(mine, { before: "image_never_was" }), [])
      })
    )

    it.effect("a deleted asset is in no list, but keeps its row", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        const organizationId = OrganizationId.make("org_deleter")
        const row = asset("gone", { organizationId, jobId: "job_gone" })
        yield* assets.insert(row)
        yield* assets.insert(asset("stays", { organizationId }))
        const deletedAt = "2026-01-03T00:00:00.000Z"
        assert.isTrue(yield* assets.markDeleted(row.id, deletedAt))
        assert.isFalse(yield* assets.markDeleted(row.id, "2026-01-04T00:00:00.000Z"))
        assert.isFalse(yield* assets.markDeleted("image_never_was", deletedAt))
        const deleted = { ...row, deletedAt }
        assert.deepStrictEqual(yield* ids(organizationId), ["image_stays"])
        assert.deepStrictEqual(yield* assets.find(organizationId, row.id), Option.some(deleted))
        assert.deepStrictEqual(yield* assets.findPublic(row.id), Option.some(deleted))
        assert.deepStrictEqual(yield* assets.ofJob("job_gone"), [deleted])
      })
    )

    it.effect("of those who delete an asset at the same time one did", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        yield* assets.insert(asset("raced"))
        const marks = yield* Effect.replicateEffect(assets.markDeleted("image_raced", "2026-01-03T00:00:00.000Z"), 5, {
          concurrency: "unbounded"
        })
        assert.strictEqual(marks.filter((isMarked) => isMarked).length, 1)
      })
    )

    it.effect("an asset has the thumbnails that were not deleted", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        yield* assets.insert(asset("parent"))
        yield* assets.insert(thumbnail("small", "image_parent"))
        yield* assets.insert(thumbnail("smaller", "image_parent"))
        yield* assets.insert(thumbnail("smallest", "image_another_parent"))
        assert.deepStrictEqual(yield* assets.ofParent("image_parent"), [
          thumbnail("small", "image_parent"),
          thumbnail("smaller", "image_parent")
        ])
        yield* assets.markDeleted("image_small", "2026-01-03T00:00:00.000Z")
        assert.deepStrictEqual(yield* assets.ofParent("image_parent"), [thumbnail("smaller", "image_parent")])
      })
    )

    it.effect("of those who make a thumbnail of the same edge at the same time one keeps it, until it is deleted", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        yield* assets.insert(asset("framed"))
        const made = ["one", "two", "three"].map((name) => thumbnail(`framed_${name}`, "image_framed"))
        const kept = yield* Effect.forEach(made, (small) => assets.insertThumbnail("image_framed", 64, small), {
          concurrency: "unbounded"
        })
        const [first] = kept
        assert(first !== undefined)
        assert.deepStrictEqual(kept, [first, first, first])
        assert.deepStrictEqual(yield* assets.ofParent("image_framed"), [first])
        assert.deepStrictEqual(yield* assets.thumbnail("image_framed", 64), Option.some(first))
        assert.deepStrictEqual(yield* assets.thumbnail("image_framed", 128), Option.none())
        assert.deepStrictEqual(yield* assets.thumbnail("image_other", 64), Option.none())
        const larger = thumbnail("framed_larger", "image_framed")
        assert.deepStrictEqual(yield* assets.insertThumbnail("image_framed", 128, larger), larger)
        assert.deepStrictEqual(yield* assets.ofParent("image_framed"), [first, larger])
        yield* assets.markDeleted(first.id, "2026-01-03T00:00:00.000Z")
        assert.deepStrictEqual(yield* assets.thumbnail("image_framed", 64), Option.none())
        const anew = thumbnail("framed_anew", "image_framed")
        assert.deepStrictEqual(yield* assets.insertThumbnail("image_framed", 64, anew), anew)
      })
    )

    it.effect("a note that bytes may be nobody's has one time, the latest, and comes up from then on", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        const [one, two, three] = ["1", "2", "3"].map((digit) => digit.repeat(64))
        assert(one !== undefined && two !== undefined && three !== undefined)
        yield* assets.noteUnused(one, until("03"))
        yield* assets.noteUnused(two, until("01"))
        yield* assets.noteUnused(three, until("02"))
        assert.deepStrictEqual(yield* assets.unused(until("02"), 9), [two, three])
        assert.deepStrictEqual(yield* assets.unused(until("09"), 9), [two, three, one])
        assert.deepStrictEqual(yield* assets.unused(until("09"), 1), [two])
        yield* assets.noteUnused(two, until("04"))
        assert.deepStrictEqual(yield* assets.unused(until("09"), 9), [three, one, two])
        yield* assets.forgetUnused(three)
        yield* assets.forgetUnused(three)
        assert.deepStrictEqual(yield* assets.unused(until("09"), 9), [one, two])
      })
    )

    it.effect("bytes are in use until the last asset that has them is deleted, whoever owns it", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        const sha256 = "ab".repeat(32)
        assert.isFalse(yield* assets.isInUse(sha256))
        yield* assets.insert(asset("first", { sha256 }))
        yield* assets.insert(asset("second", { sha256, organizationId: OrganizationId.make("org_same_bytes") }))
        assert.isTrue(yield* assets.isInUse(sha256))
        yield* assets.markDeleted("image_first", "2026-01-03T00:00:00.000Z")
        assert.isTrue(yield* assets.isInUse(sha256))
        yield* assets.markDeleted("image_second", "2026-01-03T00:00:00.000Z")
        assert.isFalse(yield* assets.isInUse(sha256))
      })
    )

    it.effect("what has expired comes oldest first, and no more once it is deleted", () =>
      Effect.gen(function* () {
        const assets = yield* Assets
        const expiring = (name: string, day: string) => asset(name, { expiresAt: until(day) })
        yield* assets.insert(expiring("third", "03"))
        yield* assets.insert(expiring("one", "01"))
        yield* assets.insert(expiring("two", "02"))
        yield* assets.insert(asset("forever"))
        const names = (day: string, limit = 9) =>
          Effect.map(assets.expired(until(day), limit), (rows) => rows.map(({ id }) => id))
        assert.deepStrictEqual(yield* names("02"), ["image_one", "image_two"])
        assert.deepStrictEqual(yield* names("09"), ["image_one", "image_two", "image_third"])
        assert.deepStrictEqual(yield* names("09", 1), ["image_one"])
        yield* assets.markDeleted("image_one", until("09"))
        assert.deepStrictEqual(yield* names("09"), ["image_two", "image_third"])
      })
    )
  })

const thumbnail = (name: string, parentId: string) => asset(name, { kind: "derived", parentId })

const until = (day: string): string => `1999-01-${day}T00:00:00.000Z`

const all: AssetQuery = { limit: 9, before: null, kind: null, modality: null }

const ids = (organizationId: OrganizationId, query: Partial<AssetQuery> = {}) =>
  Effect.flatMap(Assets, (assets) =>
    Effect.map(assets.list(organizationId, { ...all, ...query }), (rows) => rows.map(({ id }) => id))
  )
