import { assert, describe, it } from "@effect/vitest"
import { drawnOf } from "@image-skill/adapters/media/storyboard/Drawn"
import { type EditedScene, editScene } from "@image-skill/adapters/media/storyboard/EditScene"
import { parseScene } from "@image-skill/adapters/media/storyboard/Prompt"
import { readScene } from "@image-skill/adapters/media/storyboard/ReadScene"
import { hostilePrompts } from "@image-skill/testing/media/HostilePrompts"
import { requestFor } from "./Pictures.ts"

const edit = (prompt: string, instruction: string): EditedScene =>
  editScene(parseScene(requestFor(prompt)), null, instruction)

const camera = "a compact field camera on a stainless workbench"
const pair = "a cat and a dog on a beach"

/** What is drawn after the edit, word for word. */
const understood: ReadonlyArray<readonly [prompt: string, instruction: string, drawn: ReadonlyArray<string>]> = [
  ["a dog in a meadow", "make it night", ["dog", "meadow", "night"]],
  ["a dog in a meadow", "Please turn the day into night.", ["dog", "meadow", "night"]],
  ["a dog in a meadow", "change the time of day to sunset", ["dog", "meadow", "sunset"]],
  ["a dog in a meadow", "make it rain", ["dog", "meadow", "rain"]],
  ["a dog in a meadow", "make it winter and snowy", ["dog", "meadow", "snowy", "winter"]],
  ["a dog in a meadow", "add a cat", ["dog", "cat", "meadow"]],
  ["a dog in a meadow", "add a cat, a bird and two trees", ["dog", "cat", "bird", "2 trees", "meadow"]],
  ["a dog in a meadow", "two dogs", ["2 dogs", "meadow"]],
  ["a dog in a meadow", "add another dog", ["2 dogs", "meadow"]],
  ["a dog in a meadow", "remove the dog", ["meadow"]],
  ["a dog in a meadow", "as a watercolor", ["dog", "meadow", "watercolor"]],
  ["a dog in a meadow", "make it look like a blueprint", ["dog", "meadow", "blueprint"]],
  ["a dog in a meadow", "replace the dog with a red fox", ["fox", "red", "meadow"]],
  ["a dog in a meadow", "turn the dog into a lion", ["lion", "meadow"]],
  ["a dog in a meadow", "change the background to a beach", ["dog", "beach"]],
  ["a dog in a meadow", "move it to the moon", ["dog", "moon"]],
  ["a dog in a meadow", "remove the background", ["dog"]],
  ["a dog in a meadow", "make the background transparent", ["dog"]],
  ["a dog in a meadow", "as a pencil sketch without a background", ["dog", "pencil sketch"]],
  ["a dog in a meadow", "add a cat on a transparent background", ["dog", "cat"]],
  ["a dog in a meadow", "bigger", ["dog", "big", "meadow"]],
  ["a dog in a meadow", "give the dog a top hat", ["dog", "top hat", "meadow"]],
  ["a dog in a meadow", "make the dog hold a balloon", ["dog", "balloon", "meadow"]],
  [camera, "make the camera red", ["compact field camera", "red", "stainless", "workbench"]],
  [camera, "make the workbench wooden", ["compact field camera", "wooden", "workbench"]],
  [pair, "make the cat blue, the dog red", ["cat", "dog", "blue", "red", "beach"]],
  [pair, "make the dog bigger and the cat smaller", ["cat", "dog", "small", "big", "beach"]],
  [pair, "get rid of the dog, then add a ball", ["cat", "ball", "beach"]],
  [pair, "replace the cat and the dog with a horse", ["horse", "beach"]],
  ["three balloons over a city", "remove one balloon", ["2 balloons", "city"]],
  ["three balloons over a city", "remove the balloons", ["city"]],
  ["an orange car", "make it orange", ["car", "orange"]],
  ['a sign that says "OPEN"', 'make the sign say "CLOSED"', ["sign", '"CLOSED"']],
  ["nothing at all", "add a cat", ["cat"]]
]

