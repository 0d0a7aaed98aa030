import { assert, describe, it } from "@effect/vitest"
import { isContent, readError, sentNothing, told } from "@image-skill/adapters/media/internal/ProviderFailure"
import {
  call,
  type Connection,
  download,
  type ProviderRequest
} from "@image-skill/adapters/media/internal/ProviderHttp"
import { hasAlpha } from "@image-skill/adapters/media/internal/ProviderInputs"
import { fromDataUrl, toDataUrl } from "@image-skill/adapters/media/internal/ProviderReaders"
import { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import { type EmulatedReply, serve } from "@image-skill/testing/media/emulators/Emulator"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import sharp from "sharp"
import { onNetwork } from "./Network.ts"

const connectionTo = (origin: string): Connection => ({
  provider: "acme",
  baseUrl: `${origin}/v1/`,
  headers: { authorization: Redacted.make("Bearer secret-key-of-acme"), accept: "application/json" }
})

const paid: ProviderRequest = {
  method: "POST",
  path: "/make",
  body: { prompt: "a quiet heron", size: "64x64" },
  timeout: Duration.seconds(60),
  paid: true
}
const free: ProviderRequest = { ...paid, method: "GET", body: null, paid: false }

const html = { headers: { "content-type": "text/html" }, body: "<html>" }
const json = { body: { error: { message: "no", code: "no_code" } } }
const content = { body: { error: { message: "rejected by our safety system", code: "x" } } }

interface Row {
  readonly name: string
  readonly reply: EmulatedReply
  readonly paid: string
  readonly free: string
}

/** What each answer means, for a request that may be billed and for one that is not. */
const rows: ReadonlyArray<Row> = [
  { name: "200", reply: { status: 200, ...json }, paid: "200", free: "200" },
  { name: "202", reply: { status: 202, ...json }, paid: "202", free: "202" },
  { name: "302", reply: { status: 302, headers: { location: "/v1/other" } }, paid: "unknown", free: "unavailable" },
  { name: "307", reply: { status: 307, headers: { location: "/v1/other" } }, paid: "unknown", free: "unavailable" },
  { name: "400", reply: { status: 400, ...json }, paid: "rejected", free: "rejected" },
  { name: "400 in HTML", reply: { status: 400, ...html }, paid: "rejected", free: "rejected" },
  { name: "400 by policy", reply: { status: 400, ...content }, paid: "content_refused", free: "content_refused" },
  { name: "401", reply: { status: 401, ...json }, paid: "rejected", free: "unavailable" },
  { name: "402", reply: { status: 402, ...json }, paid: "unavailable", free: "unavailable" },
  { name: "403", reply: { status: 403, ...json }, paid: "rejected", free: "unavailable" },
  { name: "403 by policy", reply: { status: 403, ...content }, paid: "content_refused", free: "content_refused" },
  { name: "404", reply: { status: 404, ...json }, paid: "rejected", free: "404" },
  { name: "408", reply: { status: 408, ...json }, paid: "unavailable", free: "unavailable" },
  { name: "408 in HTML", reply: { status: 408, ...html }, paid: "unknown", free: "unavailable" },
  { name: "409", reply: { status: 409, ...json }, paid: "rejected", free: "rejected" },
  { name: "410", reply: { status: 410, ...json }, paid: "rejected", free: "410" },
  { name: "413", reply: { status: 413, ...html }, paid: "rejected", free: "rejected" },
  { name: "415", reply: { status: 415, ...json }, paid: "rejected", free: "rejected" },
  { name: "422", reply: { status: 422, ...json }, paid: "rejected", free: "rejected" },
  { name: "429 in HTML", reply: { status: 429, ...html }, paid: "unavailable", free: "unavailable" },
  { name: "500", reply: { status: 500, ...json }, paid: "unavailable", free: "unavailable" },
  { name: "500 in HTML", reply: { status: 500, ...html }, paid: "unknown", free: "unavailable" },
  { name: "500 without a word", reply: { status: 500, body: {} }, paid: "unknown", free: "unavailable" },
  { name: "502", reply: { status: 502, ...json }, paid: "unknown", free: "unavailable" },
  { name: "503", reply: { status: 503, ...json }, paid: "unavailable", free: "unavailable" },
  { name: "503 in HTML", reply: { status: 503, ...html }, paid: "unknown", free: "unavailable" },
  { name: "504", reply: { status: 504, ...json }, paid: "unknown", free: "unavailable" },
  { name: "524", reply: { status: 524, ...html }, paid: "unknown", free: "unavailable" },
  { name: "529", reply: { status: 529, ...json }, paid: "unavailable", free: "unavailable" },
  { name: "no status line", reply: { status: 200, ...json, breakAfter: 0 }, paid: "unknown", free: "unavailable" },
  { name: "half a body", reply: { status: 200, ...json, breakAfter: 9 }, paid: "unknown", free: "unavailable" }
]

const said = (origin: string, request: ProviderRequest) =>
  onNetwork(
    Effect.match(call(connectionTo(origin), request), {
      onFailure: ({ message, reason }) => ({ word: reason, message }),
      onSuccess: ({ status }) => ({ word: `${status}`, message: "" })
    })
  )

describe("ProviderHttp", () => {
  it.effect.each(rows)("$name means $paid where it may be billed, $free where not, and is asked once", (row) =>
    Effect.gen(function* () {
      const { calls, origin } = yield* serve(() => row.reply)
      assert.strictEqual((yield* said(origin, paid)).word, row.paid)
      assert.strictEqual((yield* said(origin, free)).word, row.free)
      assert.deepStrictEqual(
        calls.map(({ method, path }) => `${method} ${path}`),
        ["POST /v1/make", "GET /v1/make"]
      )
      assert.strictEqual(calls[0]?.headers.authorization, "Bearer secret-key-of-acme")
    })
  )

  it.effect("a body says what it is and how long: JSON, a form, or bytes of a named type", () =>
    Effect.gen(function* () {
      const { calls, origin } = yield* serve(() => ({ status: 200, body: {} }))
      const form = new FormData()
      form.append("file", new Blob([new Uint8Array([1, 2])], { type: "image/png" }), "a.png")
      const bytes = { body: new Uint8Array([1, 2, 3]), headers: { "content-type": "image/webp", prefer: "wait" } }
      for (const more of [{}, { body: form }, bytes]) yield* said(origin, { ...paid, ...more })
      const types = calls.map(({ headers }) => headers["content-type"]?.replace(/boundary=.*/u, ""))
      assert.deepStrictEqual(types, ["application/json", "multipart/form-data; ", "image/webp"])
      for (const { body, headers } of calls) assert.strictEqual(headers["content-length"], `${body.length}`)
      assert.deepStrictEqual(calls[2]?.body, bytes.body)
      assert.strictEqual(calls[2]?.headers["prefer"], "wait")
    })
  )

  it.effect("the key goes to no other origin, however the address is written", () =>
    Effect.gen(function* () {
      const other = yield* serve(() => ({ status: 200, body: {} }))
      const { calls, origin } = yield* serve(() => ({ status: 200, body: {} }))
      const strangers = [
        `${other.origin}/a`,
        origin.replace("http:", "https:"),
        origin.replace("//", "//user@"),
        "a",
        ""
      ]
      for (const path of strangers) {
        assert.strictEqual((yield* said(origin, { ...free, path })).word, "unavailable")
        assert.strictEqual((yield* said(origin, { ...paid, path })).word, "rejected")
      }
      assert.lengthOf(calls, 0)
      yield* said(origin, { ...free, path: `//${other.origin.slice("http://".length)}/a` })
      assert.lengthOf(calls, 1)
      assert.lengthOf(other.calls, 0)
      assert.strictEqual((yield* said(origin, { ...free, path: `${origin}/status/1?x=2` })).word, "200")
      assert.strictEqual(calls.at(-1)?.path, "/status/1")
    })
  )

  it.effect.each([
    { value: "7", millis: 7000 },
    { value: "0.5", millis: 500 },
    { value: "Thu, 01 Jan 1970 00:01:00 GMT", millis: 60_000 },
    { value: "Thu, 01 Jan 1969 00:01:00 GMT", millis: 0 },
    { value: "soon", millis: undefined },
    { value: "-4", millis: undefined }
  ])("Retry-After: $value is $millis ms", ({ millis, value }) =>
    Effect.gen(function* () {
      const { origin } = yield* serve(() => ({ status: 429, headers: { "retry-after": value }, body: {} }))
      const failure = yield* Effect.flip(onNetwork(call(connectionTo(origin), paid)))
      assert.strictEqual(failure.retryAfterMillis, millis)
    })
  )

  it.effect("who never answers leaves a paid request unknown, and one that is not paid to be repeated", () =>
    Effect.gen(function* () {
      const { calls, origin } = yield* serve(() => new Promise(() => {}))
      const words = yield* Effect.forkChild(Effect.all([said(origin, paid), said(origin, free)], { concurrency: 2 }), {
        startImmediately: true
      })
      while (calls.length < 2) yield* Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))
      yield* TestClock.adjust(Duration.seconds(60))
      assert.deepStrictEqual(
        (yield* Fiber.join(words)).map(({ word }) => word),
        ["unknown", "unavailable"]
      )
    })
  )

  it.effect("neither the words of a provider nor its name, the key or the prompt stand in the message", () =>
    Effect.gen(function* () {
      const message = `Bearer secret-key-of-acme (secret-key-of-acme) may not ask for "a quiet heron" at https://acme.test/?token=1`
      const { origin } = yield* serve(() => ({ status: 400, body: { error: { message, code: "denied" } } }))
      assert.strictEqual((yield* said(origin, paid)).message, "the provider rejected the request (HTTP 400, denied)")
      const form = new FormData()
      form.append("prompt", "a quiet heron")
      assert.notInclude((yield* said(origin, { ...paid, body: form })).message, "heron")
    })
  )

  it("of a code only one plain word is told, with nothing of what was sent and no name", () => {
    assert.strictEqual(told(429, "rate_limit_exceeded", []), "(HTTP 429, rate_limit_exceeded)")
    assert.strictEqual(told(400, "INVALID_ARGUMENT", ["a quiet heron"]), "(HTTP 400, INVALID_ARGUMENT)")
    const odd = [
      "no such model",
      "sk-proj-abc",
      "https://acme.test",
      "a\u202eb",
      "",
      "400",
      "x".repeat(49),
      "ACME_busy",
      "herons"
    ]
    for (const code of [null, ...odd]) assert.strictEqual(told(400, code, ["acme", "heron"]), "(HTTP 400)", `${code}`)
  })

  it.each([
    [{ error: { message: "m", code: "c", type: "t" } }, "c", "m"],
    [{ error: { message: "m", type: "t", code: null } }, "t", "m"],
    [{ error: { code: 400, message: "m", status: "INVALID_ARGUMENT" } }, "400", "m"],
    [{ code: "c", error: "m" }, "c", "m"],
    [{ detail: "m" }, null, "m"],
    [{ detail: [{ loc: ["body", "size"], msg: "m", type: "value_error" }] }, "value_error", "body.size: m"],
    [{ title: "t", detail: "m", status: 422 }, "422", "m"],
    [{ message: "m" }, null, "m"]
  ])("an error body is read: %j", (body, code, message) => {
    assert.deepStrictEqual(readError(body), { code, message, isContent: false })
  })

  it("what is no error body is none", () => {
    for (const body of [null, 1, "x", [], {}, { data: [] }, { error: {} }]) assert.isNull(readError(body))
  })

  it.each([
    ["moderation_blocked", "x", true],
    ["content_policy_violation", null, true],
    [null, "Request Moderated", true],
    [null, "Your request was rejected by the safety system.", true],
    [null, "The prompt was flagged", true],
    [null, "This violates our usage policies", true],
    ["value_error", "safety_tolerance: must be at most 6", false],
    ["safety_tolerance", "out of range", false],
    ["invalid_value", "Invalid value: 'x'. Supported values are: 'auto' and 'low'. (moderation)", false],
    ["rate_limit", "too many requests", false]
  ])("a content policy speaks in %s / %s: %s", (code, message, expected) => {
    assert.strictEqual(isContent(code, message), expected)
  })

  it.each([
    [{ code: "ECONNREFUSED", syscall: "connect" }, true],
    [{ code: "ENOTFOUND", syscall: "getaddrinfo" }, true],
    [{ code: "ETIMEDOUT", syscall: "connect" }, true],
    [{ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }, true],
    [{ cause: { code: "ECONNREFUSED" } }, true],
    [{ errors: [{ code: "ECONNREFUSED" }, { syscall: "connect" }] }, true],
    [{ errors: [{ code: "ECONNREFUSED" }, { code: "ECONNRESET" }] }, false],
    [{ code: "ECONNRESET", syscall: "read" }, false],
    [{ code: "ETIMEDOUT", syscall: "read" }, false],
    [{ code: "EPIPE", syscall: "write" }, false],
    [{}, false]
  ])("only what failed before a byte left is certain: %j", (cause, expected) => {
    assert.strictEqual(sentNothing(cause), expected)
  })

  it.effect.each([
    { name: "all", contentLength: 3, ok: true },
    { name: "less than announced", contentLength: 4, ok: false },
    { name: "more than announced", contentLength: 2, ok: false },
    { name: "without a length", contentLength: null, ok: true }
  ])("an output is what was announced: $name", ({ contentLength, ok }) =>
    Effect.gen(function* () {
      const origins: Array<ReadonlyArray<string>> = []
      const remote = RemoteFetch.of({
        fetch: (_, { trustedOrigins }) => {
          origins.push(trustedOrigins)
          const body = Stream.make(new Uint8Array([1, 2]), new Uint8Array([3]))
          return Effect.succeed({ body, contentLength, contentType: null, origin: "https://cdn.test" })
        }
      })
      const bytes = Stream.runCollect(download(connectionTo("https://acme.test"), "https://cdn.test/secret?sig=1", 10))
      const result = yield* Effect.result(Effect.provide(bytes, Layer.succeed(RemoteFetch, remote)))
      assert.strictEqual(result._tag, ok ? "Success" : "Failure")
      if (result._tag === "Failure") {
        assert.strictEqual(result.failure.reason, "unavailable")
        assert.notMatch(result.failure.message, /secret|sig/u)
      }
      assert.deepStrictEqual(origins, [["https://acme.test"]])
    })
  )

  it.effect("a picture can be transparent when its header says so", () =>
    Effect.gen(function* () {
      const raw = Buffer.alloc(8 * 8 * 4, 90)
      const clear = sharp(raw, { raw: { width: 8, height: 8, channels: 4 } })
      const encoded = yield* Effect.promise(() =>
        Promise.all([
          clear.clone().png().toBuffer(),
          clear.clone().png({ palette: true }).toBuffer(),
          clear.clone().webp().toBuffer(),
          clear.clone().webp({ lossless: true }).toBuffer(),
          clear.clone().removeAlpha().png().toBuffer(),
          clear.clone().removeAlpha().png({ palette: true }).toBuffer(),
          clear.clone().removeAlpha().webp({ lossless: true }).toBuffer(),
          clear.clone().jpeg().toBuffer()
        ])
      )
      assert.deepStrictEqual(encoded.map(hasAlpha), [true, true, true, true, false, false, false, false])
    })
  )

  it("a data URL is read as it was written, and nothing else is one", () => {
    const data = { mimeType: "image/png", bytes: new Uint8Array([1, 2, 250]) }
    assert.deepStrictEqual(fromDataUrl(toDataUrl(data)), data)
    for (const text of [
      "",
      "data:,x",
      "data:image/png,AQL6",
      "data:image/png;base64",
      "data:image/png;base64,%%",
      "http://x"
    ])
      assert.isNull(fromDataUrl(text), text)
  })
})
