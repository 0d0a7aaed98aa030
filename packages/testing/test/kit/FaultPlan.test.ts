import { assert, describe, it } from "@effect/vitest"
import type { FakeServiceOptions } from "@image-skill/testing/kit/FakeOptions"
import { type FakeService, startFakeService } from "@image-skill/testing/kit/FakeService"
import { type Fault, faultPoints } from "@image-skill/testing/kit/FaultPlan"
import { promised } from "@image-skill/testing/kit/Promised"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as Effect from "effect/Effect"

const poster = { prompt: "a poster of a red boat", model: "fake.painter", max_usd: 0.09, idempotency_key: "poster-1" }

const using = async (
  faults: ReadonlyArray<Fault>,
  test: (fake: FakeService) => Promise<void>,
  options: FakeServiceOptions = {}
): Promise<void> => {
  const fake = await startFakeService({ agents: [{ name: "painter" }], ...options })
  try {
    fake.faults.set(faults)
    await test(fake)
    // What was cut off is looked at again, and then every credit is accounted for.
    await fake.clock.advance("20 minutes")
    assert.deepStrictEqual(await fake.books.broken(), [])
    assert.strictEqual((await fake.books.balance()).held, 0, "nothing stays reserved")
  } finally {
    await fake.close()
  }
}

const unknown = "PROVIDER_TIMEOUT unknown unknown"

/** What an agent sees of one create: the code of the error, how it ended, whether money moved; or that nothing came. */
const seen = (fake: FakeService): Promise<string> =>
  fake.api("create", poster).then(
    ({ error }) => (error === null ? "made" : `${error.code} ${error.outcome} ${error.money_moved}`),
    (error: unknown) => (error instanceof TypeError ? "no answer" : "no envelope")
  )

/** What every row of the tables below shows; at the end they have to be all there are. */
const shown = new Set<string>()
const showing = <Row extends readonly [Fault, ...ReadonlyArray<unknown>]>(rows: ReadonlyArray<Row>) => {
  for (const [{ at, do: deed }] of rows) shown.add(`${at} ${deed.split(":")[0]}`)
  return rows
}

type Made = readonly [Fault, first: string, second: string, asked: number, spent: number]

describe("a fault while something is made", () => {
  it.each(
    showing<Made>([
      [{ at: "provider.submit", do: "fail" }, "PROVIDER_FAILURE rejected no", "made", 1, 9],
      [{ at: "provider.submit", do: "refuse" }, "CONTENT_POLICY_DENIED rejected no", "made", 1, 9],
      [{ at: "provider.submit", do: "drop_answer" }, unknown, unknown, 1, 0],
      [{ at: "provider.submit", do: "crash" }, "no answer", unknown, 1, 0],
      [{ at: "provider.submit", do: "delay:40s" }, "made", "made", 1, 9],
      [{ at: "provider.poll", do: "fail" }, "made", "made", 1, 9],
      [{ at: "provider.poll", do: "delay:40s" }, "made", "made", 1, 9],
      [{ at: "provider.poll", do: "crash" }, "no answer", "made", 1, 9],
      [{ at: "provider.output", do: "garble" }, "PROVIDER_FAILURE rejected no", "made", 2, 9],
      [{ at: "provider.output", do: "fail" }, "made", "made", 1, 9],
      [{ at: "provider.output", do: "delay:40s" }, "made", "made", 1, 9],
      [{ at: "artifact.write", do: "disk_full" }, "ARTIFACT_STORAGE_WRITE_FAILED unknown unknown", "made", 1, 9],
      [{ at: "artifact.write", do: "fail" }, "ARTIFACT_STORAGE_WRITE_FAILED unknown unknown", "made", 1, 9],
      [{ at: "artifact.write", do: "delay:40s" }, "made", "made", 1, 9],
      [{ at: "artifact.write", do: "crash" }, "no answer", "made", 1, 9],
      [{ at: "spool.write", do: "disk_full" }, "made", "made", 1, 9],
      [{ at: "spool.write", do: "fail" }, "made", "made", 1, 9],
      [{ at: "spool.write", do: "crash" }, "no answer", "made", 1, 9],
      [{ at: "store.commit", do: "fail" }, "STORE_UNAVAILABLE rejected no", "made", 1, 9],
      [{ at: "store.commit", do: "disk_full" }, "STORE_UNAVAILABLE rejected no", "made", 1, 9],
      [{ at: "store.commit", do: "crash" }, "no answer", "made", 1, 9],
      [{ at: "store.write", do: "fail" }, "STORE_UNAVAILABLE rejected no", "made", 1, 9],
      [{ at: "store.write", do: "disk_full" }, "STORE_UNAVAILABLE rejected no", "made", 1, 9],
      [{ at: "store.write", do: "delay:2s" }, "made", "made", 1, 9],
      [{ at: "store.write", call: 3, do: "crash" }, "no answer", "made", 1, 9],
      [{ at: "network.request", do: "fail" }, "no answer", "made", 1, 9],
      [{ at: "network.request", do: "duplicate" }, "made", "made", 1, 9],
      [{ at: "network.request", do: "delay:40s" }, "made", "made", 1, 9],
      [{ at: "network.request", do: "crash" }, "no answer", "made", 1, 9],
      [{ at: "network.answer", do: "drop_answer" }, "no answer", "made", 1, 9],
      [{ at: "network.answer", do: "delay:40s" }, "made", "made", 1, 9],
      [{ at: "network.answer", do: "garble" }, "no envelope", "made", 1, 9]
    ])
  )("%j", async (fault, first, second, asked, spent) => {
    const isPolled = fault.at === "provider.poll"
    await using(
      [fault],
      async (fake) => {
        const began = fake.clock.now().getTime()
        const one = await seen(fake)
        if (fault.do.startsWith("delay:40s")) assert.isAtLeast(fake.clock.now().getTime() - began, 40_000)
        await fake.clock.advance("1 minute")
        const two = await seen(fake)
        const accepted = await fake.provider().accepted()
        const { spent: paid } = await fake.books.balance()
        assert.deepStrictEqual([one, two, accepted.length, paid], [first, second, asked, spent])
        assert.isAtLeast(fake.faults.calls(fault.at), 1)
      },
      { providers: { fake: isPolled ? ["queue:1"] : [] } }
    )
  })

  it.each(
    showing<readonly [Fault, status: number]>([
      [{ at: "artifact.read", do: "fail" }, 503],
      [{ at: "artifact.read", do: "delay:40s" }, 200]
    ])
  )("%j", async (fault, status) => {
    await using([], async (fake) => {
      const made = await fake.api<{ readonly assets: ReadonlyArray<{ readonly url: string }> }>("create", poster)
      fake.faults.set([fault])
      const [url, began] = [made.data.assets[0]?.url ?? "", fake.clock.now().getTime()]
      assert.strictEqual((await fake.fetch(url)).status, status)
      assert.strictEqual((await fake.fetch(url)).status, 200)
      assert.strictEqual(fake.clock.now().getTime() - began, status === 200 ? 40_000 : 0)
    })
  })
})

