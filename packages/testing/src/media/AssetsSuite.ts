import { assert, it } from "@effect/vitest"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import { Assets } from "@image-skill/core/media/Assets"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { asset } from "./AssetSample.ts"

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
          contentLength: 268_435_456
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
  })
