import { assert, describe, it } from "@effect/vitest"
import type { FakeServiceOptions } from "@image-skill/testing/kit/FakeOptions"
import { type FakeService, startFakeService } from "@image-skill/testing/kit/FakeService"
import { OptionsInvalid } from "@image-skill/testing/kit/ReadOptions"
import { solidPng } from "@image-skill/testing/media/Png"

const using = async (options: FakeServiceOptions, test: (fake: FakeService) => Promise<void>): Promise<void> => {
  const fake = await startFakeService(options)
  try {
    await test(fake)
    assert.deepStrictEqual(await fake.books.broken(), [])
  } finally {
    await fake.close()
  }
}

const painter = [{ name: "painter" }]
const poster = { prompt: "a poster of a red boat", model: "fake.painter", max_usd: 0.09, idempotency_key: "poster-1" }
const again = (key: string) => ({ ...poster, idempotency_key: key })

/** A quote on a rail, begun to be paid; the id of its attempt. */
const begun = async (fake: FakeService, methodId: string, operation: "creditsBuyCheckout" | "creditsBuyDeposit") => {
  const quote = await fake.api("creditsQuote", { credits: 500, payment_method: methodId, idempotency_key: methodId })
  assert.isTrue(quote.ok, JSON.stringify(quote.error))
  const bought = await fake.api<{ readonly payment_attempt_id: string }>(operation, {
    quote_id: quote.data["quote_id"],
    idempotency_key: `buy:${methodId}`
  })
  assert.isTrue(bought.ok, JSON.stringify(bought.error))
  const [payment] = await fake.payments.list().then((all) => all.filter((one) => one.methodId === methodId))
  return payment?.id ?? ""
}

const answersOfARun = async (): Promise<ReadonlyArray<unknown>> => {
  const answers: Array<unknown> = []
  await using({ agents: painter }, async (fake) => {
    answers.push(fake.token, await fake.api("create", poster), await fake.api("quota"), await fake.events())
  })
  return answers
}

