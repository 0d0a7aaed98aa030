import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { at, drive, place, signedUp, small, text } from "./Cli.ts"

const settings = { width: 256, height: 256 }

describe("--input", () => {
  it("makes of the body of a signup and of a create what their flags would make, under the same key once", async () => {
    const machine = place()
    const signup = await machine.run(["signup", "--input", "-"], {
      stdin: JSON.stringify({ agent_name: "painter", runtime: "tests" })
    })
    assert.strictEqual(signup.exitCode, 0, signup.stdout)
    assert.strictEqual(text(signup.data, "agent_name"), "painter")
    const body = { prompt: "a red apple", idempotency_key: "one", model_parameters: settings }
    writeFileSync(join(machine.work, "body.json"), JSON.stringify(body))
    const [fromBody, fromFlags, edited] = await drive(machine, [
      { args: ["create", "--input", "@body.json"] },
      { args: ["create", "--prompt", "a red apple", "--idempotency-key", "one", ...small] },
      { args: ["edit", "--input", "@body.json"] }
    ])
    assert.strictEqual(fromBody?.exitCode, 0, fromBody?.stdout)
    assert.strictEqual(text(fromBody?.data, "job_id"), text(fromFlags?.data, "job_id"))
    assert.match(text(edited?.envelope.error, "message"), /--input is required/u)
  })

  it("holds every guard for a body: flags that forbid spending, caps, credentials, and fields that are wrong", async () => {
    const machine = await signedUp()
    const bodies = {
      "card.json": { prompt: "x", model_parameters: { card_number: "4242" } },
      "wrong.json": { prompt: "x", promt: "y", max_usd: "z" },
      "dry.json": { prompt: "x", dry_run: true, model_parameters: settings }
    }
    for (const [name, body] of Object.entries(bodies)) writeFileSync(join(machine.work, name), JSON.stringify(body))
    const [card, wrong, dry, twice, none] = await drive(machine, [
      { args: ["create", "--input", "@card.json"] },
      { args: ["create", "--input", "@wrong.json"] },
      { args: ["create", "--input", "@dry.json", "--no-spend"] },
      { args: ["create", "--input", "@dry.json", "--prompt", "y"] },
      { args: ["whoami", "--input", "@dry.json"] }
    ])
    assert.strictEqual(card?.code, "PAYMENT_CREDENTIAL_FLAG_REJECTED")
    assert.notInclude(card?.stdout, "4242")
    assert.strictEqual(wrong?.exitCode, 2)
    assert.deepStrictEqual(
      (at(wrong?.envelope.error, "details.problems") as ReadonlyArray<{ readonly field: string }>).map(
        ({ field }) => field
      ),
      ["promt", "max_usd"]
    )
    assert.strictEqual(dry?.exitCode, 0, dry?.stdout)
    assert.strictEqual(at(dry?.data, "dry_run"), true)
    assert.match(text(twice?.envelope.error, "message"), /given twice/u)
    assert.match(text(none?.envelope.error, "message"), /takes no request/u)
  })

  it("a script for a shell is printed by itself with --raw, and inside of an envelope without", async () => {
    const [raw, envelope] = await drive(place(), [
      { args: ["completions", "bash", "--raw"] },
      { args: ["completions", "bash"] }
    ])
    assert.strictEqual(raw?.stdout, text(envelope?.data, "script"))
    assert.match(raw?.stdout ?? "", /^# image-skill completion for bash/u)
  })
})
