import { symlinkSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { solidPng } from "@image-skill/testing/media/Png"
import { at, text } from "./Cli.ts"
import { placeWith } from "./MediaStub.ts"

const picture = solidPng(40, 30, 10, 120, 200)

const signedUp = async (files: { readonly [name: string]: Uint8Array }) => {
  const machine = placeWith(files)
  const ran = await machine.run(["signup", "--agent", "--agent-name", "hostile", "--runtime", "vitest", "--save"])
  assert.strictEqual(ran.exitCode, 0, ran.stdout)
  return machine
}

describe("a picture of this machine", () => {
  it("is the same input when the same command runs again under its key", async () => {
    const machine = await signedUp({ "red.png": picture })
    const words = ["--model", "local.adjust", "--model-parameters-json", '{"rotate":90}', "--idempotency-key", "again"]
    const first = await machine.run(["edit", "--input", "red.png", ...words])
    assert.strictEqual(first.exitCode, 0, first.stdout)
    const second = await machine.run(["edit", "--input", "red.png", ...words])
    assert.strictEqual(second.exitCode, 0, second.stdout)
    assert.strictEqual(text(second.data, "job_id"), text(first.data, "job_id"))
    assert.strictEqual(at(second.data, "idempotency.replayed"), true)
  })

  it("may have any name, which never reaches a terminal as it is", async () => {
    const name = "a\n\u001B[31mb\u0007$(touch x).png"
    const machine = await signedUp({ [name]: picture })
    const kept = await machine.run(["upload", name])
    assert.strictEqual(kept.exitCode, 0, kept.stdout)
    symlinkSync("loop.png", join(machine.work, "loop.png"))
    const names = [`${name}.missing`, "loop.png", "/dev/zero"]
    const refused = await Promise.all(names.map((wrong) => machine.run(["edit", "--input", wrong, "--prompt", "dusk"])))
    for (const ran of refused) assert.deepStrictEqual([ran.code, ran.exitCode], ["INPUT_FILE_UNREADABLE", 9])
    for (const { stderr, stdout } of [kept, ...refused]) assert.notMatch(`${stdout}${stderr}`, /[^\P{Cc}\n]/u)
  })
})
