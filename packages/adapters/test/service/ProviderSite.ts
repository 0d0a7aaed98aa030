import { createHash } from "node:crypto"
import { assert } from "@effect/vitest"
import { contractLimits } from "@image-skill/core/credits/Limits"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import * as BlackForestLabsEmulator from "@image-skill/testing/media/emulators/BlackForestLabsEmulator"
import {
  type EmulatedCall,
  type ProviderEmulator,
  serve as emulate
} from "@image-skill/testing/media/emulators/Emulator"
import * as FalEmulator from "@image-skill/testing/media/emulators/FalEmulator"
import { mask, picture } from "@image-skill/testing/media/emulators/Fixtures"
import * as GoogleEmulator from "@image-skill/testing/media/emulators/GoogleEmulator"
import * as OpenAiEmulator from "@image-skill/testing/media/emulators/OpenAiEmulator"
import * as ReplicateEmulator from "@image-skill/testing/media/emulators/ReplicateEmulator"
import * as XaiEmulator from "@image-skill/testing/media/emulators/XaiEmulator"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import { temporaryFolder } from "../Folder.ts"
import { serve } from "./Compositions.ts"
import { bearer, post, type RawReply, send } from "./RawHttp.ts"
import { data, signUp } from "./Site.ts"

/** A vendor before the service, and what it has sent of media. */
export interface Vendor<E extends ProviderEmulator = ProviderEmulator> {
  readonly emulator: E
  /** The hashes of the media that it sent, by its own account. */
  readonly sent: Effect.Effect<ReadonlySet<string>>
  /** Where the service finds it. */
  readonly origin: string
  /** What is done to each picture on its way; only where answers hold the media themselves. */
  readonly mark: (change: ((bytes: Buffer) => Buffer) | null) => void
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** Beside what belongs to a connection. */
const passedOn = ({ headers }: EmulatedCall): { readonly [name: string]: string } =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === "string" && !/^(?:host|connection|content-length|transfer-encoding|expect)$/u.test(name)
        ? [[name, value]]
        : []
    )
  )

const passOn = (origin: string, { body, headers, method, path, query }: EmulatedCall): Promise<Response> =>
  fetch(`${origin}${path}?${query.toString()}`, {
    method,
    headers: passedOn({ body, headers, method, path, query }),
    ...(method === "GET" ? {} : { body: Buffer.from(body) })
  })

/** Media inside of an answer: a listener between the two reads every one that goes by. */
const inline = Effect.fnUntraced(function* (emulator: ProviderEmulator) {
  const sent = new Set<string>()
  let mark: ((bytes: Buffer) => Buffer) | null = null
  const { origin } = yield* emulate(async (call) => {
    const response = await passOn(emulator.origin, call).catch(() => null)
    // The vendor broke the connection, so the one between is broken, too.
    if (response === null) return { status: 502, breakAfter: 0 }
    const text = (await response.text()).replaceAll(
      /"(b64_json|data)":"([A-Za-z0-9+/=]{100,})"/gu,
      (_, name: string, base64: string) => {
        const original = Buffer.from(base64, "base64")
        const bytes = mark === null ? original : mark(original)
        sent.add(sha256Of(bytes))
        return `"${name}":"${bytes.toString("base64")}"`
      }
    )
    return { status: response.status, headers: { "content-type": "application/json" }, body: text }
  })
  const vendor: Vendor = {
    emulator,
    origin,
    sent: Effect.sync(() => new Set(sent)),
    mark: (change) => {
      mark = change
    }
  }
  return vendor
})

/** Media behind links: what the service fetched there is fetched again, once. */
const linked = <E extends ProviderEmulator>(emulator: E, downloads: RegExp): Vendor<E> => {
  const known = new Map<string, Promise<string>>()
  const hashOf = async (call: EmulatedCall) =>
    sha256Of(new Uint8Array(await (await passOn(emulator.origin, call)).arrayBuffer()))
  return {
    emulator,
    origin: emulator.origin,
    mark: () => assert.fail("its answers hold no media"),
    sent: Effect.promise(async () => {
      for (const call of emulator.calls.slice()) {
        if (call.method !== "GET" || !downloads.test(call.path) || known.has(call.path)) continue
        known.set(call.path, hashOf(call))
      }
      return new Set(await Promise.all(known.values()))
    })
  }
}

