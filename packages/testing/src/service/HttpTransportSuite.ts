import { assert, it } from "@effect/vitest"
import { type HttpRequest, HttpTransport, type HttpTransportError } from "@image-skill/core/service/HttpTransport"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { answering, type Answering, brokenOff, loopback, withoutEnd } from "./Loopback.ts"

const timeout = Duration.seconds(10)

const send = (url: string, request: Partial<HttpRequest> = {}) =>
  Effect.flatMap(HttpTransport, (transport) =>
    transport.send({ method: "GET", url, headers: {}, body: null, timeout, maxBytes: 1_000, ...request })
  )

const post = { method: "POST", body: "{}" } as const

/** How a request failed, and whether it can have arrived. */
const failureOf = <A, R>(effect: Effect.Effect<A, HttpTransportError, R>) =>
  Effect.map(Effect.flip(effect), ({ reason, sent }) => [reason, sent])

/** Answers the first request so, and every later one with `arrived`. */
const firstly = (first: Answering): Answering => {
  let isFirst = true
  return (response, request) => {
    const answer = isFirst ? first : answering(200, "arrived")
    isFirst = false
    answer(response, request)
  }
}

const redirecting = (location: string, status = 302): Answering => answering(status, "", { location })

export interface HttpTransportSuiteOptions {
  /** True for a client that sends a URL only as it is parsed, as `fetch` does: then nobody can name a segment of dots. */
  readonly parsesUrls?: boolean
}

