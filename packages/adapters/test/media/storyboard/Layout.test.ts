import { assert, beforeAll, describe, it } from "@effect/vitest"
import { castOf } from "@image-skill/adapters/media/storyboard/Cast"
import { loadIcons, prepareRasteriser } from "@image-skill/adapters/media/storyboard/Icons"
import { layOut } from "@image-skill/adapters/media/storyboard/Layout"
import { lightOf } from "@image-skill/adapters/media/storyboard/Light"
import type { Placement } from "@image-skill/adapters/media/storyboard/Placement"
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

const liesIn = (prompt: string) =>
  castOf(parseScene(requestFor(prompt)).subjects, loadIcons()).map(({ aspect, lies }) => [lies, aspect > 2])

/** The share of a thing that no box of a nearer one covers, by a grid of points; boxes are taken a little smaller. */
const seenOf = (at: Placement, front: ReadonlyArray<Placement>): number => {
  const steps = Array.from({ length: 12 }, (_, index) => (index + 0.5) / 12)
  const points = steps.flatMap((across) =>
    steps.map((up) => ({ x: at.x + (across - 0.5) * at.width * 0.8, y: at.y - up * at.height * 0.9 }))
  )
  const free = points.filter(
    ({ x, y }) =>
      !front.some(
        (other) => Math.abs(x - other.x) < other.width * 0.4 && y < other.y && y > other.y - other.height * 0.9
      )
  )
  return free.length / points.length
}

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

  it.each(prompts)("lets each thing be seen: %s", (prompt, kind) => {
    for (const [width, height] of sizes) {
      for (const seed of [1, 2, 3]) {
        const placements = placementsOf(prompt, kind, width, height, seed)
        placements.forEach((at, index) => {
          if (at.footing !== "ground") return
          const front = placements.slice(index + 1).filter((other) => other.groundY > at.groundY + 1)
          const where = `${at.actor.subject.word} at ${width} x ${height}, seed ${seed}`
          assert.isAtLeast(seenOf(at, front), 0.4, where)
        })
      }
    }
  })

  it.each([
    ["a dog and a woman", 0.3, 0.7],
    ["a cat next to a house", 0.15, 0.35],
    ["a mouse and an elephant", 0.15, 0.35],
    ["a boy and a girl", 0.95, 1.05]
  ])("keeps proportions: %s", (prompt, least, most) => {
    for (const [width, height] of sizes) {
      const placements = placementsOf(prompt, "ground", width, height, 1)
      const [first, second] = placements.toSorted((a, b) => a.actor.index - b.actor.index)
      const ratio = (first?.height ?? 0) / (second?.height ?? 1)
      assert.isAtLeast(ratio, least)
      assert.isAtMost(ratio, most)
    }
  })

  it("hides nothing in or before another thing", () => {
    for (const prompt of ["a ship in a bottle", "a knight behind a castle", "a house in front of a car"]) {
      const placements = placementsOf(prompt, "ground", 512, 512, 1)
      assert.strictEqual(placements.length, 2)
      const [behind, ...front] = placements
      if (behind !== undefined) assert.isAbove(seenOf(behind, front), 0.4, prompt)
    }
  })

  it("lays long things down, unless somebody holds them", () => {
    assert.deepStrictEqual(liesIn("a knife"), [[true, true]])
    assert.deepStrictEqual(liesIn("a sword"), [[true, true]])
    assert.deepStrictEqual(liesIn("a robot holding a sword").at(-1), [false, false])
  })

  it("keeps boats clear of what stands on the shore", () => {
    for (const [width, height] of sizes) {
      const { subjects } = parseScene(requestFor("a lighthouse and two sailboats"))
      const stage = makeStage(width, height, "ground", lightOf("day", "fair"), 1)
      const water = { top: stage.horizon, bottom: stage.horizon + height * 0.16 }
      const placements = layOut(castOf(subjects, loadIcons()), { stage, water }, 1)
      assert.strictEqual(placements.filter(({ footing }) => footing === "water").length, 2)
      placements.forEach((at, index) => assert.isAbove(seenOf(at, placements.slice(index + 1)), 0.9))
    }
  })

  it("spans the sky with a rainbow, behind everything", () => {
    const placements = placementsOf("a unicorn and a rainbow", "ground", 512, 512, 1)
    assert.strictEqual(placements[0]?.actor.subject.word, "rainbow")
    assert.isAbove(placements[0]?.width ?? 0, 512 * 0.7)
  })

  it("draws what is near after what is far", () => {
    const rows = placementsOf("12 penguins", "ground", 512, 512, 1).map(({ groundY }) => groundY)
    assert.deepStrictEqual(
      rows,
      rows.toSorted((a, b) => a - b)
    )
  })
})
