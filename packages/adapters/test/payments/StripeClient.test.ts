import { assert, describe, it } from "@effect/vitest"
import type * as StripeClient from "@image-skill/adapters/payments/StripeClient"
import * as StripeSettings from "@image-skill/adapters/payments/StripeSettings"
import * as Loopback from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { clientOf } from "./StripeWorld.ts"

const key = "sk_test_canary0123456789"
const Account = Schema.Struct({ id: Schema.String })

const create = (origin: string) =>
  clientOf(origin, key).call(Account, (stripe) =>
    stripe.rawRequest("POST", "/v1/things", { name: "a thing" }, { idempotencyKey: "key_1" })
  )

const said = (
  type: string,
  code: string,
  message = "No such thing: 'pi_0123_secret_0123', key sk_test_canary0123456789"
) => JSON.stringify({ error: { type, code, message } })

const failureOf = (answer: Loopback.Answering) =>
  Effect.gen(function* () {
    const server = yield* Loopback.loopback(answer)
    const failure = yield* Effect.flip(create(server.origin))
    return { failure, server }
  })

const live = (secretKey: string, base: string | null) =>
  StripeSettings.isLiveMoney({
    secretKey: Redacted.make(secretKey),
    base: base === null ? null : StripeSettings.parseBase(base)
  })

