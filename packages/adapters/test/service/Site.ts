import { createHash } from "node:crypto"
import { assert } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import { served } from "./Compositions.ts"
import { bearer, json, post, type RawReply, type RawRequest, send } from "./RawHttp.ts"

/** Somebody with one picture, and credits of the fake rail. */
export interface Tenant {
  readonly token: string
  readonly jobId: string
  readonly assetId: string
  /** A picture that it has uploaded. */
  readonly uploadId: string
  readonly eventId: string
  readonly usageId: string
  readonly traceId: string
  /** A quote that is bought, under the key `site`. */
  readonly quoteId: string
  /** The row of its picture, as the create answered it. */
  readonly asset: Schema.Json
}

/** The product's server on a port of its own, with two tenants. */
export class Site extends Context.Service<
  Site,
  { readonly origin: string; readonly folder: string; readonly mine: Tenant; readonly theirs: Tenant }
>()("test/service/Site") {
  static readonly layer = Layer.effect(
    Site,
    Effect.gen(function* () {
      const { apiBaseUrl: origin, folder } = yield* served
      return Site.of({ origin, folder, mine: yield* tenant(origin), theirs: yield* tenant(origin) })
    })
  )
}

export const picture = { prompt: "a red boat", model_parameters: { width: 256, height: 256 } }

/** A picture as published clients send it. */
export const uploadOf = (bytes: Uint8Array, change: Schema.JsonObject = {}): Schema.JsonObject => ({
  source_kind: "local_path",
  filename: "boat.png",
  remote_origin: null,
  mime_type: "image/png",
  content_length: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
  bytes_base64: Buffer.from(bytes).toString("base64"),
  ...change
})

export const data = (reply: RawReply): Schema.Json | undefined => jsonField(json(reply), "data")

export const firstOf = (list: Schema.Json | undefined): Schema.Json | undefined => {
  const items: ReadonlyArray<Schema.Json> = isList(list) ? list : []
  return items[0]
}

const isList = (value: Schema.Json | undefined): value is Schema.JsonArray => Array.isArray(value)

export const signUp = Effect.fnUntraced(function* (origin: string, name: string) {
  const reply = yield* send(
    origin,
    post("/v1/agent-signups", { agent_name: name, runtime: "vitest", return_token: true })
  )
  return textField(data(reply), "token")
})

const tenant = Effect.fnUntraced(function* (origin: string) {
  const token = yield* signUp(origin, "tenant")
  const created = data(yield* send(origin, post("/v1/create", picture, bearer(token))))
  const uploaded = yield* send(origin, post("/v1/upload", uploadOf(solidPng(32, 24, 40, 80, 120)), bearer(token)))
  const events = data(yield* send(origin, { path: "/v1/activity", headers: bearer(token) }))
  const offer = { credits: 50, payment_method: "fake", idempotency_key: "site" }
  const quoteId = textField(data(yield* send(origin, post("/v1/credit-quotes", offer, bearer(token)))), "quote_id")
  const purchase = { quote_id: quoteId, idempotency_key: "site" }
  const paid = data(yield* send(origin, post("/v1/credit-purchases", purchase, bearer(token))))
  assert.strictEqual(textField(paid, "state"), "succeeded")
  const asset: Schema.Json = firstOf(jsonField(created, "assets")) ?? null
  const found: Tenant = {
    token,
    jobId: textField(created, "job_id"),
    assetId: textField(asset, "asset_id"),
    uploadId: textField(jsonField(data(uploaded), "asset"), "asset_id"),
    eventId: textField(firstOf(jsonField(events, "events")), "event_id"),
    usageId: textField(created, "usage_event_id"),
    traceId: textField(created, "trace_id"),
    quoteId,
    asset
  }
  assert.isFalse(Object.values(found).includes(""))
  return found
})

/** A request to the site, whose answer never has a token in it, least of all ours. */
export const ask = Effect.fnUntraced(function* (request: RawRequest) {
  const { mine, origin, theirs } = yield* Site
  const reply = yield* send(origin, request)
  const told = `${JSON.stringify(reply.headers)}${reply.text}`
  for (const secret of [mine.token, theirs.token, "isk_r_"]) assert.notInclude(told, secret, request.path)
  return reply
})
