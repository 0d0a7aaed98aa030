import { assert, describe, it } from "@effect/vitest"
import { isJsonObject, jsonField } from "@image-skill/core/envelope/JsonFields"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { violations } from "./JsonSchema.ts"
import { bearer, json, post, type RawRequest } from "./RawHttp.ts"
import { ask, picture, Site, type Tenant, uploadOf } from "./Site.ts"

/** The endpoint index of contract/api.md as far as this version has it: the path, its method, and who may use it. */
const index = [
  ["/healthz", "get", "anybody"],
  ["/v1/agent-signups", "post", "anybody"],
  ["/v1/whoami", "get", "token"],
  ["/v1/quota", "get", "token"],
  ["/v1/payment-methods", "get", "anybody"],
  ["/v1/credit-packs", "get", "anybody"],
  ["/v1/credit-quotes", "post", "token"],
  ["/v1/credit-purchases/stripe-checkout-sessions", "post", "token"],
  ["/v1/credit-purchases/stripe-x402-deposits", "post", "token"],
  ["/v1/credit-purchases", "post", "token"],
  ["/v1/credit-purchases/status", "get", "token"],
  ["/v1/models", "get", "anybody"],
  ["/v1/models/{model_id}", "get", "anybody"],
  ["/v1/capabilities", "get", "anybody"],
  ["/v1/capabilities/{capability_id}", "get", "anybody"],
  ["/v1/create", "post", "either"],
  ["/v1/upload", "post", "token"],
  ["/v1/uploads", "put", "token"],
  ["/v1/edit", "post", "token"],
  ["/v1/assets", "get", "token"],
  ["/v1/assets/{asset_id}", "get", "token"],
  ["/v1/assets/{asset_id}", "delete", "token"],
  ["/v1/assets/{asset_id}/lineage", "get", "token"],
  ["/v1/jobs", "get", "token"],
  ["/v1/jobs/{job_id}/cancel", "post", "token"],
  ["/v1/jobs/{job_id}", "get", "token"],
  ["/v1/activity", "get", "token"],
  ["/v1/activity/{reference}", "get", "token"],
  ["/v1/feedback", "post", "token"],
  ["/v1/agent-claims", "post", "token"],
  ["/v1/spend-policy", "get", "token"],
  ["/v1/spend-policy", "put", "token"]
] as const

const document = Effect.map(ask({ path: "/openapi.json" }), json)

const at = (value: Schema.Json, ...path: ReadonlyArray<string>): Schema.Json | undefined =>
  path.reduce<Schema.Json | undefined>((place, name) => jsonField(place, name), value)

const listOf = (value: Schema.Json | undefined): ReadonlyArray<Schema.Json> => (isList(value) ? value : [])

const isList = (value: Schema.Json | undefined): value is Schema.JsonArray => Array.isArray(value)

const fieldsOf = (value: Schema.Json | undefined): ReadonlyArray<string> =>
  isJsonObject(value) ? Object.keys(value) : []

const offer = (key: string) => ({ credits: 50, payment_method: "fake", idempotency_key: key })

const purchase = (quoteId: string, key: string) => ({ quote_id: quoteId, idempotency_key: key })

const small = solidPng(16, 12, 1, 2, 3)

const turned = (assetId: string) => ({
  input_asset_id: assetId,
  model: "local.adjust",
  model_parameters: { rotate: 90 }
})

/** Every `$ref` anywhere in a value. */
const references = (value: Schema.Json): ReadonlyArray<string> => {
  if (isList(value)) return value.flatMap(references)
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    name === "$ref" && typeof inner === "string" ? [inner] : references(inner)
  )
}

