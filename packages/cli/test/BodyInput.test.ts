import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { type Parsed, read } from "@image-skill/core/envelope/Arguments"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Effect from "effect/Effect"
import { readBody } from "../src/BodyInput.ts"
import { bodiesOf } from "../src/BodyNeed.ts"
import { thisMachine } from "../src/Machine.ts"
import { folder } from "./Cli.ts"

const typed = (...words: ReadonlyArray<string>): Parsed => {
  const reading = read(words)
  if (reading._tag !== "Command") throw new Error(`${words.join(" ")} is no command`)
  return reading
}

const machine = { ...thisMachine("/home/demo/image-skill"), stdinIsTerminal: true }

const taken = (...words: ReadonlyArray<string>): Effect.Effect<Parsed, Refusal> => readBody(typed(...words), machine)

const refused = (...words: ReadonlyArray<string>): Effect.Effect<Refusal, Parsed> => Effect.flip(taken(...words))

/** A file with this text in it. */
const file = (text: string | Uint8Array): string => {
  const path = join(folder(), "body.json")
  writeFileSync(path, text)
  return path
}

describe("BodyInput", () => {
  it.effect("a file with the body of a request stands for the flags of the command", () =>
    Effect.gen(function* () {
      const body = file(JSON.stringify({ prompt: "a lighthouse", max_usd: 0.1, dry_run: true }))
      const { flags } = yield* taken("create", "--visibility", "private", "--input", `@${body}`)
      assert.deepStrictEqual(Object.fromEntries(flags), {
        visibility: ["private"],
        prompt: ["a lighthouse"],
        "max-usd": ["0.1"],
        "dry-run": ["true"]
      })
    })
  )

  it.effect("of an edit and an upload only what begins with @ is a body, and pictures stay pictures", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(bodiesOf(typed("edit", "--input", "photo.jpg", "--input", "-")), [])
      assert.deepStrictEqual(bodiesOf(typed("create", "--input", "-")), ["-"])
      const body = file(JSON.stringify({ prompt: "make it night" }))
      const { flags } = yield* taken("edit", "--input", "photo.jpg", "--input", `@${body}`)
      assert.deepStrictEqual(Object.fromEntries(flags), { input: ["photo.jpg"], prompt: ["make it night"] })
      const both = file(JSON.stringify({ input_asset_id: "image_1" }))
      assert.match((yield* refused("edit", "--input", "photo.jpg", "--input", `@${both}`)).message, /given twice/u)
    })
  )

  it.effect("what is no body, and whoever takes none, is refused before anything is sent", () =>
    Effect.gen(function* () {
      const body = file("{}")
      for (const [words, message] of [
        [["create", "--input", "body.json"], /takes - for standard input, or @FILE/u],
        [["create", "--input"], /takes - for standard input, or @FILE/u],
        [["create", "--input", "@"], /takes - for standard input, or @FILE/u],
        [["create", "--input", `@${body}`, "--input", "-"], /several request bodies/u],
        [["whoami", "--input", `@${body}`], /takes no request/u],
        [["auth", "logout", "--input", `@${body}`], /takes no request/u],
        [["create", "--input", `@${file("{")}`], /is no JSON/u],
        [["create", "--input", `@${file("[]")}`], /one JSON object/u],
        [["create", "--input", `@${file(" ".repeat(262_145))}`], /at most 256 KiB/u],
        [["create", "--input", `@${file(new Uint8Array([0xff, 0xfe, 0x7b]))}`], /must be JSON/u]
      ] as const) {
        const refusal = yield* refused(...words)
        assert.strictEqual(refusal.code, "INVALID_ARGUMENTS", words.join(" "))
        assert.strictEqual(refusal.outcome, "not_sent")
        assert.match(refusal.message, message)
      }
      const missing = yield* refused("create", "--input", "@/home/demo/missing.json")
      assert.strictEqual(missing.code, "INPUT_FILE_UNREADABLE")
    })
  )

  it.effect("standard input is read once, and never from a terminal", () =>
    Effect.gen(function* () {
      assert.match((yield* refused("create", "--input", "-")).message, /is a terminal/u)
      for (const other of [["--token-stdin"], ["--prompt-file", "-"], ["--reference-image", "-@0"]]) {
        const refusal = yield* Effect.flip(
          readBody(typed("create", "--input", "-", ...other), { ...machine, stdinIsTerminal: false })
        )
        assert.match(refusal.message, /the same standard input/u, other.join(" "))
      }
    })
  )
})
