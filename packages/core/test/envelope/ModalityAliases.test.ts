import { assert, describe, it } from "@effect/vitest"
import { read } from "@image-skill/core/envelope/Arguments"
import { modalityAliases } from "@image-skill/core/envelope/ModalityAliases"

/** contract/after-0.1.24.md 2: what is typed, and the same in the words of the commands. */
const spellings: ReadonlyArray<readonly [typed: string, meant: string]> = [
  ["image create --prompt x", "create --prompt x"],
  ["image edit --input a --prompt x", "edit --input a --prompt x"],
  ["video create --prompt x --guide", "create --prompt x --guide --intent=video"],
  ["audio create x", "create x --intent=audio"],
  ["3d create --prompt x", "create --prompt x --intent=image-to-3d"],
  ["image-to-3d create --prompt x", "create --prompt x --intent=image-to-3d"],
  ["three-d create --prompt x", "create --prompt x --intent=image-to-3d"],
  ["video create --intent final --prompt x", "create --intent final --prompt x"],
  ["video create --intent=final --prompt x", "create --intent=final --prompt x"],
  ["video create --help", "create --help"],
  ["help video create", "help create"],
  ["help image edit", "help edit"]
]

const unknown = [
  "video",
  "video edit",
  "audio edit",
  "image",
  "image upload",
  "3d",
  "create video create",
  "movie create"
]

describe("commands that are named by the medium first", () => {
  for (const [typed, meant] of spellings) {
    it(`${typed} is ${meant}`, () => {
      assert.deepStrictEqual(read(typed.split(" ")), read(meant.split(" ")))
    })
  }

  for (const typed of unknown) {
    it(`${typed} is none`, () => {
      const reading = read(typed.split(" "))
      if (typed.startsWith("create")) assert.deepInclude(reading, { name: "create", positionals: ["video", "create"] })
      else assert.strictEqual(reading._tag, "NotAvailable")
    })
  }

  it("each stands in the table that documents are made of", () => {
    assert.deepStrictEqual(
      modalityAliases.map(({ alias, command, intent }) => [alias, command, intent]),
      [
        ["image create", "create", null],
        ["image edit", "edit", null],
        ["video create", "create", "video"],
        ["audio create", "create", "audio"],
        ["3d create", "create", "image-to-3d"],
        ["image-to-3d create", "create", "image-to-3d"],
        ["three-d create", "create", "image-to-3d"]
      ]
    )
  })
})
