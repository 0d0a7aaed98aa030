import { assert, describe, it } from "@effect/vitest"
import { type HttpReply, type HttpRequest, HttpTransportError } from "@image-skill/core/service/HttpTransport"
import { type Attempt, maxAttempts, pauseAfter, sendAgain } from "@image-skill/core/service/Retries"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"

const replied = (status: number, headers: HttpReply["headers"] = {}, text = "<html>"): Attempt => ({
  _tag: "Replied",
  reply: { status, headers, text }
})

const failed = (reason: HttpTransportError["reason"]): Attempt => ({
  _tag: "Failed",
  error: new HttpTransportError({ reason, sent: reason === "reset", message: reason })
})

const envelope = `{"ok":false}`

/** Whether a first attempt that ended like this is followed by another, and after how many milliseconds at least and at most. */
const table: ReadonlyArray<readonly [what: string, attempt: Attempt, wait: readonly [number, number] | null]> = [
  ["a connection that broke", failed("reset"), [50, 100]],
  ["nobody listens", failed("unreachable"), null],
  ["a certificate that is not trusted", failed("tls"), null],
  ["a timeout", failed("timeout"), null],
  ["a redirect to somebody else", failed("redirected"), null],
  ["an answer without an end", failed("too_large"), null],
  ["a request that HTTP cannot carry", failed("invalid_request"), null],
  ["a gateway's page with 502", replied(502), [50, 100]],
  ["a gateway's page with 503", replied(503), [50, 100]],
  ["a gateway's page with 504", replied(504), [50, 100]],
  ["a page with 500", replied(500), null],
  ["a provider's failure, told by the service", replied(502, {}, envelope), null],
  ["a service that is not ready and names no time", replied(503, {}, envelope), null],
  ["too many requests without a time", replied(429, {}, envelope), null],
  ["too many requests, and a second to wait", replied(429, { "retry-after": "1" }, envelope), [1_000, 1_000]],
  ["a service that is back at once", replied(503, { "retry-after": "0" }, envelope), [50, 100]],
  ["a service that is back in five seconds", replied(503, { "retry-after": "5" }, envelope), [5_000, 5_000]],
  ["a service that is back in six seconds", replied(503, { "retry-after": "6" }), null],
  ["a cap that ends at midnight", replied(429, { "retry-after": "40000" }, envelope), null],
  ["a time that is a date", replied(429, { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" }, envelope), null],
  ["a time below zero", replied(429, { "retry-after": "-1" }, envelope), null],
  ["a time on an answer that is no refusal", replied(200, { "retry-after": "1" }, envelope), null],
  ["a time on a failure that names none by rule", replied(502, { "retry-after": "1" }, envelope), null],
  ["success", replied(200, {}, `{"ok":true}`), null]
]

describe("what follows one attempt", () => {
  for (const [what, attempt, wait] of table) {
    it(`${what}: ${wait === null ? "told at once" : "another one, a little later"}`, () => {
      const pauses = [0, 0.5, 1].map((chance) => pauseAfter(attempt, 1, chance))
      if (wait === null) assert.deepStrictEqual(pauses, [null, null, null])
      else {
        const [least, , most] = pauses.map((pause) => (pause === null ? Number.NaN : Duration.toMillis(pause)))
        assert.deepStrictEqual([least, most], [...wait])
      }
      assert.isNull(pauseAfter(attempt, maxAttempts, 0.5))
    })
  }
})

const request: HttpRequest = {
  method: "GET",
  url: "https://service.example/healthz",
  headers: {},
  body: null,
  timeout: Duration.seconds(30),
  maxBytes: 1_000
}

/** A service that is a broken line as often as it is told, and how often it was asked, at what time. */
const breaking = (times: number) => {
  const asked: Array<number> = []
  const send = () =>
    Effect.gen(function* () {
      asked.push(yield* Clock.currentTimeMillis)
      return asked.length > times
        ? { status: 200, headers: {}, text: `{"ok":true}` }
        : yield* new HttpTransportError({ reason: "reset", sent: true, message: "ECONNRESET" })
    })
  return { asked, send }
}

describe("sending again", () => {
  it.effect("asks at most three times, each time later, and tells the last failure", () =>
    Effect.gen(function* () {
      const { asked, send } = breaking(9)
      const fiber = yield* Effect.forkChild(Effect.flip(sendAgain(send, request, true)))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).reason, "reset")
      assert.lengthOf(asked, 3)
      const [first = 0, second = 0, third = 0] = asked
      assert.isTrue(second - first >= 50 && second - first <= 100, `${second - first}`)
      assert.isTrue(third - second >= 100 && third - second <= 200, `${third - second}`)
    })
  )

  it.effect("ends with the first answer", () =>
    Effect.gen(function* () {
      const { asked, send } = breaking(1)
      const fiber = yield* Effect.forkChild(sendAgain(send, request, true))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).status, 200)
      assert.lengthOf(asked, 2)
    })
  )

  it.effect("does not take back that it was sent once, when the next attempt finds nobody", () =>
    Effect.gen(function* () {
      let asked = 0
      const send = () =>
        Effect.suspend(() => {
          asked += 1
          const [reason, sent] = asked === 1 ? (["reset", true] as const) : (["unreachable", false] as const)
          return Effect.fail(new HttpTransportError({ reason, sent, message: reason }))
        })
      const fiber = yield* Effect.forkChild(Effect.flip(sendAgain(send, request, true)))
      yield* TestClock.adjust("10 seconds")
      const { reason, sent } = yield* Fiber.join(fiber)
      assert.deepStrictEqual([asked, reason, sent], [2, "unreachable", true])
    })
  )

  it.effect("never repeats what could be done twice", () =>
    Effect.gen(function* () {
      const { asked, send } = breaking(9)
      assert.strictEqual((yield* Effect.flip(sendAgain(send, request, false))).reason, "reset")
      assert.lengthOf(asked, 1)
    })
  )
})
