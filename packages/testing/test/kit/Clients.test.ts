import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { connect } from "@image-skill/adapters/agent/HostedImageSkill"
import { startFakeService } from "@image-skill/testing/kit/FakeService"

describe("who uses a fake service", () => {
  it("the library, by nothing but its fetch, address and token", async () => {
    await using fake = await startFakeService({ agents: [{ name: "painter" }] })
    await using skill = await connect({ baseUrl: fake.baseUrl, fetch: fake.fetch, token: fake.token })
    const made = await skill.create({
      prompt: "a boat",
      model: "fake.painter",
      max_usd: 0.09,
      idempotency_key: "boat-1"
    })
    assert.isNotEmpty(JSON.stringify(made))
    assert.lengthOf(await fake.provider().accepted(), 1)
    assert.deepStrictEqual(await fake.books.broken(), [])
  })

  it("a test under node:test, in a process without vitest", { timeout: 60_000 }, () => {
    const program = fileURLToPath(new URL("programs/UnderNodeTest.ts", import.meta.url))
    const words = ["--test", "--conditions=@image-skill/source", "--no-warnings", "--test-reporter=tap", program]
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env
    const { status, stdout } = spawnSync(process.execPath, words, { encoding: "utf8", env })
    assert.strictEqual(status, 0, stdout)
    assert.include(stdout, "ok 1 - a fake service runs under node:test")
  })
})
