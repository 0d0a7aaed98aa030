import { assert, describe, it } from "@effect/vitest"
import { drawnOf } from "@image-skill/adapters/media/storyboard/Drawn"
import { parseScene } from "@image-skill/adapters/media/storyboard/Prompt"
import { read, requestFor } from "./Pictures.ts"

const iconsIn = (prompt: string) => read(prompt).scene.subjects.map(({ icon }) => icon)

const seedOf = (prompt: string): number => read(prompt).scene.seed

const relationsIn = (prompt: string): ReadonlyArray<string> => {
  const { subjects } = read(prompt).scene
  return subjects.flatMap(({ relation, word }) =>
    relation === null ? [] : [`${word} ${relation.kind} ${subjects[relation.to]?.word}`]
  )
}

describe("what a prompt names", () => {
  it("the canonical prompt is drawn whole", () => {
    const { drawn, notDrawn, place } = read("a compact field camera on a stainless workbench")
    assert.deepStrictEqual(drawn, ["compact field camera", "stainless", "workbench"])
    assert.deepStrictEqual(notDrawn, [])
    assert.strictEqual(place, "workshop")
  })

  it("a noun directly before a noun only describes it", () => {
    assert.strictEqual(read("a field camera").place, "studio")
    assert.deepStrictEqual(read("a garden robot").drawn, ["robot"])
    assert.deepStrictEqual(read("a garden robot").notDrawn, ["garden"])
    assert.deepStrictEqual(read("a chocolate cake").notDrawn, ["chocolate"])
  })

  it("a place lends its setting to the table that it describes", () => {
    const { notDrawn, place } = read("an apple on a library table")
    assert.strictEqual(place, "library")
    assert.deepStrictEqual(notDrawn, [])
  })

  it("the longest phrase is meant", () => {
    assert.deepStrictEqual(read("a hot dog").drawn, ["hot dog"])
    assert.deepStrictEqual(read("a stop sign").drawn, ["stop sign"])
    assert.deepStrictEqual(read("a teddy bear and a bear").drawn, ["teddy bear", "bear"])
  })

  it.each([
    ["cats", "3 cats"],
    ["wolves", "3 wolves"],
    ["two mice", "2 mice"],
    ["five women", "5 women"],
    ["a pair of wine glasses", "2 wine glasses"],
    ["6 strawberries", "6 strawberries"],
    ["some sheep", "3 sheep"],
    ["children", "3 children"],
    ["two children flying kites", "2 kites"],
    ["two girls holding five balloons", "5 balloons"],
    ["a pair of glasses", "a pair of glasses"],
    ["12,000 geese", "12 geese"]
  ])("%s are %s", (prompt, drawn) => {
    assert.include(read(prompt).drawn, drawn)
  })

  it("case, hyphens, accents, quotes and emoji do not matter", () => {
    assert.include(read("A TEDDY-BEAR").drawn, "teddy bear")
    assert.include(read("a “robot” in the café").drawn, "robot")
    assert.strictEqual(read("a robot in the Café").place, "cafe")
    assert.deepStrictEqual(read("🦊🦊 🚀").drawn, ["2 foxes", "rocket"])
    assert.deepStrictEqual(read("👩🏽‍🚒").drawn, ["firefighter"])
  })

  it("between somebody and an article, painting is what is done", () => {
    assert.deepStrictEqual(read("a robot painting a picture in a studio").drawn, ["robot", "picture", "studio"])
    assert.deepStrictEqual(read("an oil painting of a robot").drawn, ["robot", "oil painting"])
  })

  it("company decides which of two things of one name is meant", () => {
    assert.deepStrictEqual(iconsIn("a mouse and a keyboard"), ["computer-mouse", "keyboard"])
    assert.deepStrictEqual(iconsIn("a mouse and a cheese"), ["mouse", "cheese-wedge"])
  })

  it("a part of a house is no thing beside it", () => {
    const { drawn, notDrawn } = read("a house with a red door")
    assert.deepStrictEqual(drawn, ["house"])
    assert.deepStrictEqual(notDrawn, ["door", "red"])
  })

  it("colours go to their nouns", () => {
    const { subjects } = read("a red car and a blue truck").scene
    assert.deepStrictEqual(
      subjects.map(({ color }) => color?.word),
      ["red", "blue"]
    )
    assert.strictEqual(read("the car is red").scene.subjects[0]?.color?.word, "red")
    assert.strictEqual(read("an orange and an orange cat").scene.subjects[0]?.color, null)
    assert.strictEqual(read("a cat, blue background").scene.backdrop.color?.word, "blue")
  })

  it("two colours of a plural are shared out", () => {
    const { subjects } = read("four red and blue balloons").scene
    assert.deepStrictEqual(
      subjects.map(({ color, count }) => [count, color?.word]),
      [
        [2, "red"],
        [2, "blue"]
      ]
    )
  })

  it("materials go to things, to surfaces, to walls and to the ground", () => {
    assert.strictEqual(read("a marble statue").scene.subjects[0]?.material?.name, "marble")
    assert.strictEqual(read("a table made of oak, a cat on it").scene.surface?.material?.name, "oak")
    assert.strictEqual(read("a cat before a brick wall").scene.backdrop.wall?.name, "brick")
    assert.strictEqual(read("an apple on granite").scene.surface?.material?.name, "granite")
  })

  it("a sign says what it is to say", () => {
    const { drawn, notDrawn } = read('a sign that says "Open 24 hours"')
    assert.include(drawn, '"Open 24 hours"')
    assert.deepStrictEqual(notDrawn, [])
    assert.deepStrictEqual(read('a sign that says "日本"').notDrawn, ["日本"])
  })
})

