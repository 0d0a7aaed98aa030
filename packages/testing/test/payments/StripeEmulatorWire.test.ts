import { assert, describe, it } from "@effect/vitest"
import * as StripeEmulator from "@image-skill/testing/payments/StripeEmulator"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const Failure = Schema.Struct({
  error: Schema.Struct({
    type: Schema.String,
    message: Schema.String,
    code: Schema.optionalKey(Schema.String),
    param: Schema.optionalKey(Schema.String)
  })
})

const setUp = Effect.gen(function* () {
  const emulator = yield* StripeEmulator.start()
  const authorization = `Bearer ${emulator.secretKey}`
  const send = (method: string, path: string, body?: string, headers: { readonly [name: string]: string } = {}) =>
    Effect.promise(async () => {
      const type = body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }
      const answer = await fetch(`${emulator.baseUrl}${path}`, {
        method,
        headers: { authorization, ...type, ...headers },
        ...(body === undefined ? {} : { body })
      })
      const json: unknown = await answer.json()
      return { status: answer.status, headers: answer.headers, json }
    })
  return { emulator, send }
})

const session = [
  "mode=payment",
  "line_items[][price_data][currency]=usd",
  "line_items[0][price_data][unit_amount]=250",
  "line_items[0][price_data][product_data][name]=One+%26+more",
  "line_items[0][quantity]=2",
  "success_url=http%3A%2F%2F127.0.0.1%3A1%2F",
  "metadata[a%5B]=b"
].join("&")

describe("StripeEmulator, on the wire", () => {
  it.effect("reads nested forms, with indexes and with empty brackets, and Basic as well as Bearer", () =>
    Effect.gen(function* () {
      const { emulator, send } = yield* setUp
      const basic = `Basic ${Buffer.from(`${emulator.secretKey}:`).toString("base64")}`
      const form = session.replace("metadata[a%5B]=b", "metadata[a]=b&expand[]=line_items&expand[]=payment_intent")
      const created = yield* send("POST", "/v1/checkout/sessions", form, { authorization: basic })
      assert.strictEqual(created.status, 200)
      assert.match(created.headers.get("request-id") ?? "", /^req_[0-9A-Za-z]{14}$/u)
      assert.deepInclude(created.json, { amount_total: 500, metadata: { a: "b" }, payment_intent: null })
      assert.nestedPropertyVal(created.json, "line_items.data[0].description", "One & more")
      const { id } = yield* Schema.decodeUnknownEffect(Schema.Struct({ id: Schema.String }))(created.json)
      const items = yield* send("GET", `/v1/checkout/sessions/${id}/line_items`)
      assert.nestedPropertyVal(items.json, "data[0].amount_total", 500)
      assert.nestedPropertyVal(items.json, "has_more", false)
    })
  )

  it.effect("answers every refusal in Stripe's envelope, with the status and the parameter", () =>
    Effect.gen(function* () {
      const { send } = yield* setUp
      const intents = "/v1/payment_intents"
      const json = { "content-type": "application/json" }
      const nested = `${session.replace("metadata[a%5B]=b", "")}line_items[0][price_data][colour]=red`
      const cases: ReadonlyArray<readonly [Parameters<typeof send>, number, string | undefined, string | undefined]> = [
        [["GET", "/v1/nothing"], 404, undefined, undefined],
        [["GET", "/v1/checkout/sessions/cs_test_none"], 404, "resource_missing", "session"],
        [["GET", `${intents}/pi_none`], 404, "resource_missing", "intent"],
        [["POST", intents, "currency=usd"], 400, "parameter_missing", "amount"],
        [["POST", intents, "amount=1.5&currency=usd"], 400, "parameter_invalid_integer", "amount"],
        [["POST", intents, "amount=49&currency=usd"], 400, "amount_too_small", "amount"],
        [["POST", "/v1/checkout/sessions", nested], 400, "parameter_unknown", "line_items[0][price_data][colour]"],
        [["POST", intents, "{}", json], 400, undefined, undefined],
        [["GET", intents, undefined, { "stripe-version": "yesterday" }], 400, undefined, undefined],
        [["GET", intents, undefined, { authorization: "" }], 401, undefined, undefined],
        [["GET", `${intents}?limit=101`], 400, "parameter_invalid_integer", "limit"],
        [["GET", `${intents}?starting_after=pi_none`], 404, "resource_missing", "starting_after"],
        [
          ["POST", intents, "amount=500&currency=usd", { "idempotency-key": "k".repeat(256) }],
          400,
          undefined,
          undefined
        ]
      ]
      for (const [request, status, code, param] of cases) {
        const answer = yield* send(...request)
        const { error } = yield* Schema.decodeUnknownEffect(Failure)(answer.json)
        assert.deepStrictEqual(
          [answer.status, error.code, error.param],
          [status, code, param],
          `${request[0]} ${request[1]}`
        )
        assert.strictEqual(error.type, "invalid_request_error")
      }
    })
  )

  it.effect("each version has its own parameter for the types of payment methods", () =>
    Effect.gen(function* () {
      const { send } = yield* setUp
      const form = session.replace("metadata[a%5B]=b", "")
      const create = (version: string, param: string) =>
        Effect.map(
          send("POST", "/v1/checkout/sessions", `${form}${param}[]=card`, { "stripe-version": version }),
          ({ status }) => status
        )
      assert.strictEqual(yield* create("2026-10-28.endive", "allowed_payment_method_types"), 200)
      assert.strictEqual(yield* create("2026-10-28.endive", "payment_method_types"), 400)
      assert.strictEqual(yield* create("2026-03-04.preview", "allowed_payment_method_types"), 400)
      assert.strictEqual(yield* create("2026-03-04.preview", "payment_method_types"), 200)
    })
  )

  it.effect("what cannot be expanded is refused", () =>
    Effect.gen(function* () {
      const { send } = yield* setUp
      const answer = yield* send("POST", "/v1/payment_intents", "amount=500&currency=usd&expand[]=client_secret.more")
      assert.strictEqual(answer.status, 400)
    })
  )
})