describe("startFakeService", () => {
  it("is the same in every run: ids, tokens, times and answers", async () => {
    assert.deepStrictEqual(await answersOfARun(), await answersOfARun())
  })

  it("answers like the service on a port, to any client that has fetch", async () => {
    await using({ agents: painter, onPort: true }, async (fake) => {
      assert.match(fake.url ?? "", /^http:\/\/127\.0\.0\.1:\d+$/u)
      const ask = (path: string) =>
        globalThis.fetch(`${fake.url}${path}`, { headers: { authorization: `Bearer ${fake.token}` } })
      const response = await ask("/v1/quota")
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.headers.get("x-image-skill-exit-code"), "0")
      assert.deepInclude(await response.json(), { ok: true, command: "image-skill usage quota" })
      assert.strictEqual((await ask("/v1/nowhere")).status, 404)
      const made = await fake.api<{ readonly assets: ReadonlyArray<{ readonly url: string }> }>("create", poster)
      const media = await globalThis.fetch(made.data.assets[0]?.url ?? "")
      assert.strictEqual(media.headers.get("content-type"), "image/png")
      assert.isAbove((await media.arrayBuffer()).byteLength, 60)
    })
  })

  it("takes raw uploads, and says how long they were", async () => {
    await using({ agents: painter }, async (fake) => {
      const picture = new Uint8Array(solidPng(40, 30, 200, 30, 60))
      const response = await fake.fetch("/v1/uploads?filename=boat.png&source_kind=local_path", {
        method: "PUT",
        headers: { authorization: `Bearer ${fake.token}`, "content-type": "image/png" },
        body: picture
      })
      const kept: unknown = await response.json()
      assert.strictEqual(response.status, 200, JSON.stringify(kept))
      assert.include(JSON.stringify(kept), `"content_length":${picture.length}`)
      const assets = await fake.api<{ readonly assets: ReadonlyArray<unknown> }>("assetsList")
      assert.lengthOf(assets.data.assets, 1)
    })
  })

  it("a quote that nobody buys in time is over", async () => {
    await using({ agents: painter }, async (fake) => {
      const quote = await fake.api("creditsQuote", { credits: 500, payment_method: "fake", idempotency_key: "q" })
      await fake.clock.advance("2 hours")
      const late = { quote_id: quote.data["quote_id"], idempotency_key: "b" }
      assert.strictEqual((await fake.api("creditsFakePurchase", late)).error?.code, "CREDIT_QUOTE_EXPIRED")
    })
  })

  it("gives its agents what they were promised, by real purchases and grants", async () => {
    const agents = [
      { name: "rich", credits: 5_600 },
      { name: "reader", grants: ["identity.read", "quota.read"] },
      { name: "owned", claimed: true },
      { name: "gone", revoked: true },
      { name: "stopped", credits: 500, frozen: true }
    ] as const
    await using({ agents }, async (fake) => {
      assert.deepInclude(await fake.books.balance("rich"), { preview: 50, paid: 5_600, held: 0 })
      assert.deepStrictEqual([await fake.requests(), await fake.payments.list()], [[], []])
      const codeOf = async (name: string) => (await fake.api("create", poster, fake.agent(name).token)).error?.code
      assert.strictEqual(await codeOf("rich"), undefined)
      assert.strictEqual(await codeOf("reader"), "CAPABILITY_DENIED")
      assert.strictEqual(await codeOf("gone"), "AUTH_REQUIRED")
      assert.strictEqual(await codeOf("stopped"), "CAPABILITY_DENIED")
      const owned = await fake.api("whoami", {}, fake.agent("owned").token)
      assert.strictEqual(owned.actor?.claim_state, "claimed")
      assert.isTrue((await fake.api("assetsList", {}, fake.agent("rich").ownerToken)).ok)
    })
  })

  it("keeps to the limits it was given", async () => {
    await using({ agents: painter, limits: { previewCredits: 9, requestsPerMinute: 3 } }, async (fake) => {
      assert.isTrue((await fake.api("create", poster)).ok)
      assert.strictEqual((await fake.api("create", again("b"))).error?.code, "QUOTA_EXCEEDED")
      await fake.api("quota")
      assert.strictEqual((await fake.api("quota")).error?.code, "RATE_LIMITED")
      await fake.clock.advance("1 minute")
      assert.isTrue((await fake.api("quota")).ok)
    })
  })

  it("has models of the test's own, and published ones that run", async () => {
    const models = [
      { id: "acme.sketch", priceCents: 2, sizes: { "4:3": { width: 40, height: 30 } } },
      { id: "acme.gift", priceCents: 0 }
    ]
    await using({ agents: painter, models, providers: { openai: [] } }, async (fake) => {
      const sketch = await fake.api<{ readonly cost: unknown }>("create", {
        ...again("s"),
        model: "acme.sketch",
        aspect_ratio: "4:3"
      })
      assert.isTrue(sketch.ok, JSON.stringify(sketch.error))
      assert.isTrue((await fake.api("create", { ...again("g"), model: "acme.gift", max_usd: 0 })).ok)
      const published = await fake.api("create", { ...again("o"), model: "openai.gpt-image-2", max_usd: 1 })
      assert.isTrue(published.ok, JSON.stringify(published.error))
      assert.lengthOf(await fake.provider("acme").calls(), 2)
      assert.lengthOf(await fake.provider("openai").calls(), 1)
    })
  })

  it("lets time pass while nothing else is awaited, and only then", async () => {
    const started = new Date("2026-05-05T12:00:00.000Z")
    const options = { agents: painter, startAt: started.toISOString(), providers: { fake: ["slow:30s"] } } as const
    await using(options, async (fake) => {
      assert.isTrue((await fake.api("create", poster)).ok)
      assert.strictEqual(fake.clock.now().getTime() - started.getTime(), 30_000)
    })
    await using({ ...options, clock: "manual" }, async (fake) => {
      let isDone = false
      const made = fake.api("create", poster).finally(() => {
        isDone = true
      })
      await fake.clock.advance("29 seconds")
      assert.isFalse(isDone)
      await fake.clock.advance("1 second")
      assert.isTrue((await made).ok)
    })
  })

  it.each([
    ["succeed", undefined, 9],
    ["partial", undefined, 9],
    ["fail:unavailable", "PROVIDER_FAILURE", 0],
    ["fail:rejected", "PROVIDER_FAILURE", 0],
    ["refuse", "CONTENT_POLICY_DENIED", 0],
    ["garbage", "PROVIDER_FAILURE", 0],
    ["lost", "PROVIDER_TIMEOUT", 0],
    ["queue:3", undefined, 9],
    ["queue:1:canceled", "PROVIDER_FAILURE", 0],
    ["queue:1:refused", "CONTENT_POLICY_DENIED", 0]
  ] as const)("a provider that is told %s does so", async (outcome, code, spent) => {
    await using({ agents: painter, providers: { fake: [outcome] } }, async (fake) => {
      const count = outcome === "partial" ? 2 : 1
      const made = await fake.api("create", { ...poster, output_count: count, max_usd: 0.18 })
      assert.strictEqual(made.error?.code, code, JSON.stringify(made.error))
      assert.lengthOf(await fake.provider().calls(), 1)
      const { spent: paid } = await fake.books.balance()
      assert.strictEqual(paid, spent)
    })
  })

  it("a person pays the hosted page, the credits come, and a refund takes them back", async () => {
    await using({ agents: painter }, async (fake) => {
      const attempt = await begun(fake, "stripe_checkout", "creditsBuyCheckout")
      assert.strictEqual((await fake.books.balance()).paid, 0)
      await fake.payments.pay(attempt)
      assert.strictEqual((await fake.books.balance()).paid, 500)
      await fake.payments.refund(attempt, 200)
      assert.strictEqual((await fake.books.balance()).paid, 300)
      await fake.payments.dispute(attempt)
      assert.strictEqual((await fake.books.balance()).paid, 0)
      await fake.payments.winDispute(attempt)
      assert.strictEqual((await fake.books.balance()).paid, 300)
    })
  })

  it("a deposit is paid, and a payment that nobody makes expires by the clock", async () => {
    await using({ agents: painter, rails: ["deposit"] }, async (fake) => {
      await fake.payments.pay(await begun(fake, "stripe_x402.exact.usdc", "creditsBuyDeposit"))
      assert.strictEqual((await fake.books.balance()).paid, 500)
    })
    await using({ agents: painter, rails: ["hosted"] }, async (fake) => {
      const attempt = await begun(fake, "stripe_checkout", "creditsBuyCheckout")
      await fake.clock.advance("2 hours")
      assert.deepInclude((await fake.payments.list())[0], { id: attempt, status: "expired" })
    })
  })

  it("a rail that is denied or not configured says so", async () => {
    await using({ agents: painter, rails: ["hosted:denied", "deposit:unavailable"] }, async (fake) => {
      const quote = await fake.api("creditsQuote", {
        credits: 500,
        payment_method: "stripe_checkout",
        idempotency_key: "q"
      })
      const bought = await fake.api("creditsBuyCheckout", { quote_id: quote.data["quote_id"], idempotency_key: "b" })
      assert.deepInclude(bought.error, { outcome: "rejected", money_moved: "no" })
      const absent = await fake.api("creditsQuote", {
        credits: 500,
        payment_method: "stripe_x402.exact.usdc",
        idempotency_key: "r"
      })
      assert.strictEqual(absent.error?.code, "PAYMENT_METHOD_UNAVAILABLE")
    })
  })

  it.each<readonly [object, string]>([
    [{ agent: [] }, "agents"],
    [{ limits: { previewCredit: 1 } }, "previewCredits"],
    [{ rails: ["hostd"] }, "hosted"],
    [{ rails: ["fake", "fake:delay"] }, "twice"],
    [{ providers: { opena: [] } }, "openai"],
    [{ providers: { fake: ["fail:unavailble"] } }, "fail:unavailable"],
    [{ providers: { fake: ["slow:soon"] } }, "30s"],
    [{ providers: { fake: ["queue:2:vanished"] } }, "canceled"],
    [{ agents: [{ name: "a", credit: 5 }] }, "credits"],
    [{ agents: [{ name: "a b" }] }, "name"],
    [{ agents: [{ name: "a", grants: ["quota.reed"] }] }, "quota.read"],
    [{ models: [{ id: "sketch" }] }, "provider.name"],
    [{ models: [{ id: "fake.painter" }] }, "there already"],
    [{ models: [{ id: "fake.x", priceCents: 0.00001 }] }, "no price"],
    [{ startAt: "soon" }, "2026-01-31"],
    [{ faults: [{ at: "provider.submt", do: "fail" }] }, "provider.submit"],
    [{ faults: [{ at: "provider.submit", do: "disk_full" }] }, "drop_answer"],
    [{ faults: [{ at: "provider.submit", do: "fail", call: 0 }] }, "call"],
    [{ clock: "automatic" }, "manual"]
  ])("refuses %j, naming what would be right", async (options, named) => {
    const error = await startFakeService(options).then(
      () => assert.fail("it started"),
      (reason: unknown) => reason
    )
    assert.instanceOf(error, OptionsInvalid)
    assert.include(error.message, named)
  })
})
