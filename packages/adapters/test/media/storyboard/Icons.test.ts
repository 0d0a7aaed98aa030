import { assert, beforeAll, describe, it } from "@effect/vitest"
import { inkBox, loadIcons, prepareRasteriser, rasteriseBytes } from "@image-skill/adapters/media/storyboard/Icons"
import { natureNames } from "@image-skill/adapters/media/storyboard/LexiconNature"
import { objectNames } from "@image-skill/adapters/media/storyboard/LexiconObjects"
import { actionDrawings, peopleNames, togetherDrawings } from "@image-skill/adapters/media/storyboard/LexiconPeople"
import { surfaceThings } from "@image-skill/adapters/media/storyboard/LexiconScene"
import { read } from "./Pictures.ts"

describe("the icon library", () => {
  beforeAll(prepareRasteriser)

  it("every drawing can be rasterised and has ink", () => {
    const { drawings } = loadIcons()
    const blank = Object.entries(drawings).filter(([name, drawing]) => {
      const pixels = rasteriseBytes(drawing.body, inkBox(name, drawing), 48, 48)
      return !pixels.some((value) => value > 0)
    })
    assert.isAbove(Object.keys(drawings).length, 1300)
    assert.deepStrictEqual(
      blank.map(([name]) => name),
      []
    )
  })

  it("every drawing that a lexicon names exists", () => {
    const { drawings } = loadIcons()
    const named = [
      ...Object.keys(natureNames),
      ...Object.keys(objectNames),
      ...Object.keys(peopleNames),
      ...Object.values(actionDrawings).flatMap((action) => Object.values(action)),
      ...Object.values(togetherDrawings),
      ...Object.values(surfaceThings)
    ]
    assert.deepStrictEqual(
      named.filter((name) => drawings[name] === undefined),
      []
    )
  })

  it("every emoji of the library is drawn", () => {
    const failed = Object.entries(loadIcons().emoji).filter(([emoji]) => {
      const { notDrawn, scene } = read(emoji)
      return scene.subjects.length !== 1 || notDrawn.length > 0
    })
    assert.deepStrictEqual(failed, [])
  })

  it("animals of which Noto has only the head have bodies of ours", () => {
    const { drawings } = loadIcons()
    for (const name of ["bear", "fox", "lion", "panda", "unicorn", "wolf"]) {
      const { height, width } = inkBox(name, drawings[name] ?? { body: "", width: 0, height: 0 })
      assert.isTrue(name === "unicorn" ? width > 100 : height > width * 1.2, name)
    }
  })
})
