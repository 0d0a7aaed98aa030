/**
 * A test harness with fakes: your agent code against the whole service in memory, with a model that costs money, a
 * provider that does what the script says, and books that can be proved.
 */
import { assert, describe, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** The code under test: it tries once more under the same key when it is told that this is safe. */
const buyPoster = Effect.fn("buyPoster")(function* (token: Redacted.Redacted) {
  const service = yield* ServiceApi
  const request = {
    prompt: "a poster of a red boat",
    model: "fake.painter",
    maxUsd: 0.09,
    idempotencyKey: "poster-1"
  }
  const first = yield* service.create(request, token)
  const mayRepeat = jsonField(first.envelope.error, "retryable") === true
  return mayRepeat ? yield* service.create(request, token) : first
})

const remainingCredits = Effect.fn("remainingCredits")(function* (token: Redacted.Redacted) {
  const service = yield* ServiceApi
  const { envelope } = yield* service.quota({}, token)
  return jsonField(jsonField(envelope.data, "limits"), "remaining_credits")
})

const signUp = Effect.gen(function* () {
  const service = yield* ServiceApi
  const { envelope } = yield* service.signup({ agentName: "poster-agent", runtime: "harness", returnToken: true })
  return Redacted.make(textField(envelope.data, "token"))
})

/** The service, with a provider that fails as often as is said and then works. */
const serviceThatFails = (times: number, reason: "unavailable" | "unknown") =>
  Effect.map(
    FakeMediaProvider.make((_, call) => (call < times ? FakeMediaProvider.fail(reason) : FakeMediaProvider.succeed)),
    (provider) => ({
      provider,
      layer: MemoryService.layer({ models: [FakeMediaProvider.fakePainter], providers: [provider] })
    })
  )

const booksAreEven = Effect.gen(function* () {
  assert.deepStrictEqual(yield* brokenBooks, [])
})

describe("an agent that buys a poster", () => {
  it.effect("pays once when the provider fails once", () =>
    Effect.gen(function* () {
      const { layer, provider } = yield* serviceThatFails(1, "unavailable")
      yield* Effect.gen(function* () {
        const token = yield* signUp
        const { envelope } = yield* buyPoster(token)
        assert.isTrue(envelope.ok)
        assert.strictEqual(yield* remainingCredits(token), 41)
        assert.lengthOf(yield* provider.calls, 2)
        yield* booksAreEven
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("does not ask again when nobody knows what happened", () =>
    Effect.gen(function* () {
      const { layer, provider } = yield* serviceThatFails(1, "unknown")
      yield* Effect.gen(function* () {
        const token = yield* signUp
        const { envelope } = yield* buyPoster(token)
        assert.deepInclude(envelope.error, { code: "PROVIDER_TIMEOUT", outcome: "unknown", money_moved: "unknown" })
        assert.lengthOf(yield* provider.calls, 1)
        yield* booksAreEven
      }).pipe(Effect.provide(layer))
    })
  )
})
