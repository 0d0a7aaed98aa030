import { assert, describe, it } from "@effect/vitest"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import { AssetCare } from "@image-skill/core/jobs/AssetCare"
import type { Job, JobMedia } from "@image-skill/core/jobs/Job"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { Lineage } from "@image-skill/core/jobs/Lineage"
import { Assets } from "@image-skill/core/media/Assets"
import { job } from "@image-skill/testing/jobs/JobSample"
import { asset } from "@image-skill/testing/media/AssetSample"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { assetIdOf, world } from "./JobWorld.ts"

const media = (assetId: string, index: number): JobMedia => ({
  role: "input",
  assetId,
  index,
  referenceIndex: null,
  task: null,
  sha256: "0".repeat(64),
  mimeType: "image/png",
  contentLength: 1,
  size: null,
  visibility: "public"
})

/** Writes assets with the jobs that made them, each from those that it names. */
const family = Effect.fnUntraced(function* (sources: { readonly [name: string]: ReadonlyArray<string> }) {
  const w = yield* world()
  const { organizationId } = w.agent
  const [jobs, assets, lineage] = yield* w.run(Effect.all([JobStore, Assets, Lineage]))
  for (const [name, from] of Object.entries(sources)) {
    const sample = job(name, { organizationId, step: "ended", status: "completed" })
    const request: Job["request"] = {
      ...sample.request,
      media: from.map((source, index) => media(`image_${source}`, index))
    }
    yield* jobs.insert({ ...sample, request })
    yield* assets.insert(asset(name, { organizationId, jobId: sample.id }))
  }
  const of = (name: string) => Effect.map(lineage.of(organizationId, `image_${name}`), Option.getOrThrow)
  return { of, lineage, assets, w }
})

const names = (tree: {
  readonly ancestors: ReadonlyArray<{ readonly asset: { readonly id: string }; readonly depth: number }>
}) => tree.ancestors.map(({ asset: { id }, depth }) => [id.slice("image_".length), depth])

describe("a lineage", () => {
  it.effect("names everything that an asset was made from, nearest first, each once", () =>
    Effect.gen(function* () {
      const { of } = yield* family({ photo: [], sky: [], mix: ["photo", "sky"], night: ["mix", "photo"] })
      const tree = yield* of("night")
      assert.deepStrictEqual(names(tree), [
        ["night", 0],
        ["mix", 1],
        ["photo", 1],
        ["sky", 2]
      ])
      assert.isTrue(tree.complete)
      assert.strictEqual(tree.ancestors[1]?.job?.id, "job_mix")
    })
  )

  it.effect("of an asset that is made of itself ends", () =>
    Effect.gen(function* () {
      const { of } = yield* family({ egg: ["hen"], hen: ["egg"] })
      const tree = yield* of("hen")
      assert.deepStrictEqual(names(tree), [
        ["hen", 0],
        ["egg", 1]
      ])
      assert.isTrue(tree.complete)
    })
  )

  it.effect("that is deeper than twenty says that it was cut off", () =>
    Effect.gen(function* () {
      const chain = Object.fromEntries(
        Array.from({ length: 25 }, (_, index) => [`${index}`, index === 0 ? [] : [`${index - 1}`]])
      )
      const { of } = yield* family(chain)
      const tree = yield* of("24")
      assert.strictEqual(tree.ancestors.length, 20)
      assert.isFalse(tree.complete)
      assert.isTrue((yield* of("19")).complete)
    })
  )

  it.effect("that is wider than a hundred says that it was cut off", () =>
    Effect.gen(function* () {
      const leaves = Array.from({ length: 12 }, (_, index) =>
        Array.from({ length: 9 }, (_, leaf) => `leaf${index}x${leaf}`)
      )
      const { of } = yield* family({
        ...Object.fromEntries(leaves.flat().map((leaf) => [leaf, []])),
        ...Object.fromEntries(leaves.map((own, index) => [`branch${index}`, own])),
        tree: leaves.map((_, index) => `branch${index}`),
        fits: leaves.slice(0, 9).map((_, index) => `branch${index}`)
      })
      const tree = yield* of("tree")
      assert.strictEqual(tree.ancestors.length, 100)
      assert.isFalse(tree.complete)
      const fits = yield* of("fits")
      assert.strictEqual(fits.ancestors.length, 1 + 9 + 81)
      assert.isTrue(fits.complete)
    })
  )

  it.effect("goes on over a deleted asset, and from a thumbnail to its picture", () =>
    Effect.gen(function* () {
      const { w } = yield* family({})
      const [lineage, care, assets] = yield* w.run(Effect.all([Lineage, AssetCare, Assets]))
      const input = assetIdOf(yield* w.upload())
      const made = assetIdOf(yield* w.edit({ inputAssetId: input, model: "fake.retoucher" }))
      const { organizationId } = w.agent
      const small = yield* care.thumbnail(Option.getOrThrow(yield* assets.find(organizationId, made)), 16)
      yield* care.delete(Option.getOrThrow(yield* assets.find(organizationId, input)))
      const tree = Option.getOrThrow(yield* lineage.of(organizationId, small.id))
      assert.deepStrictEqual(
        tree.ancestors.map(({ asset: { id }, depth, job: maker }) => [id, depth, maker?.operation]),
        [
          [small.id, 0, "edit"],
          [made, 1, "edit"],
          [input, 2, "upload"]
        ]
      )
    })
  )

  it.effect("of somebody else's asset is as unknown as one that never was", () =>
    Effect.gen(function* () {
      const { lineage } = yield* family({ photo: [] })
      assert.isTrue(Option.isNone(yield* lineage.of(OrganizationId.make("org_stranger"), "image_photo")))
    })
  )
})