describe("how things are related", () => {
  it.each([
    ["a fox reading a book under a tree", ["fox under tree", "book held-by fox"]],
    ["an astronaut riding a horse on the moon", ["astronaut riding horse"]],
    ["a cat in a box under a chair", ["cat in box", "box under chair"]],
    ["a penguin wearing sunglasses and a top hat", ["sunglasses worn-by penguin", "top hat worn-by penguin"]],
    ["a knight holding a sword and a shield", ["sword held-by knight", "shield held-by knight"]],
    ["a dog with a top hat and a scarf", ["top hat worn-by dog", "scarf worn-by dog"]],
    ["a man with a hammer", ["hammer held-by man"]],
    ["a cook with a pizza", ["pizza held-by cook"]],
    ["a wedding cake with roses", []],
    ["children flying kites", ["kite held-by child"]],
    ["a house with a ladder and a hammer", []],
    ["a mug with a pencil", ["pencil in mug"]],
    ["a robot painting a picture", []],
    ["a bowl of bananas", ["banana in bowl"]],
    ["a boy flying a kite", ["kite held-by boy"]],
    ["under a tree a fox", ["fox under tree"]],
    ["a cat next to a dog", []]
  ])("%s", (prompt, expected) => {
    assert.deepStrictEqual(relationsIn(prompt), expected)
  })

  it("somebody on a bicycle is drawn in one piece with it, and both are named", () => {
    const { drawn, scene } = read("a woman riding a bicycle")
    assert.deepStrictEqual(drawn, ["woman", "bicycle"])
    assert.deepStrictEqual(
      scene.subjects.map(({ icon }) => icon),
      [null, "person-biking"]
    )
  })
})

describe("where and when a picture is set", () => {
  it.each([
    ["five penguins on the ice", "snow-field"],
    ["a teapot at sunrise", "room"],
    ["a vase in autumn", "meadow"],
    ["an old man on a park bench", "park"],
    ["a lighthouse and two sailboats", "sea"],
    ["a sailor with a parrot on a pirate ship", "sea"],
    ["five people at a bus stop", "street"],
    ["a woman and a cow", "farm"],
    ["a car in front of a house", "meadow"],
    ["a wolf howling at the moon", "meadow"],
    ["a wolf on the moon", "moon"]
  ])("%s: %s", (prompt, place) => {
    assert.strictEqual(read(prompt).place, place)
  })

  it("the ground is made of what things stand on", () => {
    assert.strictEqual(read("five penguins on the ice").scene.backdrop.material?.name, "ice")
  })

  it("small things alone in a room stand on its furniture, which the prompt did not name", () => {
    const { drawn, scene } = read("a microscope in a laboratory")
    assert.strictEqual(scene.surface?.kind, "workbench")
    assert.deepStrictEqual(drawn, ["microscope", "laboratory"])
    assert.isNull(read("a scientist with a microscope in a laboratory").scene.surface)
  })

  it("a plain moon is the one in the sky at night", () => {
    const { drawn, scene } = read("a cat under the moon")
    assert.strictEqual(scene.backdrop.time.name, "night")
    assert.strictEqual(scene.backdrop.weather.name, "clear")
    assert.deepStrictEqual(
      scene.subjects.map(({ icon }) => icon),
      ["cat", null]
    )
    assert.deepStrictEqual(drawn, ["cat", "moon"])
  })

  it.each(["a cat and a red moon", "a cat under the moon in fog at noon", "a cat, a sun and a moon"])(
    "any other has a drawing of its own: %s",
    (prompt) => {
      assert.notInclude(
        read(prompt).scene.subjects.map(({ icon }) => icon),
        null
      )
    }
  )

  it("chance follows what the picture is about, not how that looks", () => {
    assert.notStrictEqual(seedOf("a cat"), seedOf("a dog"))
    assert.strictEqual(seedOf("a cat in a meadow"), seedOf("two red cats in a meadow at sunset, watercolor"))
    assert.notStrictEqual(seedOf("quantum"), seedOf("metaphysics"))
  })
})