it.layer(Site.layer, { excludeTestServices: true })((it) => {
  describe("the OpenAPI document", () => {
    it.effect("is served as JSON, with the address that was listened on", () =>
      Effect.gen(function* () {
        const { origin } = yield* Site
        const reply = yield* ask({ path: "/openapi.json" })
        assert.strictEqual(reply.status, 200)
        assert.match(reply.headers["content-type"] ?? "", /^application\/json\b/u)
        assert.deepStrictEqual(at(json(reply), "servers"), [{ url: origin }])
        assert.match(JSON.stringify(at(json(reply), "openapi")), /^"3\.1\.\d"$/u)
      })
    )

    it.effect("has what OpenAPI 3.1 requires, and nothing that it does not know", () =>
      Effect.gen(function* () {
        const root = yield* document
        const known = new Set(["openapi", "info", "servers", "paths", "components", "security", "tags"])
        assert.deepStrictEqual(
          fieldsOf(root).filter((field) => !known.has(field)),
          []
        )
        assert.isString(at(root, "info", "title"))
        assert.isString(at(root, "info", "version"))
        for (const reference of references(root)) {
          assert.match(reference, /^#\//u)
          assert.isDefined(at(root, ...reference.slice(2).split("/")), reference)
        }
        const kinds = new Set(["schemas", "responses", "parameters", "securitySchemes", "headers", "requestBodies"])
        assert.deepStrictEqual(
          fieldsOf(at(root, "components")).filter((kind) => !kinds.has(kind)),
          []
        )
      })
    )

    it.effect("lists exactly the operations of the contract", () =>
      Effect.gen(function* () {
        const root = yield* document
        const paths = at(root, "paths")
        const found = fieldsOf(paths).flatMap((path) =>
          fieldsOf(at(root, "paths", path)).map((method) => [path, method])
        )
        assert.deepStrictEqual(
          found.map((entry) => entry.join(" ")).toSorted(),
          index.map(([path, method]) => `${path} ${method}`).toSorted()
        )
      })
    )

    it.effect.each(index)("describes %s %s", ([path, method]) =>
      Effect.gen(function* () {
        const root = yield* document
        const operation = at(root, "paths", path, method) ?? null
        const known = new Set([
          "tags",
          "operationId",
          "summary",
          "description",
          "parameters",
          "requestBody",
          "responses",
          "security",
          "x-effect",
          "x-grant"
        ])
        assert.deepStrictEqual(
          fieldsOf(operation).filter((field) => !known.has(field)),
          []
        )
        assert.isString(at(operation, "operationId"))
        assert.isString(at(operation, "summary"))
        const effect = at(operation, "x-effect")
        assert.strictEqual(effect === "read", method === "get")
        assert.strictEqual(effect === "spend", ["/v1/create", "/v1/edit"].includes(path))
        assert.include(["read", "write", "spend", "approve"], effect)
        const parameters = listOf(at(operation, "parameters"))
        const inPath = parameters.filter((parameter) => at(parameter, "in") === "path")
        assert.deepStrictEqual(
          inPath.map((parameter) => [at(parameter, "name"), at(parameter, "required")]),
          [...path.matchAll(/\{(\w+)\}/gu)].map(([, name = ""]) => [name, true])
        )
        const names = parameters.map(
          (parameter) => `${JSON.stringify(at(parameter, "in"))} ${JSON.stringify(at(parameter, "name"))}`
        )
        assert.strictEqual(new Set(names).size, names.length)
        for (const parameter of parameters) assert.isTrue(isJsonObject(at(parameter, "schema")))
        assert.strictEqual(
          isJsonObject(at(operation, "requestBody", "content", "application/json", "schema")),
          method === "post" || (path === "/v1/spend-policy" && method === "put")
        )
        const responses = fieldsOf(at(operation, "responses"))
        assert.include(responses, "200")
        for (const status of responses) {
          assert.match(status, /^[1-5]\d\d$/u)
          assert.isString(at(operation, "responses", status, "description"))
          assert.isTrue(
            isJsonObject(at(operation, "responses", status, "content", "application/json", "schema")),
            status
          )
        }
      })
    )

    it.effect("names each operation once", () =>
      Effect.gen(function* () {
        const root = yield* document
        const ids = index.map(([path, method]) => at(root, "paths", path, method, "operationId"))
        assert.strictEqual(new Set(ids).size, index.length)
      })
    )

    it.effect("says which operations need a bearer token", () =>
      Effect.gen(function* () {
        const root = yield* document
        const schemes = at(root, "components", "securitySchemes") ?? {}
        const bearers = fieldsOf(schemes).filter(
          (name) => at(schemes, name, "type") === "http" && at(schemes, name, "scheme") === "bearer"
        )
        assert.isNotEmpty(bearers)
        for (const [path, method, who] of index) {
          const ways = listOf(at(root, "paths", path, method, "security") ?? at(root, "security"))
          const isOpen = ways.length === 0 || ways.some((way) => fieldsOf(way).length === 0)
          const takesToken = ways.some((way) => fieldsOf(way).some((name) => bearers.includes(name)))
          assert.deepStrictEqual([path, isOpen, takesToken], [path, who !== "token", who !== "anybody"])
        }
      })
    )
  })

  describe("an answer", () => {
    const asked: ReadonlyArray<readonly [path: string, request: (tenant: Tenant) => RawRequest]> = [
      ["/healthz", () => ({ path: "/healthz" })],
      ["/v1/agent-signups", () => post("/v1/agent-signups", { agent_name: "a", runtime: "t" })],
      ["/v1/agent-signups", () => post("/v1/agent-signups", {})],
      ["/v1/whoami", ({ token }) => ({ path: "/v1/whoami", headers: bearer(token) })],
      ["/v1/whoami", () => ({ path: "/v1/whoami" })],
      ["/v1/quota", ({ token }) => ({ path: "/v1/quota", headers: bearer(token) })],
      ["/v1/payment-methods", () => ({ path: "/v1/payment-methods" })],
      ["/v1/credit-packs", () => ({ path: "/v1/credit-packs" })],
      ["/v1/credit-quotes", ({ token }) => post("/v1/credit-quotes", offer("quoted"), bearer(token))],
      ["/v1/credit-quotes", ({ token }) => post("/v1/credit-quotes", { credits: 50 }, bearer(token))],
      [
        "/v1/credit-purchases/stripe-checkout-sessions",
        ({ quoteId, token }) =>
          post("/v1/credit-purchases/stripe-checkout-sessions", purchase(quoteId, "hosted"), bearer(token))
      ],
      [
        "/v1/credit-purchases/stripe-x402-deposits",
        ({ quoteId, token }) =>
          post("/v1/credit-purchases/stripe-x402-deposits", purchase(quoteId, "deposit"), bearer(token))
      ],
      [
        "/v1/credit-purchases",
        ({ quoteId, token }) => post("/v1/credit-purchases", purchase(quoteId, "site"), bearer(token))
      ],
      ["/v1/credit-purchases/status", ({ token }) => ({ path: "/v1/credit-purchases/status", headers: bearer(token) })],
      [
        "/v1/credit-purchases/status",
        ({ quoteId, token }) => ({
          path: `/v1/credit-purchases/status?quote_id=${quoteId}`,
          headers: bearer(token)
        })
      ],
      ["/v1/models", () => ({ path: "/v1/models" })],
      ["/v1/models", () => ({ path: "/v1/models?operation=image.dream" })],
      ["/v1/models/{model_id}", () => ({ path: "/v1/models/fal.flux-dev" })],
      ["/v1/models/{model_id}", () => ({ path: "/v1/models/nothing" })],
      ["/v1/capabilities", () => ({ path: "/v1/capabilities" })],
      ["/v1/capabilities/{capability_id}", () => ({ path: "/v1/capabilities/is.image.generate.preview.v1" })],
      ["/v1/create", ({ token }) => post("/v1/create", picture, bearer(token))],
      ["/v1/create", ({ token }) => post("/v1/create", { ...picture, dry_run: true }, bearer(token))],
      ["/v1/create", () => post("/v1/create", { ...picture, dry_run: true })],
      ["/v1/create", ({ token }) => post("/v1/create", { ...picture, model: "fal.flux-dev" }, bearer(token))],
      ["/v1/assets/{asset_id}", ({ assetId, token }) => ({ path: `/v1/assets/${assetId}`, headers: bearer(token) })],
      [
        "/v1/assets/{asset_id}",
        ({ assetId, token }) => ({ path: `/v1/assets/${assetId}?thumbnail=32`, headers: bearer(token) })
      ],
      ["/v1/assets/{asset_id}", ({ token }) => ({ path: "/v1/assets/image_nobody", headers: bearer(token) })],
      [
        "/v1/assets/{asset_id}",
        ({ token }) => ({ method: "DELETE", path: "/v1/assets/image_nobody", headers: bearer(token) })
      ],
      [
        "/v1/assets/{asset_id}",
        ({ token, uploadId }) => ({ method: "DELETE", path: `/v1/assets/${uploadId}`, headers: bearer(token) })
      ],
      [
        "/v1/assets/{asset_id}/lineage",
        ({ assetId, token }) => ({ path: `/v1/assets/${assetId}/lineage`, headers: bearer(token) })
      ],
      ["/v1/assets", ({ token }) => ({ path: "/v1/assets?limit=1", headers: bearer(token) })],
      ["/v1/upload", ({ token }) => post("/v1/upload", uploadOf(small), bearer(token))],
      ["/v1/upload", ({ token }) => post("/v1/upload", uploadOf(small, { mime_type: "text/html" }), bearer(token))],
      [
        "/v1/uploads",
        ({ token }) => ({ method: "PUT", path: "/v1/uploads?filename=a.png", headers: bearer(token), body: small })
      ],
      ["/v1/uploads", ({ token }) => ({ method: "PUT", path: "/v1/uploads", headers: bearer(token), body: small })],
      ["/v1/edit", ({ assetId, token }) => post("/v1/edit", turned(assetId), bearer(token))],
      ["/v1/edit", ({ assetId, token }) => post("/v1/edit", { ...turned(assetId), dry_run: true }, bearer(token))],
      ["/v1/edit", ({ token }) => post("/v1/edit", turned("image_nobody"), bearer(token))],
      ["/v1/jobs", ({ token }) => ({ path: "/v1/jobs?limit=1", headers: bearer(token) })],
      ["/v1/jobs/{job_id}/cancel", ({ jobId, token }) => post(`/v1/jobs/${jobId}/cancel`, {}, bearer(token))],
      ["/v1/jobs/{job_id}", ({ jobId, token }) => ({ path: `/v1/jobs/${jobId}`, headers: bearer(token) })],
      ["/v1/activity", ({ token }) => ({ path: "/v1/activity?limit=100", headers: bearer(token) })],
      ["/v1/activity/{reference}", ({ jobId, token }) => ({ path: `/v1/activity/${jobId}`, headers: bearer(token) })]
    ]
    it.effect.each(asked)("of %s is what the document says that it is", ([path, request]) =>
      Effect.gen(function* () {
        const { mine } = yield* Site
        const root = yield* document
        const { method = "GET", ...rest } = request(mine)
        const reply = yield* ask({ method, ...rest })
        const response = at(root, "paths", path, method.toLowerCase(), "responses", `${reply.status}`) ?? null
        const schema = at(response, "content", "application/json", "schema") ?? null
        assert.deepStrictEqual(violations(root, schema, json(reply)).slice(0, 5), [])
      })
    )

    it.effect("that lacks a field, has another one or says something else, is found out", () =>
      Effect.gen(function* () {
        const root = yield* document
        const schema = at(
          root,
          "paths",
          "/v1/whoami",
          "get",
          "responses",
          "401",
          "content",
          "application/json",
          "schema"
        )
        const failure = json(yield* ask({ path: "/v1/whoami" }))
        const changed = (change: Schema.JsonObject) => ({ ...(isJsonObject(failure) ? failure : {}), ...change })
        for (const wrong of [
          changed({ ok: true }),
          changed({ warnings: null }),
          changed({ more: 1 }),
          changed({ data: {} })
        ]) {
          assert.isNotEmpty(violations(root, schema ?? null, wrong))
        }
      })
    )
  })
})
