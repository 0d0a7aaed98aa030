import assert from "node:assert/strict"
import { test } from "node:test"
import { startFakeService } from "@image-skill/testing/kit/FakeService"

void test("a fake service runs under node:test", async () => {
  await using fake = await startFakeService({ agents: [{ name: "painter" }], onPort: true })
  const answer = await fetch(`${fake.url}/v1/whoami`, { headers: { authorization: `Bearer ${fake.token}` } })
  assert.equal(answer.status, 200)
  assert.deepEqual(await fake.books.broken(), [])
})