describe("a fault while something is paid", () => {
  it.each(
    showing<readonly [Fault, first: string, second: string, paid: number]>([
      [{ at: "rail.open", do: "fail" }, "PAYMENT_PROVIDER_FAILURE", "requires_action", 500],
      [{ at: "rail.open", do: "refuse" }, "PAYMENT_PROVIDER_FAILURE", "failed", 0],
      [{ at: "rail.open", do: "deny" }, "PAYMENT_PROVIDER_FAILURE", "failed", 0],
      [{ at: "rail.open", do: "drop_answer" }, "PAYMENT_PROVIDER_FAILURE", "requires_action", 500],
      [{ at: "rail.open", do: "delay:3s" }, "requires_action", "requires_action", 500],
      [{ at: "rail.open", do: "crash" }, "no answer", "requires_action", 500],
      [{ at: "rail.look", do: "fail" }, "requires_action", "requires_action", 500],
      [{ at: "rail.look", do: "delay:3s" }, "requires_action", "requires_action", 500],
      [{ at: "rail.look", do: "crash" }, "requires_action", "requires_action", 500],
      [{ at: "rail.event", do: "fail" }, "requires_action", "requires_action", 500],
      [{ at: "rail.event", do: "duplicate" }, "requires_action", "requires_action", 500]
    ])
  )("%j", async (fault, first, second, paid) => {
    await using([fault], async (fake) => {
      const quote = await fake.api("creditsQuote", {
        credits: 500,
        payment_method: "stripe_checkout",
        idempotency_key: "quote-1"
      })
      const buy = async (): Promise<string> => {
        const request = { quote_id: quote.data["quote_id"], idempotency_key: "buy-1" }
        const { error } = await fake.api("creditsBuyCheckout", request).catch(() => ({ error: { code: "no answer" } }))
        const [payment] = await fake.payments.list()
        return error?.code ?? payment?.status ?? ""
      }
      const steps = [await buy(), await buy()]
      const [payment] = await fake.payments.list()
      if (steps[1] === "requires_action") await fake.payments.pay(payment?.id ?? "").catch(() => undefined)
      await fake.clock.advance("5 minutes")
      assert.deepStrictEqual([...steps, (await fake.books.balance()).paid], [first, second, paid])
      assert.isAtLeast(fake.faults.calls(fault.at), 1)
    })
  })
})

it("a process that died writes nothing any more, and what was under way is found by the next one", async () => {
  const answer = promised<void>()
  const inner = await Effect.runPromise(
    FakeMediaProvider.make(() => ({ _tag: "WaitFor", signal: Effect.promise(() => answer.promise) }), { id: "own" })
  )
  const fake = await startFakeService({
    agents: [{ name: "painter" }],
    models: [{ id: "own.sketch" }],
    ownProviders: [inner],
    clock: "manual"
  })
  try {
    const making = fake.api("create", { ...poster, model: "own.sketch" }).catch((error: unknown) => error)
    await fake.clock.advance("1 second")
    assert.lengthOf(await Effect.runPromise(inner.calls), 1)
    await fake.crash()
    assert.instanceOf(await making, TypeError)
    answer.resolve()
    await fake.clock.advance("1 minute")
    const again = await fake.api("create", { ...poster, model: "own.sketch" })
    assert.deepInclude(again.error, { code: "PROVIDER_TIMEOUT", outcome: "unknown" })
    await fake.clock.advance("20 minutes")
    assert.deepInclude(await fake.books.balance(), { held: 0, spent: 0 })
    assert.lengthOf(await Effect.runPromise(inner.calls), 1)
    assert.deepStrictEqual(await fake.books.broken(), [])
  } finally {
    await fake.close()
  }
})

it("every fault that a plan may name is shown above", () => {
  const all = Object.entries(faultPoints).flatMap(([at, deeds]) => deeds.map((deed) => `${at} ${deed}`))
  assert.deepStrictEqual([...shown].toSorted(), all.toSorted())
})
