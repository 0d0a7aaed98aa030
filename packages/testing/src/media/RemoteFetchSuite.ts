import { createServer } from "node:net"
import { assert, it } from "@effect/vitest"
import { type RemoteBody, RemoteFetch, type RemoteFetchFailed } from "@image-skill/core/media/RemoteFetch"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { answering, brokenOff, loopback, signal, withoutEnd } from "../service/Loopback.ts"

const timeout = Duration.seconds(10)

/** What is asked for below, where nothing else is said. */
interface Asked {
  readonly maxBytes?: number
  readonly trusted?: ReadonlyArray<string>
}

const open = (url: string, { maxBytes = 1_000_000, trusted = [] }: Asked = {}) =>
  Effect.flatMap(RemoteFetch, (remote) => remote.fetch(url, { maxBytes, timeout, trustedOrigins: trusted }))

const whole = ({ body }: RemoteBody): Effect.Effect<Buffer, RemoteFetchFailed> =>
  Effect.map(Stream.runCollect(body), (chunks) => Buffer.concat([...chunks]))

const fetched = (url: string, asked?: Asked) => Effect.scoped(Effect.flatMap(open(url, asked), whole))

const text = (url: string, asked?: Asked) => Effect.map(fetched(url, asked), (bytes) => bytes.toString("utf8"))

const refused = (url: string, asked?: Asked) => Effect.flip(fetched(url, asked))

/** Every way to write an address of this machine or its network, at a port where somebody listens. */
export const privateSpellings = (port: string): ReadonlyArray<string> => [
  ...[
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "localhost",
    "LocalHost.",
    "a.localhost",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "0177.0.0.1",
    "017700000001",
    "0",
    "0.0.0.0",
    "１２７.0.0.1",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "%31%32%37.0.0.1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "192.0.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16"
  ].map((host) => `http://${host}:${port}/a.png`),
  `https://127.0.0.1:${port}/a.png`,
  `//127.0.0.1:${port}/a.png`,
  `http:127.0.0.1:${port}/a.png`,
  `http:\\\\127.0.0.1:${port}\\a.png`,
  `http://user:pw@127.0.0.1:${port}/a.png`,
  `http://user@93.184.216.34:${port}/a.png`,
  `http://:pw@93.184.216.34:${port}/a.png`,
  `http://93.184.216.34:80@127.0.0.1:${port}/a.png`,
  "http://93.184.216.34:0/a.png",
  "http://93.184.216.34:22/a.png",
  "http://93.184.216.34:99999/a.png",
  "http://[fe80::1%25eth0]/a.png",
  "http://",
  "",
  "a.png",
  "/etc/passwd",
  "file:///etc/passwd",
  "file://127.0.0.1/etc/passwd",
  `ftp://127.0.0.1:${port}/a.png`,
  `ws://127.0.0.1:${port}/a.png`,
  `gopher://127.0.0.1:${port}/a.png`,
  "data:image/png;base64,AAAA",
  "blob:http://127.0.0.1/a",
  "about:blank"
]

/** A server that holds a secret, on this machine, and counts who connects to it, whatever they say then. */
const guarded = Effect.acquireRelease(
  Effect.callback<{ readonly origin: string; readonly connections: () => number; readonly close: () => void }>(
    (resume) => {
      let connections = 0
      const server = createServer((socket) => {
        connections += 1
        socket.on("error", () => {})
        socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\na secret"))
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" ? address?.port : undefined
        const close = () => void server.close()
        resume(Effect.succeed({ origin: `http://127.0.0.1:${port}`, connections: () => connections, close }))
      })
    }
  ),
  ({ close }) => Effect.sync(close)
)

const portOf = (origin: string): string => new URL(origin).port