describe("misspelt names", () => {
  it("are read as what they most likely mean, and the report says so", () => {
    const { drawn, notDrawn } = read("two elefants and a bycicle")
    assert.deepStrictEqual(drawn, ["2 elephants", "bicycle"])
    assert.deepStrictEqual(notDrawn, ["elefants (drawn as elephant)", "bycicle (drawn as bicycle)"])
  })

  it.each(["umbrela", "hamberger", "astranaut", "helicoptor", "strawbery", "motorcyle"])("%s", (word) => {
    assert.strictEqual(read(`a ${word}`).scene.subjects.length, 1)
  })

  it.each("sharp crowded certain chair-like statute planter portion monster general pointer strange".split(" "))(
    "%s is not taken for one",
    (word) => {
      const { notDrawn } = read(`a cat, ${word}`)
      assert.notInclude(notDrawn.join(" "), "drawn as")
    }
  )
})

describe("what must not be drawn", () => {
  it.each([
    ["a cat without a dog", ["cat"]],
    ["a street, no cars or people", ["street"]],
    ["a beach without palm trees", ["beach"]],
    ["not a cat but a dog", ["dog"]],
    ["zero cats and a dog", ["dog"]]
  ])("%s", (prompt, expected) => {
    const { drawn, notDrawn } = read(prompt)
    assert.deepStrictEqual(drawn, expected)
    assert.deepStrictEqual(notDrawn, [])
  })

  it("a forbidden cloud is left out of the sky", () => {
    assert.include(read("a meadow without clouds").scene.excluded, "clouds")
  })
})

describe("what cannot be drawn", () => {
  it("is reported in order and once, without stop words", () => {
    const { drawn, notDrawn } = read("a gorgeous cat and a gorgeous zeitgeist, please draw it in the finest quality")
    assert.deepStrictEqual(drawn, ["cat"])
    assert.deepStrictEqual(notDrawn, ["gorgeous", "zeitgeist", "finest", "quality"])
  })

  it("adjectives of an unknown noun are reported with it", () => {
    assert.deepStrictEqual(read("a cat and a red zeitgeist").notDrawn, ["zeitgeist", "red"])
    assert.strictEqual(read("a cat and a red zeitgeist").scene.subjects[0]?.color, null)
  })

  it.each(["quantum metaphysics", "日本語", "?!...", "the of and", "Ω≈ç√∫"])(
    "%s becomes an abstract card",
    (prompt) => {
      const { drawn, scene } = read(prompt)
      assert.isTrue(scene.card)
      assert.deepStrictEqual(drawn, ["abstract card"])
    }
  )

  it("a count that is clamped says so", () => {
    const { drawn, notDrawn } = read("9999 cats")
    assert.deepStrictEqual(drawn, ["12 cats"])
    assert.deepStrictEqual(notDrawn, ["9999 (12 is the most that is drawn)"])
  })

  it("what only looks alike is drawn, and named for what it is", () => {
    const { drawn, notDrawn } = read("a corgi on a beach")
    assert.deepStrictEqual(drawn, ["dog", "beach"])
    assert.deepStrictEqual(notDrawn, ["corgi (drawn as dog)"])
  })

  it("of two styles the first is used and the second is reported", () => {
    assert.deepStrictEqual(read("a cat, watercolor and pixel art").notDrawn, ["pixel art"])
  })

  it("a style that the parameter overrules is reported", () => {
    const scene = parseScene(requestFor("a cat in watercolor", { style: "oil" }))
    assert.deepStrictEqual(drawnOf(scene), ["cat", "oil"])
    assert.deepStrictEqual(scene.unknown, ["watercolor"])
  })
})