const vendors = Effect.gen(function* () {
  const fal = yield* FalEmulator.make
  fal.setPace({ queued: 0, running: 0 })
  return {
    openai: yield* Effect.flatMap(OpenAiEmulator.make, inline),
    xai: yield* Effect.flatMap(XaiEmulator.make, inline),
    google: yield* Effect.flatMap(GoogleEmulator.make, inline),
    fal: linked(fal, /^\/files\/(?!in-)/u),
    bfl: linked(yield* BlackForestLabsEmulator.make, /^\/delivery\//u),
    replicate: linked(yield* ReplicateEmulator.make, /^\/delivery\//u)
  }
})

export type VendorId = keyof Effect.Success<typeof vendors>

export const variablesOf: { readonly [V in VendorId]: readonly [key: string, base: string] } = {
  openai: ["OPENAI_API_KEY", "OPENAI_BASE_URL"],
  xai: ["XAI_API_KEY", "XAI_BASE_URL"],
  google: ["GEMINI_API_KEY", "GEMINI_BASE_URL"],
  fal: ["FAL_KEY", "FAL_BASE_URL"],
  bfl: ["BFL_API_KEY", "BFL_BASE_URL"],
  replicate: ["REPLICATE_API_TOKEN", "REPLICATE_BASE_URL"]
}

/** Nothing here is about caps of a day. */
const unhurried = { ...contractLimits, acceptTestContacts: true, dailyJobsOnPreview: 1_000, dailyJobsWhenPaid: 1_000 }

/** The product's server with the keys of these vendors, as an operator would set them, and the fake rail. */
export const serveWith = Effect.fnUntraced(function* (given: ReadonlyArray<readonly [VendorId, Vendor]>) {
  const variables = new Map([["IMAGE_SKILL_RAILS", "fake"]])
  for (const [id, { emulator, origin }] of given) {
    const [key, base] = variablesOf[id]
    variables.set(key, emulator.apiKey)
    variables.set(base, origin)
  }
  const folder = yield* temporaryFolder
  const { apiBaseUrl } = yield* serve(folder, { limits: unhurried, variable: (name) => variables.get(name) ?? null })
  return { origin: apiBaseUrl, folder }
})

/** Somebody with 5,000 credits of the fake rail. */
export const customer = Effect.fnUntraced(function* (origin: string) {
  const token = yield* signUp(origin, "customer")
  const offer = { credits: 5_000, payment_method: "fake", idempotency_key: "customer" }
  const quoteId = textField(data(yield* send(origin, post("/v1/credit-quotes", offer, bearer(token)))), "quote_id")
  const paid = yield* send(
    origin,
    post("/v1/credit-purchases", { quote_id: quoteId, idempotency_key: "customer" }, bearer(token))
  )
  assert.strictEqual(textField(data(paid), "state"), "succeeded", paid.text)
  return token
})

/** A picture or a mask as an owned asset. */
export const uploaded = Effect.fnUntraced(function* (origin: string, token: string, bytes: Uint8Array) {
  const reply = yield* send(origin, {
    method: "PUT",
    path: "/v1/uploads?filename=input.png",
    headers: { ...bearer(token), "content-type": "image/png" },
    body: bytes
  })
  const id = textField(jsonField(data(reply), "asset"), "asset_id")
  assert.notStrictEqual(id, "", reply.text)
  return id
})

/** Every emulated vendor behind one server, and a customer with two pictures and a mask of 320 by 320 pixels. */
export class ProviderSite extends Context.Service<
  ProviderSite,
  {
    readonly origin: string
    readonly folder: string
    readonly token: string
    readonly vendors: Effect.Success<typeof vendors>
    readonly inputs: { readonly first: string; readonly second: string; readonly mask: string }
  }
>()("test/service/ProviderSite") {
  static readonly layer = Layer.effect(
    ProviderSite,
    Effect.gen(function* () {
      const all = yield* vendors
      const { folder, origin } = yield* serveWith([
        ["openai", all.openai],
        ["xai", all.xai],
        ["google", all.google],
        ["fal", all.fal],
        ["bfl", all.bfl],
        ["replicate", all.replicate]
      ])
      const token = yield* customer(origin)
      const pictures = yield* Effect.promise(() =>
        Promise.all([
          picture({ width: 320, height: 320, seed: 40 }),
          picture({ width: 320, height: 320, seed: 43 }),
          mask(320, 320)
        ])
      )
      const [first, second, area] = pictures
      const inputs = {
        first: yield* uploaded(origin, token, first),
        second: yield* uploaded(origin, token, second),
        mask: yield* uploaded(origin, token, area)
      }
      return ProviderSite.of({ origin, folder, token, vendors: all, inputs })
    })
  )
}

/** One request of the customer, whose answer never tells where a vendor is, or with which key it is asked. */
export const asks = Effect.fnUntraced(function* (path: string, body?: Schema.JsonObject) {
  const { origin, token, vendors } = yield* ProviderSite
  const request = body === undefined ? { path, headers: bearer(token) } : post(path, body, bearer(token))
  const reply = yield* send(origin, request)
  const told = `${JSON.stringify(reply.headers)}${reply.text}`
  for (const { emulator, origin } of Object.values(vendors)) {
    for (const secret of [emulator.apiKey, emulator.origin, origin, token]) assert.notInclude(told, secret, path)
  }
  return reply
})

/** What it answers, once it is a success. */
export const gets = Effect.fnUntraced(function* (path: string, body?: Schema.JsonObject) {
  const reply = yield* asks(path, body)
  assert.strictEqual(reply.status, 200, `${path}: ${reply.text.slice(0, 600)}`)
  return data(reply)
})

/** The media of an asset, with nothing but its link. */
export const downloaded = Effect.fnUntraced(function* (asset: Schema.Json | undefined) {
  const { origin, pathname, search } = new URL(textField(asset, "url"))
  const reply: RawReply = yield* send(origin, { path: `${pathname}${search}` })
  assert.strictEqual(reply.status, 200, pathname)
  return reply
})
