import { assert, describe, it } from "@effect/vitest"
import { publishedModels } from "@image-skill/core/models/Catalogue"
import type { Model } from "@image-skill/core/models/Model"
import { aliasHints, search } from "@image-skill/core/models/ModelQuery"
import * as Schema from "effect/Schema"

const self = (model: Model): Model => model
const found = (query: string): ReadonlyArray<string> => search(publishedModels, self, query).rows.map(({ id }) => id)

/** A query with the rows that it finds, the best first. */
const queries: ReadonlyArray<readonly [query: string, ids: ReadonlyArray<string>]> = [
  ["trellis", ["fal.trellis-image-to-3d"]],
  ["TRELLIS", ["fal.trellis-image-to-3d"]],
  ["audio fal", ["fal.stable-audio-25-text-to-audio"]],
  ["text-to-video", ["fal.ltx-video-13b-distilled"]],
  ["variation flux", ["fal.flux-dev-redux", "fal.flux-krea-redux", "fal.flux-schnell-redux"]],
  ["flux.1 redux krea", ["fal.flux-krea-redux"]],
  ["3d.generate", ["fal.trellis-image-to-3d"]],
  ["openai edit", ["openai.gpt-image-2-edit", "openai.gpt-image-1.5-edit"]],
  ["rule-based offline", ["local.storyboard"]],
  ["nano-banana", ["fal.nano-banana-2", "fal.nano-banana-pro", "fal.nano-banana-pro-edit", "fal.nano-banana-2-edit"]],
  ["nano-banana-pro", ["fal.nano-banana-pro", "fal.nano-banana-pro-edit"]],
  ["imagen4-ultra", ["fal.imagen4-preview-ultra"]],
  ["fal.flux-dev", ["fal.flux-dev", "fal.flux-dev-redux"]],
  ["trellis video", []],
  ["zebra", []]
]

describe("ModelQuery.search", () => {
  for (const [query, ids] of queries) {
    it(`"${query}" finds ${ids.length === 0 ? "nothing" : ids.join(", ")}`, () => {
      assert.deepStrictEqual(found(query), ids)
    })
  }

  it("a word in a name counts more than one in a tag, and that more than one in a note", () => {
    const [sample] = publishedModels
    if (sample === undefined) return assert.fail("no rows")
    const bare = { ...sample, taskTags: [], notes: [], displayName: "A" }
    const rows = [
      { ...bare, id: "a.note", notes: ["a zebra"] },
      { ...bare, id: "a.tag", taskTags: ["zebra"] },
      { ...bare, id: "a.zebras" },
      { ...bare, id: "a.zebra-1" },
      { ...bare, id: "a.zebra-2" }
    ]
    assert.deepStrictEqual(
      search(rows, self, "zebra").rows.map(({ id }) => id),
      ["a.zebra-1", "a.zebra-2", "a.zebras", "a.tag", "a.note"]
    )
  })

  it("words that nothing holds come back with the nearest that something does", () => {
    assert.deepStrictEqual(search(publishedModels, self, "seedraem edit").suggestions, [
      { word: "seedraem", instead: "seedream" }
    ])
    assert.deepStrictEqual(search(publishedModels, self, "qqqqqqqq").suggestions, [{ word: "qqqqqqqq", instead: null }])
    assert.deepStrictEqual(search(publishedModels, self, "trellis video").suggestions, [])
    assert.deepStrictEqual(search(publishedModels, self, "trellis").suggestions, [])
  })

  it.prop(
    "exactly the rows that hold every word are found, in whatever order and case the words come",
    [Schema.Array(Schema.Literals(["Flux", "edit", "fal", "image", "PRO", "redux", "1.5", "promptless", "zebra"]))],
    ([words]) => {
      const ids = found(words.join("  "))
      const holding = publishedModels.filter((model) => {
        const { displayName, id, modality, notes, operation, provider, taskTags } = model
        const text = [id, displayName, modality, operation, provider, ...taskTags, ...notes].join(" ").toLowerCase()
        return words.length > 0 && words.every((word) => text.includes(word.toLowerCase()))
      })
      assert.sameMembers(
        [...ids],
        holding.map(({ id }) => id)
      )
      assert.deepStrictEqual(found(words.toReversed().join(", ").toLowerCase()), ids)
    }
  )
})

const hints = (query: string) => aliasHints(publishedModels, query).map(({ alias }) => alias)

describe("ModelQuery.aliasHints", () => {
  it("without a query all aliases are told", () => {
    assert.lengthOf(aliasHints(publishedModels, null), 7)
  })

  it("a query is told the aliases that it names or nearly names", () => {
    assert.deepStrictEqual(hints("imagen4"), ["imagen4", "imagen4-fast", "imagen4-ultra"])
    assert.deepStrictEqual(hints("nanobanana"), ["nano-banana"])
    assert.deepStrictEqual(hints("nano banana edit"), ["nano-banana-pro-edit", "nano-banana-edit"])
    assert.deepStrictEqual(hints("zebra"), [])
    assert.deepStrictEqual(hints(" "), [])
  })
})
