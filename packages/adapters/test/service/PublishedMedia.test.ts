import { createHash } from "node:crypto"
import { assert, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import { gets, ProviderSite } from "./ProviderSite.ts"
import { data, fixture, listOf, numberOf, replay, type Words } from "./PublishedRequests.ts"
import type { RawReply } from "./RawHttp.ts"
import { firstOf } from "./Site.ts"

const assetIn = (reply: RawReply | undefined) => firstOf(jsonField(data(reply), "assets"))

/** Where an asset is, under the words of a fixture. */
const placesOf = (name: string, reply: RawReply | undefined) => {
  const asset = assetIn(reply)
  return {
    [`${name}_ID`]: textField(asset, "asset_id"),
    [`${name}_PATH`]: new URL(textField(asset, "url")).pathname
  }
}

/** The media of the published client on a server that has the key of every vendor. */
class Studio extends Context.Service<
  Studio,
  {
    readonly origin: string
    readonly words: Words
    readonly created: ReadonlyArray<RawReply>
    readonly edited: ReadonlyArray<RawReply>
  }
>()("test/service/Studio") {
  static readonly layer = Layer.effect(
    Studio,
    Effect.gen(function* () {
      const { inputs, origin, token } = yield* ProviderSite
      const words = {
        HOST: new URL(origin).host,
        TOKEN: token,
        INPUT_ID: inputs.first,
        SECOND_ID: inputs.second,
        MASK_ID: inputs.mask
      }
      const created = yield* replay(origin, "create-media", words)
      const edited = yield* replay(origin, "edit", words)
      return Studio.of({ origin, words, created, edited })
    })
  ).pipe(Layer.provideMerge(ProviderSite.layer))
}

/** What the answers to a fixture must hold beside what the fixture says, request by request. */
const bodiesOf = (name: string) => fixture(name).requests.map(({ body }) => body)

const idsIn = (reply: RawReply | undefined) =>
  listOf(jsonField(data(reply), "models")).map((row) => textField(row, "id"))

it.layer(Studio.layer, { excludeTestServices: true })("the media of the published client 0.1.24", (it) => {
  it.effect("finds every field that it reads of models and capabilities, the default model first", () =>
    Effect.gen(function* () {
      const { origin, words } = yield* Studio
      const [all, available, executable, catalogOnly, edits, narrow, , shown] = yield* replay(origin, "models", words)
      const rows = listOf(jsonField(data(all), "models"))
      const [first] = rows
      assert.strictEqual(textField(first, "id"), "xai.grok-imagine-image-quality")
      const economics = jsonField(first, "economics")
      assert.strictEqual(numberOf(economics, "estimated_usd_per_image"), 0.05)
      assert.deepInclude(jsonField(economics, "credit_pricing"), {
        credits_required: 9,
        credit_unit_usd: 0.01,
        estimated_provider_cost_usd: 0.05,
        estimated_revenue_usd: 0.09,
        pricing_confidence: "known"
      })
      const summary = jsonField(data(all), "summary")
      const count = (of: RawReply | undefined) => idsIn(of).length
      assert.deepInclude(summary, {
        total: rows.length + count(catalogOnly),
        returned: rows.length,
        executable: count(executable),
        cataloged_not_wired: count(catalogOnly),
        unavailable: rows.length - count(available)
      })
      assert.deepStrictEqual(idsIn(catalogOnly).toSorted(), [
        "fal.imagen4-preview",
        "fal.imagen4-preview-fast",
        "fal.imagen4-preview-ultra",
        "fal.nano-banana-2"
      ])
      for (const list of [available, executable, edits, narrow]) assert.isAbove(count(list), 3)
      assert.strictEqual(textField(jsonField(data(shown), "model"), "id"), "fal.kling-image-o3-text-to-image")
    })
  )

  it.effect("makes what every flag of create says", () =>
    Effect.gen(function* () {
      const { created, words } = yield* Studio
      const [smallest, everyFlag, dreamo, , audio, , later] = created
      // Without a model it is the default of the contract.
      const chosen = jsonField(data(smallest), "capability")
      assert.strictEqual(textField(chosen, "id"), "is.image.generate.xai-grok-imagine-image-quality.v1")
      assert.lengthOf(listOf(jsonField(data(everyFlag), "assets")), 2)
      assert.strictEqual(jsonField(jsonField(data(everyFlag), "quota"), "consumed_credits"), 17)
      assert.strictEqual(jsonField(jsonField(data(audio), "quota"), "consumed_credits"), 34)
      assert.strictEqual(jsonField(jsonField(data(dreamo), "quota"), "consumed_credits"), 17)
      assert.strictEqual(jsonField(data(later), "status"), "completed")
      const { vendors } = yield* ProviderSite
      const [, wish] = bodiesOf("create-media")
      const sent = vendors.xai.emulator.calls.map(({ body }) => new TextDecoder().decode(body))
      // The prompt goes on as it came from the file, but for the blanks around it.
      const prompt = JSON.stringify(textField(wish, "prompt").trim())
      assert.isTrue(sent.some((body) => body.includes(prompt) && body.includes('"n":2')))
      assert.notInclude(everyFlag?.text ?? "", words["TOKEN"] ?? "")
    })
  )

  it.effect("uploads, and reads the id of what it uploaded", () =>
    Effect.gen(function* () {
      const { origin, words } = yield* Studio
      const [local] = yield* replay(origin, "upload", words)
      const uploaded = jsonField(data(local), "asset")
      const shown = jsonField(yield* gets(`/v1/assets/${textField(uploaded, "asset_id")}`), "asset")
      assert.strictEqual(textField(shown, "sha256"), textField(uploaded, "sha256"))
      assert.strictEqual(textField(shown, "kind"), "uploaded")
    })
  )

  it.effect("edits without ever saying that it is no dry run, and without words where a model takes none", () =>
    Effect.gen(function* () {
      const { edited } = yield* Studio
      const bodies = bodiesOf("edit")
      assert.strictEqual(bodies.filter((body) => jsonField(body, "dry_run") !== undefined).length, 1)
      assert.strictEqual(bodies.filter((body) => jsonField(body, "prompt") === undefined).length, 4)
      const statuses = edited.slice(0, 8).map((reply) => jsonField(data(reply), "status"))
      assert.deepStrictEqual(new Set(statuses), new Set(["completed"]))
      const chosen = jsonField(data(edited[7]), "capability")
      assert.strictEqual(textField(chosen, "id"), "is.image.edit.fal-nano-banana-2-edit.v1")
    })
  )

  it.effect("downloads each kind of media by its link alone, and the very bytes", () =>
    Effect.gen(function* () {
      const { created, edited, origin, words } = yield* Studio
      const all = {
        ...words,
        ...placesOf("PICTURE", created[0]),
        ...placesOf("AUDIO", created[4]),
        ...placesOf("VIDEO", created[5]),
        ...placesOf("MESH", edited[6])
      }
      const replies = yield* replay(origin, "assets-media", all)
      for (const at of [0, 2, 4, 6]) {
        const asset = jsonField(data(replies[at]), "asset")
        assert.strictEqual(new URL(textField(asset, "url")).origin, origin)
        const { bytes, headers } = replies[at + 1] ?? assert.fail("no media")
        assert.strictEqual(headers["content-type"], textField(asset, "mime_type"))
        assert.strictEqual(headers["content-length"], `${bytes.length}`)
        assert.strictEqual(bytes.length, jsonField(asset, "content_length"))
        assert.strictEqual(createHash("sha256").update(bytes).digest("hex"), textField(asset, "sha256"))
      }
    })
  )

  it.effect("shows and waits for its jobs by the status alone", () =>
    Effect.gen(function* () {
      const { created, edited } = yield* Studio
      const statusOf = Effect.fnUntraced(function* (reply: RawReply | undefined) {
        const job: Schema.Json | undefined = yield* gets(`/v1/jobs/${textField(data(reply), "job_id")}`)
        return textField(jsonField(job, "job"), "status")
      })
      assert.strictEqual(yield* statusOf(created[0]), "completed")
      assert.strictEqual(yield* statusOf(created[5]), "completed")
      assert.strictEqual(yield* statusOf(edited[6]), "completed")
      assert.strictEqual(yield* statusOf(created[7]), "planned")
    })
  )
})
