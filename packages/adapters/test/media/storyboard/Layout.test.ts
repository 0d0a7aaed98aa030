import { assert, beforeAll, describe, it } from "@effect/vitest"
import { castOf } from "@image-skill/adapters/media/storyboard/Cast"
import { loadIcons, prepareRasteriser } from "@image-skill/adapters/media/storyboard/Icons"
import { layOut, type Placement } from "@image-skill/adapters/media/storyboard/Layout"
import { lightOf } from "@image-skill/adapters/media/storyboard/Light"
import { parseScene } from "@image-skill/adapters/media/storyboard/Prompt"
import { makeStage, type StageKind } from "@image-skill/adapters/media/storyboard/Stage"
import { requestFor } from "./Pictures.ts"

const sizes: ReadonlyArray<readonly [width: number, height: number]> = [
  [512, 512],
  [683, 512],
  [512, 683],
  [768, 512],
  [512, 768],
  [910, 512],
  [512, 910]
]

const prompts: ReadonlyArray<readonly [prompt: string, kind: StageKind]> = [
  ["a camera", "top"],
  ["seven apples", "top"],
  ["a violin", "floor"],
  ["a huge elephant and a tiny mouse", "ground"],
  ["12 penguins", "ground"],
  ["a cat, a dog, a rabbit, a fox, an owl and a bear", "ground"],
  ["a fox reading a book under a tree", "ground"],
  ["a knight riding a dragon", "ground"],
  ["a castle, two houses and 5 sheep", "ground"],
  ["a dragon over a castle", "ground"],
  ["a boy holding a balloon", "ground"],
  ["10 balloons", "free"],
  ["a rocket, a satellite and three stars", "free"],
  ["a huge giraffe", "ground"],
  ["three airplanes over a city", "ground"],
  ["12 cats, 12 dogs, 12 cows", "ground"]
]

const placementsOf = (prompt: string, kind: StageKind, width: number, height: number, seed: number) => {
  const scene = parseScene(requestFor(prompt, { width, height, seed }))
  const stage = makeStage(width, height, kind, lightOf("day", "fair"), seed)
  return layOut(castOf(scene.subjects, loadIcons()), { stage, water: null }, seed)
}

const hidden = (a: Placement, b: Placement): boolean =>
  Math.abs(a.x - b.x) < a.width * 0.12 && Math.abs(a.y - b.y) < a.height * 0.12

describe("the layout", () => {
  beforeAll(prepareRasteriser)

  it.each(prompts)("keeps everything inside the frame at every ratio: %s", (prompt, kind) => {
    for (const [width, height] of sizes) {
      for (const seed of [1, 2, 3]) {
        for (const at of placementsOf(prompt, kind, width, height, seed)) {
          const where = `${at.actor.subject.word} at ${width} x ${height}, seed ${seed}`
          assert.isAtLeast(at.x - at.width / 2, -0.02 * width, where)
          assert.isAtMost(at.x + at.width / 2, 1.02 * width, where)
          assert.isAtLeast(at.y - at.height, -0.02 * height, where)
          assert.isAtMost(at.y, 1.01 * height, where)
        }
      }
    }
  })

  it.each(prompts)("never stretches a drawing: %s", (prompt, kind) => {
    for (const [width, height] of sizes) {
      for (const at of placementsOf(prompt, kind, width, height, 1)) {
        assert.approximately(at.width / at.height, at.actor.aspect, 1e-6)
      }
    }
  })

  it("makes a single thing large enough to be the subject", () => {
    for (const [width, height] of sizes) {
      const [at] = placementsOf("a camera", "top", width, height, 1)
      assert.isAbove(Math.max((at?.width ?? 0) / width, (at?.height ?? 0) / height), 0.42)
    }
  })

  it("hides none of twelve behind another", () => {
    for (const [width, height] of sizes) {
      const placements = placementsOf("12 penguins", "ground", width, height, 1)
      assert.strictEqual(placements.length, 12)
      placements.forEach((a, index) => {
        for (const b of placements.slice(index + 1)) assert.isFalse(hidden(a, b), `${width} x ${height}`)
      })
    }
  })

  it("draws what is near after what is far", () => {
    const rows = placementsOf("12 penguins", "ground", 512, 512, 1).map(({ groundY }) => groundY)
    assert.deepStrictEqual(
      rows,
      rows.toSorted((a, b) => a - b)
    )
  })
})