/** The contract every `HttpTransport` adapter meets, over a server on this machine. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<HttpTransport, E>,
  { parsesUrls = false }: HttpTransportSuiteOptions = {}
): void =>
  it.layer(layer)(`HttpTransport (${name})`, (it) => {
    it.effect("a request arrives as it was written", () =>
      Effect.gen(function* () {
        const server = yield* loopback(answering(200))
        const path = parsesUrls ? "/a%2Fb/c?q=%20&r=a+b" : "/a%2Fb/%2e%2e/c?q=%20'\"&r=a+b"
        yield* send(`${server.origin}${path}`, { headers: { accept: "application/json", "x-own": "a, b" } })
        yield* send(`${server.origin}/post`, { method: "POST", body: `{"text":"größer 🦊"}` })
        assert.deepStrictEqual(
          server.arrived.map(({ body, method, path }) => [method, path, body]),
          [
            ["GET", path, ""],
            ["POST", "/post", `{"text":"größer 🦊"}`]
          ]
        )
        const [get, post] = server.arrived.map(({ headers }) => headers)
        assert.deepInclude(get, { accept: "application/json", "x-own": "a, b" })
        assert.strictEqual(post?.["content-length"], `${Buffer.byteLength(`{"text":"größer 🦊"}`)}`)
      })
    )

    if (parsesUrls)
      it.effect("a segment of dots is sent to nobody, since it would be another address", () =>
        Effect.gen(function* () {
          const server = yield* loopback(answering(200))
          for (const dots of ["..", ".", "%2e%2E", ".%2e"]) {
            const failing = send(`${server.origin}/v1/jobs/${dots}/cancel`, post)
            assert.deepStrictEqual(yield* failureOf(failing), ["invalid_request", false], dots)
          }
          assert.deepStrictEqual(server.arrived, [])
        })
      )

    it.effect.each([200, 204, 304, 400, 401, 404, 429, 500, 503])("status %d is an answer", (status) =>
      Effect.gen(function* () {
        const { origin } = yield* loopback(answering(status, "", { "X-Own": "One" }))
        const reply = yield* send(origin)
        assert.strictEqual(reply.status, status)
        assert.strictEqual(reply.headers["x-own"], "One")
      })
    )

    it.effect("a character that comes in two pieces is one, and headers of one name are joined", () =>
      Effect.gen(function* () {
        const [fox, half] = [Buffer.from("🦊"), 2]
        const { origin } = yield* loopback((response) => {
          response.setHeader("set-cookie", ["a=1", "b=2"])
          response.write(fox.subarray(0, half), () => response.end(fox.subarray(half)))
        })
        const reply = yield* send(origin)
        assert.strictEqual(reply.text, "🦊")
        assert.strictEqual(reply.headers["set-cookie"], "a=1, b=2")
      })
    )

    it.effect.each([301, 302, 303, 307, 308])("a read follows a redirect (%d) within its origin", (status) =>
      Effect.gen(function* () {
        const server = yield* loopback(firstly(redirecting("../moved?to=here", status)))
        const reply = yield* send(`${server.origin}/v1/whoami`, { headers: { authorization: "Bearer secret" } })
        assert.strictEqual(reply.text, "arrived")
        assert.deepStrictEqual(
          server.arrived.map(({ headers, path }) => [path, headers.authorization]),
          [
            ["/v1/whoami", "Bearer secret"],
            ["/moved?to=here", "Bearer secret"]
          ]
        )
      })
    )

    it.effect.each([301, 302, 303, 307, 308])("a write follows no redirect (%d)", (status) =>
      Effect.gen(function* () {
        const server = yield* loopback(firstly(redirecting("/elsewhere", status)))
        assert.deepStrictEqual(yield* failureOf(send(server.origin, post)), ["redirected", true])
        assert.lengthOf(server.arrived, 1)
      })
    )

    it.effect("nothing follows a redirect to another origin, whatever it is", () =>
      Effect.gen(function* () {
        const other = yield* loopback(answering(200, "stolen"))
        const elsewhere = [
          "file:///etc/passwd",
          "data:text/plain,x",
          "//user@127.0.0.1:1/",
          "https://127.0.0.1/",
          "http://["
        ]
        for (const location of [other.origin, other.origin.replace("127.0.0.1", "localhost"), ...elsewhere]) {
          const { origin } = yield* loopback(redirecting(location))
          assert.deepStrictEqual(yield* failureOf(send(origin)), ["redirected", true], location)
        }
        assert.deepStrictEqual(other.arrived, [])
      })
    )

    it.effect("a redirect in a circle ends, and one that names no place is an answer", () =>
      Effect.gen(function* () {
        const circle = yield* loopback(redirecting("/again"))
        assert.deepStrictEqual(yield* failureOf(send(circle.origin)), ["redirected", true])
        assert.isAtMost(circle.arrived.length, 10)
        const nowhere = yield* loopback(answering(302, "see elsewhere"))
        assert.strictEqual((yield* send(nowhere.origin)).text, "see elsewhere")
      })
    )

    it.effect("an answer may be as long as the limit, and no longer", () =>
      Effect.gen(function* () {
        const { origin } = yield* loopback((response, { path }) => response.end("x".repeat(Number(path.slice(1)))))
        assert.lengthOf((yield* send(`${origin}/1000`)).text, 1_000)
        assert.deepStrictEqual(yield* failureOf(send(`${origin}/1001`)), ["too_large", true])
      })
    )

    it.effect("an answer without an end is cut off", () =>
      Effect.gen(function* () {
        const server = yield* loopback(withoutEnd)
        assert.deepStrictEqual(yield* failureOf(send(server.origin)), ["too_large", true])
        yield* server.hungUp
      })
    )

    it.effect.each([
      { where: "before the head", answer: ((response) => response.destroy()) satisfies Answering },
      { where: "within the body", answer: brokenOff },
      {
        where: "between two chunks",
        answer: ((response) => response.write("a hero", () => response.destroy())) satisfies Answering
      },
      {
        where: "with what is no HTTP",
        answer: ((response) => response.socket?.end("SSH-2.0-OpenSSH_9.6\r\n")) satisfies Answering
      }
    ])("a connection that breaks $where may have done its work", ({ answer }) =>
      Effect.gen(function* () {
        const { origin } = yield* loopback(answer)
        assert.deepStrictEqual(yield* failureOf(send(origin, post)), ["reset", true])
      })
    )

    it.effect("what nobody listens for was not sent, nor what HTTP cannot carry", () =>
      Effect.gen(function* () {
        const server = yield* loopback(answering(200))
        assert.deepStrictEqual(yield* failureOf(send("http://127.0.0.1:9", post)), ["unreachable", false])
        assert.deepStrictEqual(yield* failureOf(send("http://no-such-host.invalid")), ["unreachable", false])
        for (const url of ["", "/v1/whoami", "file:///etc/passwd", "ftp://127.0.0.1", "http://[", "http://a b/"]) {
          assert.deepStrictEqual(yield* failureOf(send(url)), ["invalid_request", false], url)
        }
        for (const value of ["a\nb: c", "a\u0000", "größer 🦊"]) {
          const headers = { "x-own": value }
          assert.deepStrictEqual(yield* failureOf(send(server.origin, { headers })), ["invalid_request", false], value)
        }
        assert.deepStrictEqual(server.arrived, [])
      })
    )

    it.effect("a server that does not speak TLS gets nothing of the request", () =>
      Effect.gen(function* () {
        const server = yield* loopback(answering(200))
        const url = server.origin.replace("http:", "https:")
        assert.deepStrictEqual(yield* failureOf(send(url, post)), ["tls", false])
        assert.deepStrictEqual(server.arrived, [])
      })
    )

    it.effect.each<{ readonly where: string; readonly answer: Answering }>([
      { where: "before the head", answer: () => {} },
      { where: "within the head", answer: (response) => response.socket?.write("HTTP/1.1 200 OK\r\nconte") },
      { where: "within the body", answer: (response) => response.write("a hero") }
    ])("a server that falls silent $where is waited for until the time is up", ({ answer }) =>
      Effect.gen(function* () {
        const server = yield* loopback(answer)
        const failing = yield* Effect.forkChild(failureOf(send(server.origin, post)))
        yield* server.asked
        yield* TestClock.adjust(timeout)
        assert.deepStrictEqual(yield* Fiber.join(failing), ["timeout", true])
        yield* server.hungUp
      })
    )

    it.effect("whoever stops waiting hangs up", () =>
      Effect.gen(function* () {
        const server = yield* loopback(() => {})
        const waiting = yield* Effect.forkChild(send(server.origin))
        yield* server.asked
        yield* Fiber.interrupt(waiting)
        yield* server.hungUp
      })
    )
  })
