import { assert, beforeAll, describe, it } from "@effect/vitest"
import { at, type Case, drive, type Place, signedUp, text } from "./Cli.ts"

let signed: Place

beforeAll(async () => {
  signed = await signedUp()
})

const guide = (...wish: ReadonlyArray<string>): Case => ({ args: ["create", "--guide", "--explain", ...wish] })

/** What no create can take, or at least not from the model that the guide chooses. */
const impossible: ReadonlyArray<ReadonlyArray<string>> = [
  ["--prompt", "x".repeat(8_001)],
  ["--prompt", "a robot", "--intent", "x".repeat(41)],
  ["--prompt", "a robot", "--intent", "two\nlines"],
  ["--prompt", "a robot", "--aspect-ratio", "wide"],
  ["--prompt", "a robot", "--aspect-ratio", "5:4"],
  ["--prompt", "a robot", "--output-count", "5"],
  ["--prompt", "a robot", "--output-count", "1001"],
  ["--prompt", "a robot", "--max-estimated-usd-per-image", "-1"],
  ["--prompt", "a robot", "--max-estimated-usd-per-image", "1001"],
  ["--prompt", "a robot", "--model-parameters-json", `{"style":"cubist"}`],
  ["--prompt", "a robot", "--model-parameters-json", `{"width":100}`],
  ["--prompt", "a robot", "--model-parameters-json", `{"width":512,"height":512}`, "--aspect-ratio", "16:9"],
  ["--prompt", "a robot", "--provider", "xai"],
  ["--prompt", "a robot", "--provider", "nobody"],
  ["--prompt", "a robot", "--provider", "xai", "--model", "local.storyboard"]
]

/** What a create takes. */
const possible: ReadonlyArray<ReadonlyArray<string>> = [
  ["--prompt", "x".repeat(8_000)],
  ["--prompt", "a robot", "--intent", "x".repeat(40), "--output-count", "4", "--aspect-ratio", "9:16"],
  ["--prompt", "a robot", "--max-estimated-usd-per-image", "0"],
  ["--prompt", "a robot", "--max-estimated-usd-per-image", "0.000001"],
  ["--prompt", "a robot", "--model-parameters-json", `{"style":"oil","width":512}`, "--provider", "local"]
]

const isRunnable = (answer: unknown): boolean =>
  text(answer, "data.stage") === "ready_to_create" && at(answer, "data.next_command_copy_runnable") === true

describe("what the guide says next", () => {
  it("is a command that create takes, whatever was wished (decision D3.3)", async () => {
    const wishes = [...possible, ...impossible]
    const guided = await drive(
      signed,
      wishes.map((wish) => guide(...wish))
    )
    const proposed = guided.flatMap(({ envelope }, index) =>
      isRunnable(envelope)
        ? [{ wish: wishes[index] ?? [], args: at(envelope, "data.next_actions.create.argv") as ReadonlyArray<string> }]
        : []
    )
    assert.isAtLeast(proposed.length, possible.length)
    const planned = await drive(
      signed,
      proposed.map(({ args }) => ({ args: [...args, "--dry-run"] }))
    )
    const refused = proposed.flatMap(({ wish }, index) => {
      const error = planned[index]?.envelope.error ?? null
      return error === null ? [] : [`${wish.join(" ").slice(-80)}: ${text(error, "message").slice(0, 120)}`]
    })
    assert.deepStrictEqual(refused, [])
  })

  it("keeps to every limit of spending that the caller named", async () => {
    const limits = [
      ["--max-usd", "0.5"],
      ["--max-estimated-usd-per-image", "0.25"]
    ]
    const ran = await drive(
      signed,
      limits.map((limit) => guide("--prompt", "a robot", ...limit))
    )
    const lost = limits.filter((limit, index) => {
      const envelope = ran[index]?.envelope ?? {}
      const argv = at(envelope, "data.next_actions.create.argv") as ReadonlyArray<string>
      return isRunnable(envelope) && !argv.join(" ").includes(limit.join(" "))
    })
    assert.deepStrictEqual(lost, [])
  })
})
