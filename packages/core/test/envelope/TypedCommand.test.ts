import { assert, describe, it } from "@effect/vitest"
import { bareStart, lineOf } from "@image-skill/core/envelope/Start"
import { commandOfArgv } from "@image-skill/core/envelope/TypedCommand"

const again = (...argv: ReadonlyArray<string>): string | null => {
  const typed = commandOfArgv(argv)
  return typed === null ? null : lineOf(typed.command, bareStart)
}

describe("a typed command", () => {
  it("is printed again without what hands over a secret, names a service, or is about one run", () => {
    assert.strictEqual(
      again(
        "create",
        "--token",
        "isk_r_x",
        "--prompt",
        "a b",
        "--stream",
        "--fields",
        "a",
        "--api-base-url",
        "https://x.example",
        "--token-stdin",
        "--no-spend"
      ),
      `image-skill create --prompt "a b" --no-spend --json`
    )
    assert.strictEqual(
      again("signup", "--agent", "--agent-contact", "inbox@studio.example", "--agent-name", "p"),
      `image-skill signup --agent --agent-name "p" --json`
    )
  })

  it("keeps the last value of a flag, and every value of one that may be repeated", () => {
    assert.strictEqual(
      again("jobs", "wait", "--job-id", "a", "--job-id", "b"),
      `image-skill jobs wait --job-id "b" --json`
    )
    assert.strictEqual(
      again("create", "--reference-image", "a@1", "--reference-image", "b@2"),
      `image-skill create --reference-image "a@1" --reference-image "b@2" --json`
    )
  })

  it("drops a switch that is off, and reads back as what it was", () => {
    assert.strictEqual(again("create", "--dry-run=false", "--guide"), "image-skill create --guide --json")
    assert.strictEqual(again("edit", "--prompt=--x", "image_1"), `image-skill edit "image_1" --prompt='--x' --json`)
  })

  it("of another grammar is none", () => {
    for (const argv of [[], ["nope"], ["create", "--nope"], ["create", "--help"], ["create", "--prompt", "a\0b"]])
      assert.strictEqual(commandOfArgv(argv), null, argv.join(" "))
    assert.strictEqual(
      commandOfArgv(["create", "--api-base-url", "https://x.example"])?.apiBaseUrl,
      "https://x.example"
    )
  })
})
