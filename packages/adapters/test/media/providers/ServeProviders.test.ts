import { assert, describe, it } from "@effect/vitest"
import { isJsonObject, jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { publishedModels } from "@image-skill/core/models/Catalogue"
import { pngChunk } from "@image-skill/testing/media/InspectorFixtures"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { until } from "../../service/Compositions.ts"
import { asks, downloaded, gets, ProviderSite, serveWith, sha256Of, type VendorId } from "../../service/ProviderSite.ts"
import { assertEnvelope, json, send } from "../../service/RawHttp.ts"
import { data, firstOf } from "../../service/Site.ts"

const listOf = (value: Schema.Json | undefined): ReadonlyArray<Schema.Json> => (isList(value) ? value : [])
const isList = (value: Schema.Json | undefined): value is Schema.JsonArray => Array.isArray(value)

const idsOf = (list: Schema.Json | undefined) => listOf(jsonField(list, "models")).map((row) => textField(row, "id"))

const wiredOf = (...providers: ReadonlyArray<string>) =>
  publishedModels.filter(({ provider, wired }) => wired && providers.includes(provider)).map(({ id }) => id)

/** Every name at any depth. */
const namesIn = (value: Schema.Json | undefined): ReadonlyArray<string> => {
  if (isList(value)) return value.flatMap(namesIn)
  return isJsonObject(value) ? Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]) : []
}

const creditsLeft = Effect.map(gets("/v1/quota"), (quota) => {
  const limits = jsonField(quota, "limits")
  return Number(jsonField(limits, "remaining_credits")) + Number(jsonField(limits, "payment_backed_remaining_credits"))
})

/** With a manifest store, as C2PA puts it into a PNG. */
const signed = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, 33), pngChunk("caBX", Buffer.from("jumb of a vendor")), bytes.subarray(33)])

/** One model of each vendor that makes a picture quickly. */
const quick: { readonly [V in VendorId]: Schema.JsonObject } = {
  openai: { model: "openai.gpt-image-2", model_parameters: { quality: "low", size: "1024x1024" } },
  xai: { model: "xai.grok-imagine-image" },
  google: { model: "google.gemini-2-5-flash-image" },
  fal: { model: "fal.flux-dev", model_parameters: { image_size: "square" } },
  bfl: { model: "bfl.flux-pro-1-1", model_parameters: { width: 256, height: 256 } },
  replicate: { model: "replicate.flux-schnell", model_parameters: { megapixels: "0.25" } }
}
const vendorIds = ["openai", "xai", "google", "fal", "bfl", "replicate"] as const

/** The three kinds of media that are no pictures, as fal makes them. */
const kinds = [
  {
    modality: "video",
    body: { model: "fal.ltx-video-13b-distilled", prompt: "a boat sails by", aspect_ratio: "16:9" },
    asset: { mime_type: "video/mp4", width: 96, height: 64 },
    id: /^video_/u,
    extension: "mp4",
    evidence: { frames: 12, duration_seconds: 1, silent: null, triangles: null, blank: null, flags: [] }
  },
  {
    modality: "audio",
    // Published clients send a ratio always.
    body: { model: "fal.stable-audio-25-text-to-audio", prompt: "waves", aspect_ratio: "1:1" },
    asset: { mime_type: "audio/wav", width: null, height: null },
    id: /^audio_/u,
    extension: "wav",
    evidence: { frames: null, duration_seconds: 0.5, silent: false, triangles: null, blank: null, flags: [] }
  },
  {
    modality: "3d",
    // And to edits `auto`.
    body: { model: "fal.trellis-image-to-3d", aspect_ratio: "auto" },
    asset: { mime_type: "model/gltf-binary", width: null, height: null },
    id: /^asset_/u,
    extension: "glb",
    evidence: { frames: null, duration_seconds: null, silent: null, triangles: 1, blank: null, flags: [] }
  }
] as const

