import { assert, it } from "@effect/vitest"
import { type HttpDownload, HttpTransport } from "@image-skill/core/service/HttpTransport"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { type Answering, answering, brokenOff, loopback, signal, withoutEnd } from "./Loopback.ts"

const timeout = Duration.millis(100)

const download = (url: string) =>
  Effect.flatMap(HttpTransport, (transport) => transport.download({ url, headers: {}, timeout }))

const lengthOf = async (body: HttpDownload["body"]): Promise<number> => {
  let length = 0
  for await (const chunk of body) length += chunk.length
  return length
}

/** The contract of the downloads of every `HttpTransport` adapter, over a server on this machine. */
export const suite = <E>(name: string, layer: Layer.Layer<HttpTransport, E>): void =>
  it.layer(layer)(`HttpTransport, downloads (${name})`, (it) => {
    it.effect.each([200, 206, 404, 503])("status %d is an answer", (status) =>
      Effect.gen(function* () {
        const { origin } = yield* loopback(answering(status, "a heron", { "X-Own": "One" }))
        const media = yield* download(origin)
        assert.deepStrictEqual([media.status, media.headers["x-own"]], [status, "One"])
        assert.strictEqual(yield* Effect.promise(() => lengthOf(media.body)), 7)
      })
    )

    it.effect("it comes as it is sent, however long it is", () =>
      Effect.gen(function* () {
        const goOn = signal()
        const { origin } = yield* loopback((response) => {
          response.write("first")
          void goOn.sent.then(() => response.end("x".repeat(3_000_000)))
        })
        const { body } = yield* download(origin)
        const chunks = body[Symbol.asyncIterator]()
        const first = yield* Effect.promise(() => chunks.next())
        assert.deepStrictEqual(first.done === true ? null : Buffer.from(first.value).toString(), "first")
        goOn.send()
        const rest = yield* Effect.promise(() => lengthOf({ [Symbol.asyncIterator]: () => chunks }))
        assert.strictEqual(rest, 3_000_000)
      })
    )

    it.effect("it follows a redirect within its origin, and none to another", () =>
      Effect.gen(function* () {
        const other = yield* loopback(answering(200, "stolen"))
        const { origin } = yield* loopback((response, request) => {
          const answers: { readonly [path: string]: Answering } = {
            "/here": answering(302, "", { location: "/there" }),
            "/there": answering(200, "a heron"),
            "/elsewhere": answering(302, "", { location: other.origin })
          }
          answers[request.path]?.(response, request)
        })
        const { body } = yield* download(`${origin}/here`)
        assert.strictEqual(yield* Effect.promise(() => lengthOf(body)), 7)
        const failure = yield* Effect.flip(download(`${origin}/elsewhere`))
        assert.strictEqual(failure.reason, "redirected")
        assert.deepStrictEqual(other.arrived, [])
      })
    )

    it.effect("one that breaks off throws", () =>
      Effect.gen(function* () {
        const { origin } = yield* loopback(brokenOff)
        const { body } = yield* download(origin)
        assert.isTrue(Exit.isFailure(yield* Effect.exit(Effect.tryPromise(() => lengthOf(body)))))
      })
    )

    it.effect("a server that falls silent is waited for until the time is up", () =>
      Effect.gen(function* () {
        const before = yield* loopback(() => {})
        const asking = yield* Effect.forkChild(Effect.flip(download(before.origin)))
        yield* before.asked
        yield* TestClock.adjust(timeout)
        assert.strictEqual((yield* Fiber.join(asking)).reason, "timeout")
        yield* before.hungUp

        const within = yield* loopback((response) => response.write("a hero"))
        const { body } = yield* download(within.origin)
        const reading = yield* Effect.forkChild(Effect.exit(Effect.tryPromise(() => lengthOf(body))))
        yield* TestClock.adjust(timeout)
        assert.isTrue(Exit.isFailure(yield* Fiber.join(reading)))
        yield* within.hungUp
      })
    )

    it.effect.each(["nobody read any of it", "somebody read the first of it"])(
      "the end of its scope is the end of it, though %s",
      (how) =>
        Effect.gen(function* () {
          const server = yield* loopback(withoutEnd)
          const scope = yield* Scope.make()
          const { body } = yield* Scope.provide(download(server.origin), scope)
          if (how.startsWith("somebody")) yield* Effect.promise(() => body[Symbol.asyncIterator]().next())
          yield* Scope.close(scope, Exit.void)
          yield* server.hungUp
        })
    )

    it.effect("a server that breaks off while nobody reads is no crash", () =>
      Effect.gen(function* () {
        const goOn = signal()
        const server = yield* loopback((response) => {
          response.write("a hero")
          void goOn.sent.then(() => response.destroy())
        })
        const { body } = yield* download(server.origin)
        goOn.send()
        yield* server.hungUp
        // The client learns of it before it hears from the next server.
        const next = yield* loopback(answering(200))
        yield* download(next.origin)
        assert.isTrue(Exit.isFailure(yield* Effect.exit(Effect.tryPromise(() => lengthOf(body)))))
      })
    )
  })
