import { assert, describe, it } from "@effect/vitest"
import { isJsonObject, jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Effect from "effect/Effect"
import { assertEnvelope, bearer, connect, json, post, type RawReply, type RawRequest } from "./RawHttp.ts"
import { ask, data, picture, Site, uploadOf } from "./Site.ts"

/** contract/api.md: the endpoint index with the labels of 1.5, the exit code of a call without a token, and caching. */
const routes = [
  { method: "GET", path: "/healthz", command: "image-skill healthz", token: false, cached: false },
  { method: "POST", path: "/v1/agent-signups", command: "image-skill signup", token: false, cached: false },
  { method: "GET", path: "/v1/whoami", command: "image-skill whoami", token: true, cached: false },
  { method: "GET", path: "/v1/quota", command: "image-skill usage quota", token: true, cached: false },
  { method: "GET", path: "/v1/payment-methods", command: "image-skill credits methods", token: false, cached: true },
  { method: "GET", path: "/v1/credit-packs", command: "image-skill credits packs list", token: false, cached: true },
  { method: "POST", path: "/v1/credit-quotes", command: "image-skill credits quote", token: true, cached: false },
  {
    method: "POST",
    path: "/v1/credit-purchases",
    command: "image-skill credits fake-purchase",
    token: true,
    cached: false
  },
  {
    method: "GET",
    path: "/v1/credit-purchases/status?quote_id=QUOTE",
    command: "image-skill credits status",
    token: true,
    cached: false
  },
  { method: "GET", path: "/v1/models", command: "image-skill models list", token: false, cached: true },
  {
    method: "GET",
    path: "/v1/models/local.storyboard",
    command: "image-skill models show",
    token: false,
    cached: true
  },
  { method: "GET", path: "/v1/capabilities", command: "image-skill capabilities list", token: false, cached: true },
  {
    method: "GET",
    path: "/v1/capabilities/is.image.generate.local-storyboard.v1",
    command: "image-skill capabilities show",
    token: false,
    cached: true
  },
  { method: "POST", path: "/v1/create", command: "image-skill create", token: true, cached: false },
  { method: "POST", path: "/v1/upload", command: "image-skill upload", token: true, cached: false },
  { method: "PUT", path: "/v1/uploads?filename=a.png", command: "image-skill upload", token: true, cached: false },
  { method: "POST", path: "/v1/edit", command: "image-skill edit", token: true, cached: false },
  { method: "GET", path: "/v1/assets", command: "image-skill assets list", token: true, cached: false },
  { method: "GET", path: "/v1/assets/ASSET", command: "image-skill assets show", token: true, cached: false },
  { method: "DELETE", path: "/v1/assets/UPLOAD", command: "image-skill assets delete", token: true, cached: false },
  {
    method: "GET",
    path: "/v1/assets/ASSET/lineage",
    command: "image-skill assets lineage",
    token: true,
    cached: false
  },
  { method: "GET", path: "/v1/jobs", command: "image-skill jobs list", token: true, cached: false },
  { method: "POST", path: "/v1/jobs/JOB/cancel", command: "image-skill jobs cancel", token: true, cached: false },
  { method: "GET", path: "/v1/jobs/JOB", command: "image-skill jobs show", token: true, cached: false },
  { method: "GET", path: "/v1/activity", command: "image-skill activity list", token: true, cached: false },
  { method: "GET", path: "/v1/activity/JOB", command: "image-skill activity show", token: true, cached: false }
]

/** Routes that answer here only that this site's rails cannot be used so. */
const closed = [
  { path: "/v1/credit-purchases/stripe-checkout-sessions", code: "PAYMENT_METHOD_MISMATCH" },
  { path: "/v1/credit-purchases/stripe-x402-deposits", code: "PAYMENT_METHOD_MISMATCH" }
]

const small = solidPng(16, 12, 1, 2, 3)

const bodies: { readonly [path: string]: unknown } = {
  "/v1/agent-signups": { agent_name: "caller", runtime: "vitest" },
  "/v1/credit-quotes": { credits: 50, payment_method: "fake", idempotency_key: "site" },
  "/v1/credit-purchases": { quote_id: "QUOTE", idempotency_key: "site" },
  "/v1/create": picture,
  "/v1/upload": uploadOf(small),
  "/v1/edit": { input_asset_id: "ASSET", model: "local.adjust", model_parameters: { rotate: 90 } },
  "/v1/jobs/JOB/cancel": {}
}

const addressOf = ({ path }: { readonly path: string }) => path.split("?", 1)[0]?.replace("UPLOAD", "ASSET")

/** Every method that an address takes. */
const methodsAt = (path: string): ReadonlyArray<string> => {
  return routes.filter((route) => addressOf(route) === addressOf({ path })).map(({ method }) => method)
}

const requestTo = ({ method, path }: (typeof routes)[number], token: string | null) =>
  Effect.map(Site, ({ mine }): RawRequest => {
    const fill = (text: string) =>
      text
        .replace("ASSET", mine.assetId)
        .replace("UPLOAD", mine.uploadId)
        .replace("JOB", mine.jobId)
        .replace("QUOTE", mine.quoteId)
    const filled = fill(path)
    const headers = token === null ? {} : bearer(token)
    if (method === "PUT") return { method, path: filled, headers, body: small }
    if (method === "DELETE") return { method, path: filled, headers }
    return method === "POST" ? post(filled, fill(JSON.stringify(bodies[path])), headers) : { path: filled, headers }
  })

const invalid = { status: 400, exit: 2, code: "INVALID_ARGUMENTS" }
const signup = { command: "image-skill signup" }
const create = { command: "image-skill create" }
const unknown = { status: 404, exit: 1, code: "NOT_FOUND", command: "image-skill" }

it.layer(Site.layer, { excludeTestServices: true })((it) => {
  describe("a route", () => {
    it.effect.each(routes)("$method $path answers with its envelope and headers", (route) =>
      Effect.gen(function* () {
        const { mine } = yield* Site
        const reply = yield* ask(yield* requestTo(route, route.token ? mine.token : null))
        const cache = route.cached ? "public, max-age=30" : "no-store"
        assertEnvelope(reply, { status: 200, exit: 0, code: null, command: route.command, cache })
        const actor = jsonField(json(reply), "actor")
        assert.strictEqual(isJsonObject(actor), route.token || route.path === "/v1/agent-signups")
      })
    )

    it.effect.each(routes.filter(({ token }) => token))("$method $path needs a token", (route) =>
      Effect.gen(function* () {
        const expected = { status: 401, exit: 3, code: "AUTH_REQUIRED", command: route.command }
        assertEnvelope(yield* ask(yield* requestTo(route, null)), expected)
        assertEnvelope(yield* ask(yield* requestTo(route, "canary")), expected)
      })
    )

    it.effect.each(closed)("POST $path takes only what was quoted for its rail, and needs a token", ({ code, path }) =>
      Effect.gen(function* () {
        const { mine } = yield* Site
        const body = { quote_id: mine.quoteId, idempotency_key: "other" }
        const command = "image-skill credits buy"
        assertEnvelope(yield* ask(post(path, body, bearer(mine.token))), { status: 409, exit: 2, code, command })
        assertEnvelope(yield* ask(post(path, body)), { status: 401, exit: 3, code: "AUTH_REQUIRED", command })
      })
    )

    const authorizations = [
      ["lower case", (token: string) => `bearer ${token}`],
      ["upper case", (token: string) => `BEARER ${token}`],
      ["blanks around it", (token: string) => `  Bearer   ${token}  `]
    ] as const
    it.effect.each(authorizations)("takes a token in %s", ([, header]) =>
      Effect.gen(function* () {
        const { mine } = yield* Site
        const reply = yield* ask({ path: "/v1/whoami", headers: { authorization: header(mine.token) } })
        assert.strictEqual(reply.status, 200)
      })
    )

    const elsewhere: ReadonlyArray<readonly [string, (token: string) => RawRequest]> = [
      ["the query", (token) => ({ path: `/v1/whoami?token=${token}&access_token=${token}` })],
      ["another scheme", (token) => ({ path: "/v1/whoami", headers: { authorization: `Basic ${token}` } })],
      ["no scheme", (token) => ({ path: "/v1/whoami", headers: { authorization: token } })],
      ["two words", (token) => ({ path: "/v1/whoami", headers: { authorization: `Bearer ${token} x` } })],
      ["a cookie", (token) => ({ path: "/v1/whoami", headers: { cookie: `token=${token}` } })],
      ["the body", (token) => post("/v1/create", { ...picture, token })]
    ]
    it.effect.each(elsewhere)("takes no token in %s", ([, request]) =>
      Effect.gen(function* () {
        const { mine } = yield* Site
        assert.strictEqual((yield* ask(request(mine.token))).headers["x-image-skill-exit-code"], "3")
      })
    )

    it.effect("takes no trace id from the caller", () =>
      Effect.gen(function* () {
        const headers = { "x-image-skill-trace-id": "trace_ffffffffffffffff", "x-request-id": "canary" }
        const reply = yield* ask({ path: "/v1/models", headers })
        assert.notInclude(JSON.stringify(reply.headers), "ffffffffffffffff")
        assert.notInclude(JSON.stringify(reply.headers), "canary")
      })
    )
  })

  describe("an address that is none", () => {
    const paths = ["/", "/v1", "/v2/models", "/v1/nothing", "/v1/models/a/b", "/v1/agent-signups/x", "/healthz/x"]
    it.effect.each([...paths, "/%2e%2e", "/v1/create/.."])("%s is answered with an envelope", (path) =>
      Effect.map(ask({ path }), (reply) => assertEnvelope(reply, unknown))
    )

    it.effect.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"])("is none for %s either", (method) =>
      Effect.gen(function* () {
        const headers = { "content-type": "application/json" }
        assertEnvelope(yield* ask({ method, path: "/v1/nothing", headers, body: "{}" }), unknown)
      })
    )

    it.effect.each(["/v1/models/%zz", "/v1/jobs/%", "/v1/activity/%ff%fe", "/v1/assets/%e0%a4%a"])(
      "%s, which no decoder takes, is answered with an envelope",
      (path) =>
        Effect.gen(function* () {
          const reply = yield* ask({ path })
          assert.include([400, 404], reply.status)
          assert.strictEqual(reply.headers["content-type"], "application/json; charset=utf-8")
          assert.match(reply.headers["x-image-skill-exit-code"]?.toString() ?? "", /^[12]$/u)
          assert.isFalse(jsonField(json(reply), "ok"))
        })
    )
  })

  describe("a method that an address does not take", () => {
    const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]
    it.effect.each(methods)("%s is refused, naming those that it takes", (method) =>
      Effect.gen(function* () {
        for (const route of routes.filter((route) => !methodsAt(route.path).includes(method))) {
          const { path } = yield* requestTo(route, null)
          const headers = { "content-type": "application/json" }
          const reply = yield* ask({ method, path, ...(method === "GET" ? {} : { headers, body: "{}" }) })
          const { command } = unknown
          assertEnvelope(reply, { status: 405, exit: 1, code: "METHOD_NOT_ALLOWED", command }, path)
          const allow = reply.headers["allow"]?.split(", ") ?? []
          assert.includeMembers(allow, [...methodsAt(route.path)], path)
          assert.notInclude(allow, method, path)
        }
      })
    )

    it.effect("HEAD is GET without a body, or refused like any other", () =>
      Effect.gen(function* () {
        for (const route of routes) {
          if (route.method === "DELETE") continue
          const { headers, path } = yield* requestTo(route, (yield* Site).mine.token)
          const reply = yield* ask({ method: "HEAD", path, headers: headers ?? {} })
          assert.strictEqual(reply.bytes.length, 0, path)
          assert.include(route.method === "GET" ? [200, 405] : [405], reply.status, path)
          if (reply.status === 405) assert.include(reply.headers["allow"] ?? "", route.method, path)
        }
      })
    )
  })

  describe("a query", () => {
    const queries = [
      ["unknown fields", "?details=true&query=cat&utm_source=x", 200],
      ["ten thousand characters", `?x=${"y".repeat(10_000)}`, 200],
      ["two thousand fields", `?${"a=1&".repeat(2000)}`, 200],
      ["no sense", "?&&==&%zz&%ff=1&[]=x&a[b]=c", 200],
      ["names of the language", "?__proto__=1&constructor=2&toString=3", 200],
      ["a word where true or false must stand", "?available=maybe", 400],
      ["an empty value", "?available=", 400],
      ["an unknown operation", "?operation=image.dream", 400],
      ["a line break", "?provider=local%0d%0aset-cookie:%20a=b", 400]
    ] as const
    it.effect.each(queries)("with %s gets its answer", ([, query, status]) =>
      Effect.gen(function* () {
        const reply = yield* ask({ path: `/v1/models${query}` })
        const common = { status, command: "image-skill models list" }
        if (status === 200) assertEnvelope(reply, { ...common, exit: 0, code: null, cache: "public, max-age=30" })
        else assertEnvelope(reply, { ...common, exit: 2, code: "INVALID_ARGUMENTS" })
        assert.notProperty(reply.headers, "set-cookie")
      })
    )

    it.effect("longer than a request may be is refused, and hurts nobody", () =>
      Effect.gen(function* () {
        assert.include([400, 413, 414, 431], (yield* ask({ path: `/v1/models?x=${"y".repeat(20_000)}` })).status)
        assert.strictEqual((yield* ask({ path: "/healthz" })).status, 200)
      })
    )

    it.effect("fills no field that the path already fills", () =>
      Effect.gen(function* () {
        const { mine, theirs } = yield* Site
        const path = `/v1/jobs/${theirs.jobId}?job_id=${mine.jobId}`
        const reply = yield* ask({ path, headers: bearer(mine.token) })
        assertEnvelope(reply, { status: 404, exit: 1, code: "JOB_NOT_FOUND", command: "image-skill jobs show" })
      })
    )
  })

  describe("a path with a line break in it", () => {
    it.effect("adds no header to the answer", () =>
      Effect.gen(function* () {
        for (const path of ["/v1/models/x%0d%0aset-cookie:%20a=b", "/v1/x%0d%0aset-cookie:%20a=b", "/a/x%0d%0ay.png"]) {
          const reply = yield* ask({ path })
          assert.include([400, 404], reply.status)
          assert.notProperty(reply.headers, "set-cookie")
        }
      })
    )
  })

  describe("bytes that are no HTTP", () => {
    const garbage = [
      ["binary", "\0\x01\x02\r\n\r\n"],
      ["a TLS greeting", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
      ["a header without a colon", "GET /healthz HTTP/1.1\r\nhost: x\r\ncanary\r\n\r\n"],
      ["a bare carriage return", "GET /healthz HTTP/1.1\r\nhost: x\r\na: b\rc: d\r\n\r\n"],
      ["no host", "GET /healthz HTTP/1.1\r\n\r\n"],
      [
        "two lengths",
        "POST /v1/agent-signups HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\ncontent-length: 9\r\n\r\n{}"
      ],
      [
        "a length and chunks",
        "POST /v1/agent-signups HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
      ]
    ] as const
    it.effect.each(garbage)("%s are refused, and hurt nobody", ([, bytes]) =>
      Effect.gen(function* () {
        const { origin } = yield* Site
        const socket = yield* connect(origin)
        yield* socket.say(bytes)
        const heard = yield* socket.rest
        assert.match(heard, /^HTTP\/1\.1 400 /u)
        assert.notInclude(heard, "image-skill healthz")
        assert.strictEqual((yield* ask({ path: "/healthz" })).status, 200)
      }).pipe(Effect.scoped)
    )
  })

  describe("a body", () => {
    const types = [
      [{ "content-type": "text/plain" }, 415],
      [{ "content-type": "application/x-www-form-urlencoded" }, 415],
      [{ "content-type": "multipart/form-data; boundary=x" }, 415],
      [{ "content-type": "application/jsonp" }, 415],
      [{ "content-type": "application/json; charset=latin1" }, 415],
      [{ "content-type": "" }, 415],
      [{}, 415],
      [{ "content-type": "application/json", "content-encoding": "gzip" }, 415],
      [{ "content-type": "application/json", "content-encoding": "identity" }, 200],
      [{ "content-type": "application/json" }, 200],
      [{ "content-type": "Application/JSON; Charset=UTF-8" }, 200],
      [{ "content-type": 'application/json;charset="utf-8"' }, 200]
    ] as const
    it.effect.each(types)("of the type %o is answered with %i", ([headers, status]) =>
      Effect.gen(function* () {
        const body = JSON.stringify({ agent_name: "caller", runtime: "vitest" })
        const reply = yield* ask({ method: "POST", path: "/v1/agent-signups", headers, body })
        const refused = { ...invalid, status, ...signup }
        assertEnvelope(reply, status === 200 ? { status, exit: 0, code: null, ...signup } : refused)
      })
    )

    const nonsense = [
      ["nothing", ""],
      ["half an object", '{"agent_name":"a"'],
      ["two objects", "{}{}"],
      ["single quotes", "{'agent_name':'a'}"],
      ["a comment", '{"agent_name":"a"} // hello'],
      ["NaN", '{"agent_name":NaN}'],
      ["a list", '[{"agent_name":"a","runtime":"t"}]'],
      ["null", "null"],
      ["a number", "1e999"],
      ["text", '"agent"'],
      ["a NUL", '{"agent_name":"a\0","runtime":"t"}'],
      ["a hundred thousand lists", "[".repeat(100_000) + "]".repeat(100_000)],
      ["a list that never ends", "[".repeat(200_000)]
    ] as const
    it.effect.each(nonsense)("of %s is refused", ([, body]) =>
      Effect.map(ask(post("/v1/agent-signups", body)), (reply) => assertEnvelope(reply, { ...invalid, ...signup }))
    )

    it.effect("that is not UTF-8 is refused, for a prompt with holes is another prompt", () =>
      Effect.gen(function* () {
        const bytes = Buffer.from('{"agent_name":"caf\xe9","runtime":"vitest"}', "latin1")
        const reply = yield* ask({ ...post("/v1/agent-signups", ""), body: bytes })
        assertEnvelope(reply, { ...invalid, ...signup })
      })
    )

    it.effect("with half a surrogate pair is answered", () =>
      Effect.gen(function* () {
        const { mine } = yield* Site
        const body = '{"prompt":"a \\ud800 boat","dry_run":true}'
        const reply = yield* ask(post("/v1/create", body, bearer(mine.token)))
        assert.include([200, 400], reply.status)
      })
    )

    const nested = "[".repeat(100_000) + "]".repeat(100_000)
    const objects = `${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}`
    const deep = [
      ["an unknown field", `{"agent_name":"a","runtime":"t","x":${nested}}`, "/v1/agent-signups", 200],
      ["an unknown field of objects", `{"agent_name":"a","runtime":"t","x":${objects}}`, "/v1/agent-signups", 200],
      ["a name", `{"agent_name":${nested},"runtime":"t"}`, "/v1/agent-signups", 400],
      ["a key", `{"prompt":"a boat","idempotency_key":${nested}}`, "/v1/create", 400],
      ["a parameter of a plan", `{"prompt":"a","dry_run":true,"model_parameters":{"a":${nested}}}`, "/v1/create", 422],
      ["a parameter", `{"prompt":"a boat","model_parameters":{"a":${nested}}}`, "/v1/create", 422],
      ["a parameter of objects", `{"prompt":"a boat","model_parameters":{"a":${objects}}}`, "/v1/create", 422],
      ["a reference", `{"prompt":"a boat","references":[{"a":${nested}}]}`, "/v1/create", 400]
    ] as const
    it.effect.each(deep)("nested 100,000 deep in %s is answered like any other", ([, body, path, status]) =>
      Effect.gen(function* () {
        const { mine } = yield* Site
        const reply = yield* ask(post(path, body, bearer(mine.token)))
        assert.include([status, 400], reply.status, reply.text.slice(0, 400))
      })
    )

    it.effect("with a field twice means the last one", () =>
      Effect.gen(function* () {
        const body = '{"agent_name":"first","agent_name":"last","runtime":"t","runtime":"u"}'
        const reply = yield* ask(post("/v1/agent-signups", body))
        assert.strictEqual(textField(data(reply), "agent_name"), "last")
        assert.strictEqual(textField(data(reply), "runtime"), "u")
      })
    )

    const language = [
      '{"__proto__":{"agent_name":"a"},"runtime":"t"}',
      '{"constructor":{"agent_name":"a"},"runtime":"t"}'
    ]
    it.effect.each(language)("fills no field by way of the language: %s", (body) =>
      Effect.map(ask(post("/v1/agent-signups", body)), (reply) => assertEnvelope(reply, { ...invalid, ...signup }))
    )

    it.effect("is told which of its fields are ignored, and never their values", () =>
      Effect.gen(function* () {
        const body = { agent_name: "caller", runtime: "vitest", favourite_colour: "canary", "a\nb": "canary" }
        const reply = yield* ask(post("/v1/agent-signups", body))
        const warnings = jsonField(json(reply), "warnings")
        assert.isArray(warnings)
        assert.include(warnings, "ignored unknown fields: favourite_colour, a?b")
        assert.notInclude(reply.text, "canary")
      })
    )

    it.effect("with a payment credential at any depth is refused before its token is looked at", () =>
      Effect.gen(function* () {
        const body = { prompt: "a boat", references: [{ a: [{ walletPrivateKey: "canary" }] }] }
        const reply = yield* ask(post("/v1/create", body, bearer("canary")))
        assertEnvelope(reply, { ...invalid, code: "PAYMENT_CREDENTIAL_REJECTED", ...create })
        assert.notInclude(reply.text, "canary")
      })
    )

    const sizes = [
      ["as large as it may be", 262_144, 200],
      ["a byte larger", 262_145, 413],
      ["much larger", 8_000_000, 413]
    ] as const
    it.effect.each(sizes)("that is %s is answered", ([, size, status]) =>
      Effect.gen(function* () {
        const start = '{"agent_name":"a","runtime":"t","x":"'
        const request = post("/v1/agent-signups", `${start}${"y".repeat(size - start.length - 2)}"}`)
        for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
          const reply = yield* ask({ ...request, headers: { ...request.headers, ...headers } })
          const refused = { ...invalid, status, ...signup }
          assertEnvelope(reply, status === 200 ? { status, exit: 0, code: null, ...signup } : refused)
        }
      })
    )
  })

  describe("what belongs to somebody else", () => {
    const addresses: ReadonlyArray<readonly [string, (tenant: Ids) => string]> = [
      ["an asset", ({ assetId }) => `/v1/assets/${assetId}`],
      ["a job", ({ jobId }) => `/v1/jobs/${jobId}`],
      ["the activity of a job", ({ jobId }) => `/v1/activity/${jobId}`],
      ["the activity of an asset", ({ assetId }) => `/v1/activity/${assetId}`],
      ["an event", ({ eventId }) => `/v1/activity/${eventId}`],
      ["the activity of a usage", ({ usageId }) => `/v1/activity/${usageId}`],
      ["the activity of a request", ({ traceId }) => `/v1/activity/${traceId}`],
      ["a list about a job", ({ jobId }) => `/v1/activity?subject=${jobId}`],
      ["a list about an asset", ({ assetId }) => `/v1/activity?subject=${assetId}`],
      ["a list after an event", ({ eventId }) => `/v1/activity?cursor=${eventId}`],
      [
        "a list about a request after an event",
        ({ eventId, traceId }) => `/v1/activity?subject=${traceId}&cursor=${eventId}`
      ]
    ]
    it.effect.each(addresses)("%s is what belongs to nobody, to the last byte", ([, address]) =>
      Effect.gen(function* () {
        const { mine, theirs } = yield* Site
        const foreign = yield* ask({ path: address(theirs), headers: bearer(mine.token) })
        const none = yield* ask({ path: address(nobody), headers: bearer(mine.token) })
        assert.deepStrictEqual(anonymous(foreign, theirs), anonymous(none, nobody))
        const own = yield* ask({ path: address(mine), headers: bearer(mine.token) })
        assert.strictEqual(own.status, 200)
      })
    )

    it.effect("gives no replay under somebody else's key", () =>
      Effect.gen(function* () {
        const { mine, theirs } = yield* Site
        const keyed = { ...picture, idempotency_key: "shared-key" }
        const [first, second] = [
          yield* ask(post("/v1/create", keyed, bearer(mine.token))),
          yield* ask(post("/v1/create", { ...keyed, prompt: "something else" }, bearer(theirs.token)))
        ]
        assert.deepStrictEqual([first.status, second.status], [200, 200])
        assert.notStrictEqual(textField(data(first), "job_id"), textField(data(second), "job_id"))
      })
    )
  })

  describe("a network", () => {
    it.effect("may sign up ten times an hour, and is told how long to wait", () =>
      Effect.gen(function* () {
        for (let time = 0; time < 10; time += 1) assert.strictEqual((yield* signUpFrom("203.0.113.7")).status, 200)
        const reply = yield* signUpFrom("203.0.113.7")
        assertEnvelope(reply, { status: 429, exit: 5, code: "RATE_LIMITED", ...signup })
        const seconds = jsonField(jsonField(jsonField(json(reply), "error"), "recovery"), "retry_after_seconds")
        assert.strictEqual(reply.headers["retry-after"], JSON.stringify(seconds))
        assert.notInclude(reply.text, "203.0.113")
        assert.strictEqual((yield* signUpFrom("203.0.113.8")).status, 200)
        for (let time = 0; time < 10; time += 1) yield* signUpFrom(`2001:db8:0:1::${time}`)
        assert.strictEqual((yield* signUpFrom("2001:db8:0:1:ffff::1")).status, 429)
        assert.strictEqual((yield* signUpFrom("2001:db8:0:2::1")).status, 200)
      })
    )
  })
})

