/** An agent under test, offline, in plain TypeScript: one line starts the service, and everything can go wrong on command. */
import type { Envelope } from "@image-skill/testing/kit/Envelope"
import { startFakeService } from "@image-skill/testing/kit/FakeService"
import { assert, it } from "vitest"

/** The agent: it asks again under the same key where it is told that this is safe, and never otherwise. */
const makePoster = async (fetch: typeof globalThis.fetch, baseUrl: string, token: string): Promise<string> => {
  const body = JSON.stringify({
    prompt: "a poster of a red boat",
    model: "fake.painter",
    max_usd: 0.09,
    idempotency_key: "poster-1"
  })
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
  for (let tries = 1; tries <= 3; tries += 1) {
    const response = await fetch(`${baseUrl}/v1/create`, { method: "POST", headers, body }).catch(() => null)
    // No answer says nothing about what was done: the same key finds out.
    const envelope = (await response?.json()) as Envelope<{ assets: [{ url: string }] }> | undefined
    if (envelope?.ok === true) return envelope.data.assets[0].url
    if (envelope?.error?.retryable === false) throw new Error(envelope.error.code)
  }
  throw new Error("gave up")
}

it("pays once, whatever gets lost on the way", async () => {
  await using fake = await startFakeService({ agents: [{ name: "painter", credits: 100 }] })
  fake.faults.set([
    { at: "provider.submit", do: "fail" },
    { at: "network.answer", call: 2, do: "drop_answer" }
  ])
  const url = await makePoster(fake.fetch, fake.baseUrl, fake.token)
  assert.strictEqual((await fake.fetch(url)).headers.get("content-type"), "image/png")
  assert.lengthOf(await fake.provider().accepted(), 1)
  assert.deepInclude(await fake.books.balance(), { paid: 100, preview: 41, spent: 9 })
  assert.deepStrictEqual(await fake.books.broken(), [])
})

it("never has the provider asked twice when nobody knows what it made", async () => {
  await using fake = await startFakeService({ agents: [{ name: "painter" }], providers: { fake: ["lost"] } })
  const refusal = await makePoster(fake.fetch, fake.baseUrl, fake.token).catch(String)
  assert.strictEqual(refusal, "Error: gave up")
  assert.lengthOf(await fake.provider().calls(), 1)
  await fake.clock.advance("20 minutes")
  assert.deepInclude(await fake.books.balance(), { held: 0, preview: 50 })
})
