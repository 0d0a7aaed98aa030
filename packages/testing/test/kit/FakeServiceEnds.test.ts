import { startFakeService } from "@image-skill/testing/kit/FakeService"
import { assert, describe, it } from "vitest"

describe("a fake service", () => {
  it("that could not be started holds no port", async () => {
    const first = await startFakeService({ onPort: true })
    const onPort = Number(new URL(first.baseUrl).port)
    await first.close()
    const failed = await startFakeService({ onPort, agents: [{ name: "a" }], limits: { previewCredits: 1.5 } }).catch(
      (error: unknown) => error
    )
    assert.instanceOf(failed, Error)
    await using second = await startFakeService({ onPort })
    assert.strictEqual((await fetch(`${second.baseUrl}/healthz`)).status, 200)
  })

  it("that was closed answers nobody, on a port or in memory", async () => {
    const fake = await startFakeService({ agents: [{ name: "a" }] })
    await fake.close()
    const refused = await fake.fetch(`${fake.baseUrl}/healthz`).catch((error: unknown) => error)
    assert.instanceOf(refused, TypeError)
  })

  it("tells whoever gives up that they did", async () => {
    await using fake = await startFakeService({ agents: [{ name: "a" }] })
    const early = await fake.fetch(fake.baseUrl, { signal: AbortSignal.abort() }).catch((error: unknown) => error)
    assert.strictEqual(early instanceof Error ? early.name : "", "AbortError")
  })
})
