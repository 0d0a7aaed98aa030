import { assert, describe, it } from "@effect/vitest"
import { difference, picture, read } from "./Pictures.ts"
import {
  type Addition,
  cocoClasses,
  colors,
  places,
  relations,
  seasons,
  sizes,
  styleWords,
  surfaceMaterials,
  surfaces,
  thingMaterials,
  timesOfDay,
  weathers
} from "./WordsThatShow.ts"

/** At least this share of the picture changes, by at least this much where it does. */
const visible = { share: 0.012, mean: 16 }

const assertShows = async ({ plain, prompt, word }: Addition): Promise<void> => {
  const { drawn, notDrawn } = read(prompt)
  assert.include(drawn, word, prompt)
  assert.notInclude(notDrawn, word, prompt)
  await assertChanges({ plain, prompt, word })
}

const assertChanges = async ({ plain, prompt }: Addition): Promise<void> => {
  const { mean, share } = difference(await picture(prompt), await picture(plain))
  assert.isAbove(share, visible.share, `"${prompt}" changes too little of "${plain}"`)
  assert.isAbove(mean, visible.mean, `"${prompt}" changes "${plain}" too faintly`)
}

describe("things", () => {
  it.each(cocoClasses)("a %s is drawn", async (word) => {
    await assertShows({ word, prompt: `a ${word} in a meadow`, plain: "a meadow" })
  })

  it("each class has a drawing of its own", () => {
    const icons = cocoClasses.map((word) => read(`a ${word}`).scene.subjects[0]?.icon)
    assert.notInclude(icons, undefined)
    assert.strictEqual(new Set(icons).size, cocoClasses.length)
  })

  it("more of a thing is drawn when more is asked for", async () => {
    const prompts = ["a cat", "two cats", "3 cats", "a dozen cats"]
    assert.deepStrictEqual(
      prompts.map((prompt) => read(prompt).drawn[0]),
      ["cat", "2 cats", "3 cats", "12 cats"]
    )
    for (const [index, prompt] of prompts.entries()) {
      const plain = prompts[index - 1]
      if (plain !== undefined) await assertChanges({ word: "", prompt, plain })
    }
  })
})

const groups: ReadonlyArray<readonly [name: string, additions: ReadonlyArray<Addition>]> = [
  ["places", places],
  ["materials of a surface", surfaceMaterials],
  ["materials of a thing", thingMaterials],
  ["times of day", timesOfDay],
  ["weathers", weathers],
  ["seasons", seasons],
  ["styles", styleWords],
  ["colours", colors],
  ["sizes", sizes],
  ["surfaces", surfaces]
]

describe.each(groups)("%s", (_, additions) => {
  it.each(additions)("$word shows in: $prompt", assertShows)
})

describe("relations", () => {
  it.each(relations)("$word shows in: $prompt", assertChanges)
})