describe("StripeClient", () => {
  it.effect("a request carries the key, its own idempotency key and nothing of this machine's telemetry", () =>
    Effect.gen(function* () {
      // The SDK measures requests that have an id, and tells of one in the next.
      const server = yield* Loopback.loopback(Loopback.answering(200, `{"id":"acct_1"}`, { "request-id": "req_1" }))
      const options = { idempotencyKey: "key_1" }
      const account = yield* clientOf(server.origin, key).call(Account, (stripe) =>
        stripe
          .rawRequest("POST", "/v1/things", { name: "a thing" }, options)
          .then(() => stripe.rawRequest("POST", "/v1/things", { name: "a thing" }, options))
      )
      assert.deepStrictEqual(account, { id: "acct_1" })
      const [first, second] = server.arrived
      assert.deepInclude(first?.headers, {
        authorization: `Bearer ${key}`,
        "idempotency-key": "key_1",
        "content-type": "application/x-www-form-urlencoded"
      })
      assert.strictEqual(first?.body, "name=a%20thing")
      assert.isUndefined(second?.headers["x-stripe-client-telemetry"])
    })
  )

  it.effect.each<readonly [string, Loopback.Answering, StripeClient.StripeFailure["reason"]]>([
    ["400", Loopback.answering(400, said("invalid_request_error", "parameter_invalid")), "refused"],
    ["401", Loopback.answering(401, said("invalid_request_error", "")), "denied"],
    ["402", Loopback.answering(402, said("card_error", "card_declined")), "refused"],
    ["403", Loopback.answering(403, said("invalid_request_error", "")), "denied"],
    ["404", Loopback.answering(404, said("invalid_request_error", "resource_missing")), "refused"],
    ["409", Loopback.answering(409, said("idempotency_error", "idempotency_key_in_use")), "unknown"],
    ["429", Loopback.answering(429, said("invalid_request_error", "rate_limit")), "unavailable"],
    ["a limit of 400", Loopback.answering(400, said("invalid_request_error", "rate_limit")), "unavailable"],
    ["500", Loopback.answering(500, said("api_error", "")), "unknown"],
    ["503 of something in between", Loopback.answering(503, "<html>try later</html>"), "unknown"],
    ["502 in JSON of something in between", Loopback.answering(502, `{"message":"bad gateway"}`), "unknown"],
    ["403 of something in between", Loopback.answering(403, "blocked"), "denied"],
    ["no JSON", Loopback.answering(200, "hello"), "malformed"],
    ["JSON that is no object", Loopback.answering(200, "null"), "malformed"],
    ["another object", Loopback.answering(200, `{"identity":"acct_1"}`), "malformed"],
    ["half an answer", Loopback.brokenOff, "unknown"],
    ["an answer without an end", Loopback.withoutEnd, "unknown"],
    ["a closed connection", (response) => void response.destroy(), "unknown"]
  ])("%s is told in our own words", ([, answer, reason]) =>
    Effect.gen(function* () {
      const { failure } = yield* failureOf(answer)
      assert.strictEqual(failure.reason, reason)
      assert.notMatch(JSON.stringify(failure) + failure.message, /canary|secret|pi_0123/u)
    })
  )

  it.effect("a closed connection is tried once more under the same key, and not again", () =>
    Effect.gen(function* () {
      const { server } = yield* failureOf((response) => void response.destroy())
      assert.deepStrictEqual(
        server.arrived.map(({ headers }) => headers["idempotency-key"]),
        ["key_1", "key_1"]
      )
    })
  )

  it.effect.each([409, 429, 500, 503])("a refusal (%d) is not tried again", (status) =>
    Effect.gen(function* () {
      const { server } = yield* failureOf(Loopback.answering(status, said("api_error", "")))
      assert.lengthOf(server.arrived, 1)
    })
  )

  it.effect("where nobody listens, nothing was made", () =>
    Effect.gen(function* () {
      const { origin } = yield* Effect.scoped(Loopback.loopback(Loopback.answering(200)))
      assert.strictEqual((yield* Effect.flip(create(origin))).reason, "unavailable")
    })
  )

  it.effect("a certificate that nobody vouches for means that nothing was sent", () =>
    Effect.gen(function* () {
      const server = yield* Loopback.loopback(Loopback.answering(200))
      // A server that speaks no TLS at all.
      const failure = yield* Effect.flip(create(server.origin.replace("http:", "https:")))
      assert.strictEqual(failure.reason, "unavailable")
      assert.lengthOf(server.arrived, 0)
    })
  )

  it.effect("what Stripe keeps under a key is told apart", () =>
    Effect.gen(function* () {
      const taken = yield* failureOf(Loopback.answering(400, said("idempotency_error", "")))
      assert.deepInclude(taken.failure, { reason: "refused", isKeyTaken: true, isStored: false })
      const headers = { "idempotent-replayed": "true" }
      const stored = yield* failureOf(Loopback.answering(500, said("api_error", ""), headers))
      assert.deepInclude(stored.failure, { reason: "unknown", isKeyTaken: false, isStored: true })
    })
  )

  it("an origin is https, or http on this machine", () => {
    const cases: ReadonlyArray<readonly [string, string | null]> = [
      ["https://api.stripe.example", "https api.stripe.example 443 false"],
      ["https://api.stripe.example:8443/", "https api.stripe.example 8443 false"],
      ["http://127.0.0.1:12111", "http 127.0.0.1 12111 true"],
      ["http://localhost", "http localhost 80 true"],
      ["http://[::1]:12111", "http ::1 12111 true"],
      ["https://127.0.0.1:9", "https 127.0.0.1 9 true"],
      ["http://api.stripe.example", null],
      ["http://127.0.0.1.example", null],
      ["https://api.stripe.example/v1", null],
      ["https://api.stripe.example?x", null],
      ["https://api.stripe.example/#x", null],
      ["https://user:word@api.stripe.example", null],
      ["ftp://127.0.0.1", null],
      ["api.stripe.example", null],
      ["", null]
    ]
    for (const [text, expected] of cases) {
      const base = StripeSettings.parseBase(text)
      const shown = base === null ? null : [base.protocol, base.host, base.port, base.isLoopback].join(" ")
      assert.strictEqual(shown, expected, text)
    }
  })

  it("a key says whether it moves real money", () => {
    const modes = [
      "sk_live_0123456789",
      "rk_live_0123456789",
      "sk_test_0123456789",
      "rk_test_0123456789",
      "pk_live_0123456789",
      "sk_live_",
      "sk_0123456789",
      "sk_live_0123 456789",
      ""
    ].map((text) => StripeSettings.keyMode(text))
    assert.deepStrictEqual(modes, ["live", "live", "test", "test", null, null, null, null, null])
  })

  it("money is live by the key, and where an emulator stands for it", () => {
    assert.deepStrictEqual(
      [
        live("sk_live_0123456789", null),
        live("sk_test_0123456789", null),
        live("sk_test_0123456789", "http://127.0.0.1:1"),
        live("sk_test_0123456789", "https://proxy.example")
      ],
      [true, false, true, false]
    )
  })
})