/** The contract every `RemoteFetch` adapter meets. The servers are on this machine, so each is reached by trust only. */
export const suite = <E>(name: string, layer: Layer.Layer<RemoteFetch, E>): void =>
  it.layer(layer)(`RemoteFetch (${name})`, (it) => {
    it.effect("no spelling of a private address is reached", () =>
      Effect.gen(function* () {
        const server = yield* guarded
        for (const url of privateSpellings(portOf(server.origin))) {
          const failure = yield* refused(url, { trusted: ["http://elsewhere.example"] })
          assert.deepStrictEqual([failure._tag, failure.reason], ["RemoteFetchFailed", "not_allowed"], url)
        }
        assert.strictEqual(server.connections(), 0)
        // The server was there all the time.
        assert.strictEqual(yield* text(server.origin, { trusted: [server.origin] }), "a secret")
        assert.strictEqual(server.connections(), 1)
      })
    )

    it.effect("no redirect leads to a private address, however it is spelled", () =>
      Effect.gen(function* () {
        const victim = yield* guarded
        // Without two slashes, a URL of the same scheme would be a path of the server that redirects.
        const spellings = privateSpellings(portOf(victim.origin)).filter(
          (url) => URL.canParse(url) && !/^http:(?!\/\/)/u.test(url)
        )
        const front = yield* loopback((response, { path }) => {
          const location = encodeURI(spellings[Number(path.slice(1))] ?? "").replaceAll("%25", "%")
          response.writeHead(302, { location }).end()
        })
        for (const [index, url] of spellings.entries()) {
          const failure = yield* refused(`${front.origin}/${index}`, { trusted: [front.origin] })
          assert.strictEqual(failure.reason, "not_allowed", url)
        }
        assert.strictEqual(front.arrived.length, spellings.length)
        assert.strictEqual(victim.connections(), 0)
      })
    )

    it.effect("a message never has more of a URL than its host", () =>
      Effect.gen(function* () {
        const server = yield* loopback(answering(503, "busy"))
        const trusted = [server.origin]
        for (const url of [
          `${server.origin}/path?signature=shh#shh`,
          "http://10.0.0.1/shh?shh",
          "http://u:shh@example.com/",
          "http://example.com:99999/shh"
        ]) {
          assert.notInclude((yield* refused(url, { trusted })).message, "shh")
        }
      })
    )

    it.effect("trust is for one origin exactly: scheme, host and port", () =>
      Effect.gen(function* () {
        const server = yield* guarded
        const port = portOf(server.origin)
        for (const trusted of [
          "http://127.0.0.1",
          `https://127.0.0.1:${port}`,
          `http://localhost:${port}`,
          "http://127.0.0.1:*",
          "*"
        ]) {
          assert.strictEqual((yield* refused(server.origin, { trusted: [trusted] })).reason, "not_allowed", trusted)
        }
        assert.strictEqual(server.connections(), 0)
        assert.strictEqual(yield* text(`${server.origin}/x`, { trusted: [server.origin] }), "a secret")
      })
    )

    it.effect("it comes as it was sent, with what the server says of it", () =>
      Effect.gen(function* () {
        const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
        const server = yield* loopback((response) => {
          response.writeHead(200, { "content-type": "Image/PNG; charset=x", "content-length": `${bytes.length}` })
          response.end(bytes)
        })
        const body = yield* open(server.origin, { trusted: [server.origin] })
        const { contentLength, contentType, origin } = body
        assert.deepStrictEqual([contentType, contentLength, origin], ["image/png", bytes.length, server.origin])
        assert.isTrue((yield* whole(body)).equals(bytes))
      })
    )

    it.effect("nothing of the caller is sent along", () =>
      Effect.gen(function* () {
        const server = yield* loopback((response, { path }) => {
          if (path === "/") response.writeHead(302, { location: "/next", "set-cookie": "id=1" }).end()
          else response.end("x")
        })
        yield* fetched(server.origin, { trusted: [server.origin] })
        assert.strictEqual(server.arrived.length, 2)
        for (const { body, headers, method } of server.arrived) {
          assert.deepStrictEqual([method, body], ["GET", ""])
          const allowed = ["accept", "accept-encoding", "connection", "host", "user-agent"]
          assert.deepStrictEqual(Object.keys(headers).toSorted(), allowed)
          assert.strictEqual(headers["accept-encoding"], "identity")
        }
      })
    )

    it.effect("three redirects are followed, and the fourth is not", () =>
      Effect.gen(function* () {
        const server = yield* loopback((response, { path }) => {
          const left = Number(path.slice(1))
          if (left === 0) response.end("here")
          else response.writeHead([301, 302, 303, 307, 308][left] ?? 302, { location: `${left - 1}` }).end()
        })
        const trusted = [server.origin]
        assert.strictEqual(yield* text(`${server.origin}/3`, { trusted }), "here")
        assert.strictEqual((yield* refused(`${server.origin}/4`, { trusted })).reason, "too_many_redirects")
      })
    )

    it.effect.each([204, 206, 300, 304, 400, 401, 403, 404, 410, 429, 500, 503])("status %d is told", (status) =>
      Effect.gen(function* () {
        const server = yield* loopback(answering(status))
        const exit = yield* Effect.exit(Effect.flip(fetched(server.origin, { trusted: [server.origin] })))
        if (status < 300) return assert.isTrue(Exit.isFailure(exit))
        assert.isTrue(Exit.isSuccess(exit))
        if (Exit.isSuccess(exit)) assert.deepStrictEqual([exit.value.reason, exit.value.status], ["status", status])
      })
    )

    it.effect("what is announced as too long is refused before any of it comes", () =>
      Effect.gen(function* () {
        const server = yield* loopback((response) => response.writeHead(200, { "content-length": "11" }).write("x"))
        const asked = { maxBytes: 10, trusted: [server.origin] }
        assert.strictEqual((yield* refused(server.origin, asked)).reason, "too_large")
        yield* server.hungUp
      })
    )

    it.effect("what turns out to be too long is refused as soon as it is, however much would come", () =>
      Effect.gen(function* () {
        const server = yield* loopback(withoutEnd)
        assert.strictEqual((yield* refused(server.origin, { trusted: [server.origin] })).reason, "too_large")
        yield* server.hungUp
        const exact = yield* loopback((response) => {
          response.write("five ")
          response.end("bytes")
        })
        const trusted = [exact.origin]
        assert.strictEqual((yield* fetched(exact.origin, { maxBytes: 10, trusted })).length, 10)
        assert.strictEqual((yield* refused(exact.origin, { maxBytes: 9, trusted })).reason, "too_large")
      })
    )

    it.effect("what comes compressed is refused instead of unpacked", () =>
      Effect.gen(function* () {
        const server = yield* loopback(answering(200, "bomb", { "content-encoding": "gzip" }))
        assert.strictEqual((yield* refused(server.origin, { trusted: [server.origin] })).reason, "status")
      })
    )

    it.effect("half of it is a failure, and so is nobody", () =>
      Effect.gen(function* () {
        const half = yield* loopback(brokenOff)
        assert.strictEqual((yield* refused(half.origin, { trusted: [half.origin] })).reason, "interrupted")
        const gone = yield* Effect.scoped(loopback(answering(200)))
        assert.strictEqual((yield* refused(gone.origin, { trusted: [gone.origin] })).reason, "unreachable")
        const rude = yield* loopback((response) => response.destroy())
        assert.strictEqual((yield* refused(rude.origin, { trusted: [rude.origin] })).reason, "unreachable")
      })
    )

    it.effect("a server that says nothing, or falls silent, is waited for until the time is up", () =>
      Effect.gen(function* () {
        const silent = yield* loopback(() => {})
        const asking = yield* Effect.forkChild(refused(silent.origin, { trusted: [silent.origin] }))
        yield* silent.asked
        yield* TestClock.adjust(timeout)
        assert.strictEqual((yield* Fiber.join(asking)).reason, "timeout")
        yield* silent.hungUp

        const fell = yield* loopback((response) => response.write("a hero"))
        const body = yield* open(fell.origin, { trusted: [fell.origin] })
        const heard = signal()
        const reading = yield* Effect.forkChild(
          Effect.flip(Stream.runForEach(body.body, () => Effect.sync(heard.send)))
        )
        yield* Effect.promise(() => heard.sent)
        yield* TestClock.adjust(timeout)
        assert.strictEqual((yield* Fiber.join(reading)).reason, "timeout")
      })
    )

    it.effect("a server that sends a little now and then does not go on for ever", () =>
      Effect.gen(function* () {
        const goOn: Array<() => void> = []
        const server = yield* loopback((response) => {
          goOn.push(() => void response.write("x"))
          response.write("x")
        })
        const body = yield* open(server.origin, { trusted: [server.origin] })
        const reading = yield* Effect.forkChild(
          Effect.flip(
            Stream.runForEach(body.body, () =>
              Effect.andThen(
                TestClock.adjust(Duration.seconds(9)),
                Effect.sync(() => goOn[0]?.())
              )
            )
          )
        )
        assert.strictEqual((yield* Fiber.join(reading)).reason, "timeout")
      })
    )

    it.effect("the end of its scope is the end of it", () =>
      Effect.gen(function* () {
        const server = yield* loopback(withoutEnd)
        const scope = yield* Scope.make()
        const { body } = yield* Scope.provide(open(server.origin, { trusted: [server.origin] }), scope)
        yield* Stream.runDrain(Stream.take(body, 1))
        yield* Scope.close(scope, Exit.void)
        yield* server.hungUp
      })
    )
  })
