import { rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { contractLimits } from "@image-skill/core/credits/Limits"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { serve as emulate } from "@image-skill/testing/media/emulators/Emulator"
import { mask, picture } from "@image-skill/testing/media/emulators/Fixtures"
import { bombPng } from "@image-skill/testing/media/InspectorFixtures"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import sharp from "sharp"
import { temporaryFolder } from "../Folder.ts"
import { serve, until } from "../service/Compositions.ts"
import { customer } from "../service/ProviderSite.ts"
import { bearer, json, post, send } from "../service/RawHttp.ts"
import { data, firstOf } from "../service/Site.ts"

/** What the vendor answers, and what happens before it does; the next test sets it anew. */
interface Vendor {
  before: () => void
  status: number
  output: Uint8Array
}

/** The product's server with one paid vendor, and somebody with credits. */
class Place extends Context.Service<
  Place,
  { readonly origin: string; readonly folder: string; readonly token: string; readonly vendor: Vendor }
>()("test/media/Place") {
  static readonly layer = Layer.effect(
    Place,
    Effect.gen(function* () {
      const output = yield* Effect.promise(() => picture({ width: 320, height: 320, seed: 7 }))
      const vendor: Vendor = { before: () => {}, status: 200, output }
      const { origin: base } = yield* emulate(() => {
        vendor.before()
        return vendor.status === 200
          ? { status: 200, body: { created: 1, data: [{ b64_json: Buffer.from(vendor.output).toString("base64") }] } }
          : { status: vendor.status, body: { error: { message: "busy", type: "server_error", code: null } } }
      })
      const variables = new Map([
        ["IMAGE_SKILL_RAILS", "fake"],
        ["OPENAI_API_KEY", "sk-hostile"],
        ["OPENAI_BASE_URL", base]
      ])
      const folder = yield* temporaryFolder
      const { apiBaseUrl: origin } = yield* serve(folder, {
        limits: { ...contractLimits, dailyJobsOnPreview: 1_000, dailyJobsWhenPaid: 1_000 },
        variable: (name) => variables.get(name) ?? null
      })
      return Place.of({ origin, folder, token: yield* customer(origin), vendor })
    })
  )
}

const ask = Effect.fnUntraced(function* (method: string, path: string, body?: Schema.JsonObject) {
  const { origin, token } = yield* Place
  const request = body === undefined ? { method, path, headers: bearer(token) } : post(path, body, bearer(token))
  return yield* send(origin, request)
})

const got = (path: string) => Effect.map(ask("GET", path), data)

const keep = Effect.fnUntraced(function* (bytes: Uint8Array, visibility = "public") {
  const { origin, token } = yield* Place
  const reply = yield* send(origin, {
    method: "PUT",
    path: `/v1/uploads?filename=picture&visibility=${visibility}`,
    headers: bearer(token),
    body: bytes
  })
  assert.strictEqual(reply.status, 200, reply.text)
  return jsonField(data(reply), "asset") ?? null
})

const idOf = (asset: Schema.Json) => textField(asset, "asset_id")

const adjust = (input: Schema.Json, parameters: Schema.JsonObject, more: Schema.JsonObject = {}) =>
  ask("POST", "/v1/edit", {
    input_asset_id: idOf(input),
    model: "local.adjust",
    model_parameters: parameters,
    ...more
  })

const paidEdit = Effect.fnUntraced(function* (prompt: string) {
  const bytes = yield* Effect.promise(() => picture({ width: 320, height: 320, seed: 3 }))
  return yield* ask("POST", "/v1/edit", {
    input_asset_id: idOf(yield* keep(bytes)),
    model: "openai.gpt-image-2-edit",
    prompt,
    accept_unknown_cost: true
  })
})

const fileOf = Effect.fnUntraced(function* (asset: Schema.Json) {
  const sha256 = textField(asset, "sha256")
  return join((yield* Place).folder, "objects", "sha256", sha256.slice(0, 2), sha256.slice(2, 4), sha256)
})

const statusOf = Effect.fnUntraced(function* (asset: Schema.Json) {
  const { pathname, search } = new URL(textField(asset, "url"))
  const { status } = yield* send((yield* Place).origin, { path: `${pathname}${search}` })
  return status
})

const reserved = Effect.map(got("/v1/quota"), (quota) => {
  const limits = jsonField(quota, "limits")
  return ["payment_backed_credits_reserved", "preview_credits_reserved"].map((name) => jsonField(limits, name))
})

/** What is marked `fails` is known to be wrong: the mark goes with the mend. */
it.layer(Place.layer, { excludeTestServices: true })((it) => {
  describe("a picture that somebody uploads", () => {
    it.effect("has the size in which it is seen, and a mask of that size fits", () =>
      Effect.gen(function* () {
        const plain = yield* Effect.promise(() => picture({ width: 60, height: 40 }))
        const area = yield* keep(yield* Effect.promise(() => mask(40, 60)))
        for (const format of ["jpeg", "png", "webp"] as const) {
          const turned = yield* Effect.promise(() =>
            sharp(plain).withMetadata({ orientation: 6 }).toFormat(format, { quality: 95 }).toBuffer()
          )
          const input = yield* keep(new Uint8Array(turned))
          assert.deepStrictEqual([jsonField(input, "width"), jsonField(input, "height")], [40, 60], format)
          const reply = yield* adjust(input, { blur: 2 }, { mask_asset_id: idOf(area) })
          assert.strictEqual(reply.status, 200, `${format}: ${reply.text}`)
        }
      })
    )
  })

  describe("an output", () => {
    it.effect("of other pixels than were promised says so, also when they are too many to decode", () =>
      Effect.gen(function* () {
        const { vendor } = yield* Place
        const { output } = vendor
        vendor.output = bombPng(30_000)
        const reply = yield* ask("POST", "/v1/create", {
          model: "openai.gpt-image-2",
          prompt: "a boat",
          model_parameters: { size: "1024x1024" },
          accept_unknown_cost: true
        }).pipe(Effect.ensuring(Effect.sync(() => (vendor.output = output))))
        assert.strictEqual(reply.status, 200, reply.text)
        const asset = firstOf(jsonField(data(reply), "assets")) ?? null
        assert.deepStrictEqual([jsonField(asset, "width"), jsonField(asset, "height")], [30_000, 30_000])
        const evidence = jsonField(asset, "evidence") ?? null
        assert.deepStrictEqual(jsonField(evidence, "flags"), ["wrong_size"])
        assert.include(textField(evidence, "not_measured"), "more than are safe to decode")
      })
    )
  })

  describe("a thumbnail", () => {
    it.effect("is kept once, also of a picture that is smaller than it says", () =>
      Effect.gen(function* () {
        const plain = yield* Effect.promise(() => picture({ width: 20, height: 10 }))
        const bytes = yield* Effect.promise(() => sharp(plain).gif().toBuffer())
        bytes.writeUInt16LE(4_000, 6)
        bytes.writeUInt16LE(3_000, 8)
        const path = `/v1/assets/${idOf(yield* keep(new Uint8Array(bytes)))}?thumbnail=64`
        const one = jsonField(yield* got(path), "thumbnail") ?? null
        const two = jsonField(yield* got(path), "thumbnail") ?? null
        assert.strictEqual(idOf(two), idOf(one))
      })
    )

    it.effect("is kept once, also when many ask for it at the same time", () =>
      Effect.gen(function* () {
        const bytes = yield* Effect.promise(() => picture({ width: 900, height: 700 }))
        const path = `/v1/assets/${idOf(yield* keep(bytes))}?thumbnail=100`
        const all = yield* Effect.all(
          Array.from({ length: 4 }, () => got(path)),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(all.map((one) => idOf(jsonField(one, "thumbnail") ?? null))).size, 1)
      })
    )
  })

  describe("an edit", () => {
    const outlives = Effect.fnUntraced(function* (from: string, seed: number) {
      const { token } = yield* Place
      const input = yield* keep(yield* Effect.promise(() => picture({ seed })))
      const enlarge = adjust(input, { width: 2_000, height: 1_500 })
      const first = firstOf(jsonField(data(yield* enlarge), "assets")) ?? null
      const file = yield* fileOf(first)
      const known = statSync(file).ino
      const second = yield* Effect.forkChild(enlarge, { startImmediately: true })
      yield* until(Effect.sync(() => statSync(file, { throwIfNoEntry: false })?.ino !== known))
      const deleted = yield* send(from, {
        method: "DELETE",
        path: `/v1/assets/${idOf(first)}`,
        headers: bearer(token)
      })
      assert.strictEqual(deleted.status, 200, deleted.text)
      const reply = yield* Fiber.join(second)
      assert.strictEqual(reply.status, 200, reply.text)
      assert.strictEqual(yield* statusOf(firstOf(jsonField(data(reply), "assets")) ?? null), 200)
    })

    it.effect("keeps its output, although an equal one is deleted while it is stored", () =>
      Effect.flatMap(Place, ({ origin }) => outlives(origin, 11))
    )

    it.effect("keeps its output, also when the equal one is deleted by another server of the same folder", () =>
      Effect.gen(function* () {
        const { folder } = yield* Place
        const { apiBaseUrl } = yield* serve(folder)
        yield* outlives(apiBaseUrl, 13)
      })
    )

    it.effect("of a private picture is private, too", () =>
      Effect.gen(function* () {
        const bytes = yield* Effect.promise(() => picture({ seed: 14 }))
        const input = yield* keep(bytes, "private")
        const reply = yield* adjust(input, { rotate: 90 })
        assert.strictEqual(textField(firstOf(jsonField(data(reply), "assets")), "visibility"), "private")
      })
    )

    it.effect("is planned only for inputs that its vendor takes and this process can hold", () =>
      Effect.gen(function* () {
        const { vendor } = yield* Place
        vendor.before = () => assert.fail("a plan asks nobody")
        const bytes = Buffer.concat([yield* Effect.promise(() => picture({ seed: 15 })), Buffer.alloc(64 * 2 ** 20)])
        // The picture is whole; what stands behind it is not looked at.
        const reply = yield* ask("POST", "/v1/edit", {
          input_asset_id: idOf(yield* keep(new Uint8Array(bytes))),
          model: "openai.gpt-image-2-edit",
          prompt: "dusk",
          accept_unknown_cost: true,
          dry_run: true
        })
        vendor.before = () => {}
        assert.strictEqual(textField(jsonField(json(reply), "error"), "code"), "INPUT_POLICY_DENIED")
      })
    )

    it.effect.each(["gone", "damaged"])(
      "of bytes that are %s is turned down, and tells nothing of this machine",
      (what) =>
        Effect.gen(function* () {
          const { folder } = yield* Place
          const input = yield* keep(yield* Effect.promise(() => picture({ seed: 20 + what.length })))
          const file = yield* fileOf(input)
          if (what === "gone") rmSync(file)
          else writeFileSync(file, "something else")
          const reply = yield* adjust(input, { blur: 2 })
          const error = jsonField(json(reply), "error") ?? null
          assert.strictEqual(textField(error, "code"), "PROVIDER_FAILURE", reply.text)
          assert.strictEqual(jsonField(error, "retryable"), false)
          assert.strictEqual(textField(error, "message"), `an input is ${what}; nothing was sent`)
          const job = textField(jsonField(error, "recovery"), "job_id")
          for (const told of [reply.text, (yield* ask("GET", `/v1/jobs/${job}`)).text]) assert.notInclude(told, folder)
        })
    )

    it.effect("that nobody can retry under its key reserves nothing once it was turned down", () =>
      Effect.gen(function* () {
        const { vendor } = yield* Place
        vendor.status = 429
        const before = yield* reserved
        const reply = yield* paidEdit("make it snow").pipe(Effect.ensuring(Effect.sync(() => (vendor.status = 200))))
        assert.strictEqual(textField(jsonField(json(reply), "error"), "code"), "PROVIDER_FAILURE", reply.text)
        assert.deepStrictEqual(yield* reserved, before)
      })
    )

    it.effect("that was paid for is never said to be undone", () =>
      Effect.gen(function* () {
        const { folder, vendor } = yield* Place
        const database = yield* Effect.acquireRelease(
          Effect.sync(() => new DatabaseSync(join(folder, "image-skill.sqlite"))),
          (open) => Effect.sync(() => open.close())
        )
        // From the moment on in which the vendor has the request, no job can be written.
        vendor.before = () =>
          database.exec("CREATE TRIGGER hostile BEFORE UPDATE ON job BEGIN SELECT RAISE(FAIL, 'no'); END")
        const reply = yield* paidEdit("make it rain").pipe(
          Effect.ensuring(
            Effect.sync(() => {
              vendor.before = () => {}
              database.exec("DROP TRIGGER IF EXISTS hostile")
            })
          )
        )
        const error = jsonField(json(reply), "error") ?? null
        assert.strictEqual(textField(error, "outcome"), "unknown")
        assert.match(textField(jsonField(error, "recovery"), "job_id"), /^job_/u)
      })
    )
  })
})
