import { assert, describe, it } from "@effect/vitest"
import { commandBook } from "@image-skill/core/envelope/CommandBook"
import { drive, place } from "./Cli.ts"
import { budgets } from "./Contract.ts"
import { goldenNames, goldenOf } from "./Lifelike.ts"

/** Bytes of an answer that is neither the guide nor an error, unless it is one of the records below. */
const usual = 8_000

/**
 * Answers that may be longer, with the bytes they may have: whole records, and whole catalogues. Each is reachable in
 * a smaller form: by a filter, by `--fields`, most of them by `--limit`.
 */
const large: { readonly [typed: string]: number } = {
  "models list": 72_000,
  "models list --details": 340_000,
  "models show local.adjust": 12_000,
  "capabilities list": 115_000,
  "schema --all": 700_000,
  "completions bash": 15_000
}

/** What is asked for without a word about its size. */
const plainReads = [
  "help",
  "doctor",
  "trust",
  "schema",
  "create --help",
  "edit --help",
  "models list --available",
  "models show local.storyboard",
  "capabilities show is.image.generate.local-storyboard.v1",
  "credits methods",
  "credits plan --credits 100"
]

/** A few of a large answer are a small one. */
const reduced = [
  "models list --limit 3",
  "models list --fields models.id,models.status",
  "capabilities list --fields capabilities.id"
]

/** Lists that are as long as the catalogue of the service, whoever asks. */
const fixed = new Set(["credits packs list", "capabilities list"])

/** What the caller typed comes back in an answer, in each command of it; that is not ours to keep short. */
const ownBytes = ({ text, typed }: { readonly text: string; readonly typed: string }): number =>
  [...typed.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/gu)]
    .map(([, quoted, bare]) => quoted?.replaceAll("'\\''", "'") ?? bare ?? "")
    .filter((word) => word.length > 2 && !known.has(word))
    .map((word) => JSON.stringify(word).slice(1, -1))
    .reduce((rest, word) => rest.replaceAll(word, ""), text.replaceAll(carried, "")).length

/** Variables that stand before the name of the program in each command, since they were set. */
const carried = /\bIMAGE_SKILL_(?:CONFIG_PATH|HOME|DISCOVERY_SOURCE)=\S+ (?=\S*(?:IMAGE_SKILL_\w+=\S+ )*image-skill)/gu

/** Words of ours that stand in a command line. */
const known = new Set("image-skill create credits models assets jobs activity list show help --guide --json".split(" "))

/** Every golden but those for which all was asked. */
const sizes = goldenNames.flatMap((name) => {
  const golden = goldenOf(name)
  return golden.typed.includes("--explain") ? [] : [{ name, own: ownBytes(golden), text: golden.text }]
})

describe("the size of an answer", () => {
  it("is at most 6 kB for the guide, at each stage", () => {
    const guides = sizes.filter(({ text }) => text.includes(`"schema": "image-skill.create-guide.v1"`))
    assert.isAbove(guides.length, 10)
    for (const { name, own } of guides) assert.isAtMost(own, budgets.guide, name)
  })

  it("is at most 1.6 kB for an error", () => {
    const errors = sizes.filter(({ text }) => text.startsWith(`{\n  "ok": false`))
    assert.isAbove(errors.length, 100)
    for (const { name, own } of errors) assert.isAtMost(own, budgets.error, name)
  })

  it("is at most 8 kB for everything else that has a golden", () => {
    for (const { name, own } of sizes) assert.isAtMost(own, usual, name)
  })

  it("is at most 8 kB for what is asked for plainly, but for the records that are named here", async () => {
    const all = [...plainReads, ...reduced, ...Object.keys(large)]
    const cases = all.map((typed) => ({ args: typed.split(" "), env: { IMAGE_SKILL_COMMAND_PREFIX: "image-skill" } }))
    const ran = await drive(place(), cases)
    for (const [index, typed] of all.entries()) {
      const { exitCode, stdout } = ran[index] ?? { exitCode: null, stdout: "" }
      assert.strictEqual(exitCode, 0, `${typed}: ${stdout.slice(0, 400)}`)
      const bytes = Buffer.byteLength(stdout)
      assert.isAtMost(bytes, large[typed] ?? usual, typed)
      if (large[typed] !== undefined) assert.isAbove(bytes, usual, `${typed} needs no exception`)
    }
  })

  it("of a list that can grow is for the caller to choose, page by page", () => {
    const growing = Object.entries(commandBook).filter(([name]) => / list$| agents$/u.test(name) && !fixed.has(name))
    assert.isAtLeast(growing.length, 5)
    for (const [name, { flags }] of growing) assert.includeMembers(Object.keys(flags), ["limit", "cursor"], name)
  })
})