/** What the proxy of this machine says that a stranger sent. */
const signUpFrom = (address: string) =>
  ask(post("/v1/agent-signups", bodies["/v1/agent-signups"], { "x-forwarded-for": `198.51.100.1, ${address}` }))

interface Ids {
  readonly jobId: string
  readonly assetId: string
  readonly eventId: string
  readonly usageId: string
  readonly traceId: string
}

const nobody: Ids = {
  jobId: "job_zzzzzzzzzzzzzzzzzzzz",
  assetId: "image_zzzzzzzzzzzzzzzzzzzz",
  eventId: "evt_zzzzzzzzzzzzzzzzzzzz",
  usageId: "usage_zzzzzzzzzzzzzzzzzzzz",
  traceId: "trace_0123456789abcdef"
}

/** A reply without what is another one's in every answer: its trace, its date, and the id that was asked for. */
const anonymous = ({ headers, status, text }: RawReply, { assetId, eventId, jobId, traceId, usageId }: Ids) => {
  const trace = headers["x-image-skill-trace-id"]?.toString() ?? ""
  const shown = [trace, assetId, eventId, jobId, traceId, usageId].reduce((text, id) => text.replaceAll(id, "ID"), text)
  return { status, shown, headers: { ...headers, date: "", "x-image-skill-trace-id": "" } }
}