it.layer(ProviderSite.layer, { excludeTestServices: true })((it) => {
  describe("a served catalogue", () => {
    it.effect("lists as available exactly what can run: with every key, every row that is wired", () =>
      Effect.gen(function* () {
        const available = yield* gets("/v1/models?available=true")
        assert.sameMembers(idsOf(available), wiredOf(...vendorIds, "local"))
        assert.strictEqual(jsonField(jsonField(available, "summary"), "returned"), idsOf(available).length)
      })
    )

    it.effect("lists with one key the models of that vendor and its own, and says which key the others lack", () =>
      Effect.gen(function* () {
        const { vendors } = yield* ProviderSite
        const { origin } = yield* serveWith([["bfl", vendors.bfl]])
        const available = data(yield* send(origin, { path: "/v1/models?available=true" }))
        assert.sameMembers(idsOf(available), wiredOf("bfl", "local"))
        const all = listOf(jsonField(data(yield* send(origin, { path: "/v1/models" })), "models"))
        const reasons = new Map(
          all.map((row) => [textField(row, "id").split(".", 1)[0] ?? "", jsonField(row, "availability_reason")])
        )
        assert.deepStrictEqual(
          [...reasons].toSorted(([left], [right]) => left.localeCompare(right)),
          [
            ["bfl", null],
            ["fal", "provider_credentials_missing"],
            ["google", "provider_credentials_missing"],
            ["local", null],
            ["openai", "provider_credentials_missing"],
            ["replicate", "provider_credentials_missing"],
            ["xai", "provider_credentials_missing"]
          ]
        )
      }).pipe(Effect.scoped)
    )
  })

  describe.each(vendorIds)("a picture of %s", (id) => {
    it.effect("is asked for once, however often its key is repeated", () =>
      Effect.gen(function* () {
        const { emulator } = (yield* ProviderSite).vendors[id]
        const before = [emulator.accepted(), yield* creditsLeft] as const
        const body = { ...quick[id], prompt: "a red fox", idempotency_key: `once-${id}` }
        const [first, second] = [yield* gets("/v1/create", body), yield* gets("/v1/create", body)]
        assert.deepStrictEqual(jsonField(second, "asset_ids"), jsonField(first, "asset_ids"))
        assert.strictEqual(emulator.accepted(), before[0] + 1)
        const cost = jsonField(jsonField(jsonField(first, "cost"), "credit_pricing"), "credits_required")
        assert.strictEqual(jsonField(jsonField(first, "quota"), "consumed_credits"), cost)
        assert.strictEqual(before[1] - (yield* creditsLeft), cost)
      })
    )

    it.effect("has a job that names neither the vendor's model nor its address", () =>
      Effect.gen(function* () {
        const created = yield* gets("/v1/create", { ...quick[id], prompt: "a very secret fox" })
        const reply = yield* asks(`/v1/jobs/${textField(created, "job_id")}`)
        const names = namesIn(data(reply))
        for (const name of ["provider", "provider_id", "model", "model_id", "upstream", "handle", "prompt"])
          assert.notInclude(names, name)
        for (const word of ["very secret", "fal-ai/", "flux-pro-1.1", "black-forest-labs/", "requests/"])
          assert.notInclude(reply.text, word)
      })
    )

    it.effect("that its policy refuses costs nothing, and is told as such", () =>
      Effect.gen(function* () {
        const { emulator } = (yield* ProviderSite).vendors[id]
        const before = yield* creditsLeft
        emulator.fail({ _tag: "content" }, 1)
        const reply = yield* asks("/v1/create", { ...quick[id], prompt: "something bad" })
        emulator.fail(null)
        assertEnvelope(reply, {
          status: reply.status,
          exit: 6,
          code: "CONTENT_POLICY_DENIED",
          command: "image-skill create"
        })
        assert.notInclude(reply.text, "something bad")
        assert.strictEqual(yield* creditsLeft, before)
      })
    )

    it.effect("whose answer is lost is not asked for again", () =>
      Effect.gen(function* () {
        const { emulator } = (yield* ProviderSite).vendors[id]
        const before = emulator.accepted()
        emulator.fail({ _tag: "drop" }, 1)
        const body = { ...quick[id], prompt: "a lost fox", idempotency_key: `lost-${id}` }
        const lost = yield* asks("/v1/create", body)
        emulator.fail(null)
        const error = jsonField(json(lost), "error")
        assert.deepInclude(error, { code: "PROVIDER_TIMEOUT", outcome: "unknown", money_moved: "unknown" })
        const again = jsonField(json(yield* asks("/v1/create", body)), "error")
        assert.deepInclude(again, { outcome: "unknown", money_moved: "unknown" })
        assert.strictEqual(emulator.accepted(), before + 1)
        const jobId = textField(jsonField(error, "recovery"), "job_id")
        const job = jsonField(yield* gets(`/v1/jobs/${jobId}`), "job")
        assert.deepInclude(job, { status: "running", outcome: "unknown", assets: [] })
        assert.deepInclude(jsonField(job, "credits"), { state: "reserved", captured: 0 })
      })
    )
  })

  describe.each(kinds)("$modality", ({ asset: expected, body, evidence, extension, id, modality }) => {
    it.effect("is an owned asset of its own kind, measured and downloaded by its link", () =>
      Effect.gen(function* () {
        const { inputs, vendors } = yield* ProviderSite
        const made =
          modality === "3d"
            ? yield* gets("/v1/edit", { ...body, input_asset_id: inputs.first })
            : yield* gets("/v1/create", body)
        const asset = firstOf(jsonField(made, "assets"))
        const assetId = textField(asset, "asset_id")
        assert.match(assetId, id)
        assert.deepInclude(asset, { ...expected, modality, kind: "generated" })
        assert.deepInclude(jsonField(asset, "evidence"), evidence)
        assert.strictEqual(new URL(textField(asset, "url")).pathname, `/a/${assetId}.${extension}`)
        const media = yield* downloaded(asset)
        assert.strictEqual(media.headers["content-type"], expected.mime_type)
        assert.strictEqual(media.headers["content-disposition"], `inline; filename="${assetId}.${extension}"`)
        assert.isTrue((yield* vendors.fal.sent).has(sha256Of(media.bytes)))
        const shown = jsonField(yield* gets(`/v1/assets/${assetId}`), "asset")
        assert.deepInclude(shown, { ...expected, modality, sha256: sha256Of(media.bytes) })
        const listed = listOf(jsonField(yield* gets(`/v1/assets?modality=${modality}`), "assets"))
        assert.isTrue(listed.every((row) => textField(row, "modality") === modality))
        assert.strictEqual(textField(listed[0], "asset_id"), assetId)
      })
    )
  })

  describe("a job that its vendor keeps waiting", () => {
    const begun = Effect.fnUntraced(function* (key: string) {
      const { fal } = (yield* ProviderSite).vendors
      fal.emulator.hold("IN_QUEUE")
      const [accepted, left] = [fal.emulator.accepted(), yield* creditsLeft]
      const reply = yield* asks("/v1/create", { ...quick.fal, prompt: "a fox", idempotency_key: key, wait_ms: 0 })
      const command = "image-skill create"
      assertEnvelope(reply, { status: 504, exit: 8, code: "PROVIDER_TIMEOUT", command })
      const recovery = jsonField(jsonField(json(reply), "error"), "recovery")
      const jobId = textField(recovery, "job_id")
      assert.strictEqual(textField(recovery, "suggested_command"), `image-skill jobs wait --job-id ${jobId} --json`)
      const job = Effect.map(gets(`/v1/jobs/${jobId}`), (shown) => jsonField(shown, "job"))
      assert.include(["queued", "running"], textField(yield* job, "status"))
      const running = listOf(jsonField(yield* gets("/v1/jobs?status=running"), "jobs"))
      assert.include(
        running.map((row) => textField(row, "job_id")),
        jobId
      )
      const ended = (status: string) => until(Effect.map(job, (row) => textField(row, "status") === status))
      return { accepted, emulator: fal.emulator, ended, job, jobId, left }
    })

    it.effect("is looked up by its id until it is completed", () =>
      Effect.gen(function* () {
        const { accepted, emulator, ended, job, left } = yield* begun("patience")
        emulator.hold(null)
        yield* ended("completed")
        const asset = firstOf(jsonField(yield* job, "assets"))
        assert.strictEqual(sha256Of((yield* downloaded(asset)).bytes), textField(asset, "sha256"))
        assert.deepInclude(jsonField(yield* job, "credits"), { state: "captured", captured: 5, released: 0 })
        assert.deepStrictEqual([emulator.accepted(), yield* creditsLeft], [accepted + 1, left - 5])
      })
    )

    it.effect("is canceled at the vendor, which costs nothing", () =>
      Effect.gen(function* () {
        const { emulator, ended, job, jobId, left } = yield* begun("impatience")
        yield* gets(`/v1/jobs/${jobId}/cancel`, {})
        yield* ended("canceled")
        assert.strictEqual(emulator.requests().at(-1)?.status, "CANCELED")
        emulator.hold(null)
        assert.deepInclude(jsonField(yield* job, "credits"), { state: "released", captured: 0, released: 5 })
        assert.strictEqual(yield* creditsLeft, left)
      })
    )
  })

  describe("content credentials", () => {
    it.effect("of a vendor are kept byte for byte, and told", () =>
      Effect.gen(function* () {
        const { vendors } = yield* ProviderSite
        vendors.openai.mark(signed)
        const made = yield* gets("/v1/create", { ...quick.openai, prompt: "a signed fox" })
        vendors.openai.mark(null)
        const asset = firstOf(jsonField(made, "assets"))
        const { bytes } = yield* downloaded(asset)
        assert.include(bytes.toString("latin1"), "jumb of a vendor")
        assert.isTrue((yield* vendors.openai.sent).has(sha256Of(bytes)))
        assert.deepStrictEqual(jsonField(jsonField(asset, "evidence"), "content_credentials"), ["c2pa"])
        const unsigned = yield* gets("/v1/create", { ...quick.openai, prompt: "a plain fox" })
        const plain = jsonField(firstOf(jsonField(unsigned, "assets")), "evidence")
        assert.deepStrictEqual(jsonField(plain, "content_credentials"), [])
      })
    )
  })

  describe("an edit", () => {
    it.effect("knows what it was made from", () =>
      Effect.gen(function* () {
        const { inputs } = yield* ProviderSite
        const body = { input_asset_id: inputs.first, model: "fal.flux-pro-kontext", prompt: "at night" }
        const made = yield* gets("/v1/edit", { ...body, model_parameters: { seed: 7 } })
        const assetId = textField(firstOf(jsonField(made, "assets")), "asset_id")
        const lineage = yield* gets(`/v1/assets/${assetId}/lineage`)
        const told = JSON.stringify(lineage)
        assert.include(told, inputs.first)
        assert.include(told, "fal.flux-pro-kontext")
        assert.include(told, '"seed":7')
        assert.strictEqual(textField(jsonField(made, "input_asset"), "asset_id"), inputs.first)
      })
    )
  })
})