describe("an instruction", () => {
  it.each(understood)('in "%s", "%s" is understood', (prompt, instruction, drawn) => {
    const { notUnderstood, scene } = edit(prompt, instruction)
    assert.deepStrictEqual([drawnOf(scene), notUnderstood], [drawn, []])
  })

  it.each([
    ["a dog in a meadow", "add a zorble", "zorble"],
    ["a dog in a meadow", "make the zebra red", "zebra (not in the picture)"],
    ["a dog in a meadow", "remove the cat", "cat (not in the picture)"],
    ["a dog in a meadow", "remove the meadow", "meadow (name another place, or remove the background)"]
  ])('in "%s", "%s" changes nothing and says why', (prompt, instruction, missed) => {
    const { changes, notUnderstood } = edit(prompt, instruction)
    assert.deepStrictEqual([changes, notUnderstood], [[], [missed]])
  })

  it("that asks for what pixels need is told from one that is not understood", () => {
    assert.isTrue(edit("a dog", "crop it to 200x200").asksForAdjustment)
    assert.isFalse(edit("a dog", "add a zorble").asksForAdjustment)
  })

  it("does what it can, and says what it could not", () => {
    const { changes, notUnderstood } = edit("a dog in a meadow", "add a zorble and make it night")
    assert.deepStrictEqual([changes, notUnderstood], [["time: night"], ["zorble"]])
  })

  it("that takes somebody away takes along what they wear, and leaves what stands beside them", () => {
    const { scene } = edit("a dog wearing a top hat next to a cat", "remove the dog")
    assert.deepStrictEqual(
      scene.subjects.map(({ relation, word }) => [word, relation]),
      [["cat", null]]
    )
  })

  it("keeps relations with the right ones when an earlier thing goes", () => {
    const { scene } = edit("a tree, a dog wearing a top hat", "remove the tree")
    const [dog, hat] = scene.subjects
    assert.deepStrictEqual([dog?.word, hat?.word, hat?.relation?.to], ["dog", "top hat", 0])
  })

  it("never makes a scene that cannot be read again, whatever it says", () => {
    const instructions = [
      ...hostilePrompts,
      ...hostilePrompts.map((text) => `add ${text}`),
      "add 999 cats, 12 dogs, 12 cows, 12 pigs, 12 owls, 12 bees and 12 ants",
      "replace the cat with a dog, ".repeat(200),
      "remove the cat, remove the cat, remove the cat",
      "make the cat the cat the cat bigger bigger smaller",
      "cat on dog on cat on dog, remove the cat"
    ]
    for (const prompt of ["a cat on a dog on a cat", "a king holding a sword on a stage", "?"]) {
      for (const instruction of instructions) {
        const { notUnderstood, scene } = edit(prompt, instruction)
        const text = JSON.stringify(scene)
        assert.deepStrictEqual(readScene(JSON.parse(text)), scene, instruction.slice(0, 60))
        assert.isAtMost(notUnderstood.length, 40)
      }
    }
  })
})

describe("a scene that was kept", () => {
  const scene = parseScene(requestFor("a king holding a sword on a stage"))

  it("is read as it was", () => {
    const text = JSON.stringify(scene)
    assert.deepStrictEqual(readScene(JSON.parse(text)), scene)
  })

  it.each([
    ["nothing", null],
    ["a list", []],
    ["of another version", { ...scene, version: 2 }],
    ["with an unheard-of style", { ...scene, style: { name: "baroque", word: null } }],
    ["of a size that would fill the memory", { ...scene, width: 200_000 }],
    ["with a drawing that is not in the library", { ...scene, subjects: [{ ...scene.subjects[0], icon: "../x" }] }],
    [
      "with more things than a picture holds",
      { ...scene, subjects: Array.from({ length: 17 }, () => scene.subjects[0]) }
    ],
    [
      "with a colour that is markup",
      { ...scene, subjects: [{ ...scene.subjects[0], color: { name: '"/>', word: null } }] }
    ]
  ])("is refused when it is %s", (_, value) => {
    assert.isNull(readScene(value))
  })
})
