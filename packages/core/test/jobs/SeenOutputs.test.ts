import { assert, describe, it } from "@effect/vitest"
import type { Evidence } from "@image-skill/core/media/MediaInspector"
import type { MediaProvider, ProviderOutput } from "@image-skill/core/media/MediaProvider"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { jobIdOf, world } from "./JobWorld.ts"

const picture = solidPng(8, 6, 1, 2, 3)

const seen: Evidence = {
  mimeType: "image/png",
  size: { width: 8, height: 6 },
  frames: 1,
  durationSeconds: null,
  transparent: false,
  dominantColors: ["#010203"],
  blank: true,
  silent: null,
  lookHash: "0123456789abcdef",
  contentCredentials: [],
  triangles: null
}

/** What is kept of an output that comes byte by byte. */
const made = Effect.fnUntraced(function* (told: Pick<ProviderOutput, "seen">) {
  const output: ProviderOutput = {
    facts: {},
    body: Stream.fromIterable(Array.from(picture, (byte) => Uint8Array.of(byte))),
    ...told
  }
  const w = yield* world({
    wrap: (provider): MediaProvider => ({
      ...provider,
      outputs: (...read) => Effect.map(provider.outputs(...read), (result) => ({ ...result, outputs: [output] }))
    })
  })
  const row = yield* w.row(jobIdOf(yield* w.create()))
  const [kept] = row.produced?.outputs ?? []
  return { width: kept?.width, height: kept?.height, bytes: kept?.bytes, evidence: kept?.evidence }
})

describe("what the maker of an output has seen of it", () => {
  it.effect("it is judged like what an inspector sees, and nobody looks again", () =>
    Effect.gen(function* () {
      const { evidence, ...kept } = yield* made({ seen })
      assert.deepStrictEqual(kept, { width: 8, height: 6, bytes: picture.length })
      assert.strictEqual(evidence?.lookHash, seen.lookHash)
      assert.deepStrictEqual(evidence?.dominantColors, seen.dominantColors)
      assert.include(evidence?.flags ?? [], "blank")
    })
  )

  it.effect("it counts for nothing when the bytes say something else", () =>
    Effect.gen(function* () {
      for (const other of [
        { ...seen, mimeType: "image/webp" },
        { ...seen, size: { width: 8, height: 7 } },
        { ...seen, size: null }
      ]) {
        const { evidence, ...kept } = yield* made({ seen: other })
        assert.deepStrictEqual(kept, { width: 8, height: 6, bytes: picture.length })
        assert.deepStrictEqual([evidence?.frames, evidence?.lookHash, evidence?.blank], [1, null, null])
      }
    })
  )

  it.effect("without it the stored bytes are inspected", () =>
    Effect.gen(function* () {
      const { evidence, ...kept } = yield* made({})
      assert.deepStrictEqual(kept, { width: 8, height: 6, bytes: picture.length })
      assert.deepStrictEqual([evidence?.frames, evidence?.lookHash], [1, null])
    })
  )
})
