import { assert, describe, it } from "@effect/vitest"
import { type Parsed, read } from "@image-skill/core/envelope/Arguments"
import { commandNames, specOf } from "@image-skill/core/envelope/CommandBook"
import { render } from "@image-skill/core/envelope/CommandLine"
import { words } from "@image-skill/core/envelope/ShellWords"
import * as Option from "effect/Option"
import { noSpend } from "../src/NoSpend.ts"

const parsed = (line: string): Parsed => {
  const reading = read(Option.getOrThrow(words(line)))
  return reading._tag === "Command" ? reading : assert.fail(line)
}

const silent = { variable: () => null }
const saying = (value: string) => ({ variable: (name: string) => (name === "IMAGE_SKILL_NO_SPEND" ? value : null) })

const wayOf = (line: string, machine: Parameters<typeof noSpend>[1] = silent): string | null => {
  const refusal = noSpend(parsed(line), machine)
  if (refusal === null) return null
  assert.strictEqual(refusal.code, "SPEND_NOT_ALLOWED")
  const way = refusal.recovery?.suggestedCommand
  return way === undefined ? assert.fail("there is always a way") : render(way, "image-skill")
}

/** What could cost credits or move money, and what may be run instead. */
const barred: ReadonlyArray<readonly [line: string, way: string]> = [
  ["create --prompt a --no-spend", `image-skill create --prompt "a" --no-spend --json --dry-run`],
  [
    "edit --input image_1 --prompt a --no-spend",
    `image-skill edit --input "image_1" --prompt "a" --no-spend --json --dry-run`
  ],
  ["create --prompt a --dry-run false --no-spend", `image-skill create --prompt "a" --no-spend --json --dry-run`],
  [
    "credits settle --payment-attempt-id payatt_1 --no-spend",
    `image-skill credits settle --payment-attempt-id "payatt_1" --no-spend --json --print`
  ],
  ["credits buy --provider fake --quote-id quote_1 --no-spend", "image-skill credits plan --json"],
  ["credits fake-purchase --quote-id quote_1 --no-spend", "image-skill credits plan --json"],
  ["conformance --spend --no-spend", "image-skill conformance --no-spend --json"]
]

const allowed = [
  "create --guide --prompt a --no-spend",
  "create --prompt a --dry-run --no-spend",
  "edit --input image_1 --prompt a --dry-run --no-spend",
  "credits quote --credits 50 --no-spend",
  "conformance --no-spend",
  "credits settle --payment-attempt-id payatt_1 --print --no-spend",
  "create --prompt a --no-spend false",
  "create --prompt a"
]

describe("--no-spend", () => {
  it.each(barred)("refuses %s, and says what may be run instead", (line, way) => {
    assert.strictEqual(wayOf(line), way)
    const again = parsed(way.replace("image-skill ", ""))
    assert.isNull(noSpend(again, silent), "what is suggested is allowed")
    assert.deepStrictEqual(again.unknown, [])
  })

  it.each(allowed)("lets %s pass", (line) => assert.isNull(wayOf(line)))

  it("refuses every command whose effect is to spend", () => {
    for (const name of commandNames.filter((command) => specOf(command).effect === "spend"))
      assert.isNotNull(wayOf(`${name} --no-spend`), name)
  })

  it("may be said by a variable, for every command of a session", () => {
    for (const value of ["1", "true", "yes"]) assert.isNotNull(wayOf("create --prompt a", saying(value)), value)
    for (const value of ["0", "false", " FALSE "]) assert.isNull(wayOf("create --prompt a", saying(value)), value)
  })

  it("keeps a long prompt out of the error", () => {
    const way = wayOf(`create --prompt ${"a".repeat(300)} --no-spend`)
    assert.strictEqual(way, "image-skill create --prompt PROMPT --no-spend --json --dry-run")
  })
})
