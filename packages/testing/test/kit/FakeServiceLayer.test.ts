import { assert, describe, it } from "@effect/vitest"
import { textField } from "@image-skill/core/envelope/JsonFields"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import { balanceOf } from "@image-skill/testing/kit/FakeAgents"
import * as FakeServiceLayer from "@image-skill/testing/kit/FakeServiceLayer"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"

const poster = { prompt: "a poster", model: "fake.painter", maxUsd: 0.09, idempotencyKey: "poster-1" }

describe("FakeServiceLayer", () => {
  it.effect("is the service on the clock of the test, with agents, scripts and faults", () =>
    Effect.gen(function* () {
      const service = yield* ServiceApi
      const { agents, faults, providers } = yield* FakeServiceLayer.FakeControls
      const [painter] = agents
      assert.isDefined(painter)
      const token = Redacted.make(painter.token)
      faults.set([{ at: "provider.submit", do: "fail" }])
      const first = yield* service.create(poster, token)
      assert.strictEqual(textField(first.envelope.error, "code"), "PROVIDER_FAILURE")
      const making = yield* Effect.forkChild(service.create(poster, token), { startImmediately: true })
      yield* TestClock.adjust("29 seconds")
      assert.isUndefined(making.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.isTrue((yield* Fiber.join(making)).envelope.ok)
      assert.lengthOf(yield* providers[0]?.accepted ?? Effect.succeed([]), 1)
      assert.deepInclude(yield* balanceOf(painter.organizationId), { paid: 100, preview: 41, spent: 9 })
      assert.deepStrictEqual(yield* brokenBooks, [])
    }).pipe(
      Effect.provide(
        FakeServiceLayer.layer({ agents: [{ name: "painter", credits: 100 }], providers: { fake: ["slow:30s"] } })
      )
    )
  )

  it.effect("who pays is noticed when the service looks", () =>
    Effect.gen(function* () {
      const service = yield* ServiceApi
      const { agents, payers } = yield* FakeServiceLayer.FakeControls
      const token = Redacted.make(agents[0]?.token ?? "")
      const asked = { credits: 500, paymentMethod: "stripe_checkout", idempotencyKey: "q" }
      const quote = yield* service.creditsQuote(asked, token)
      const quoteId = textField(quote.envelope.data, "quote_id")
      yield* service.creditsBuyCheckout({ quoteId, idempotencyKey: "b" }, token)
      const [attempt = ""] = payers.hosted.opened()
      payers.hosted.pay(attempt)
      yield* TestClock.adjust("10 seconds")
      const id = agents[0]?.organizationId ?? assert.fail("no agent")
      assert.deepInclude(yield* balanceOf(id), { paid: 500 })
    }).pipe(Effect.provide(FakeServiceLayer.layer({ agents: [{ name: "painter" }] })))
  )
})
