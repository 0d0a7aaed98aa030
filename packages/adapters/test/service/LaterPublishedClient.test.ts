import { assert, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { shop } from "./PaySite.ts"
import { data, listOf, replay as replayOf, type Words } from "./PublishedRequests.ts"
import { firstOf } from "./Site.ts"

const replay = (origin: string, name: string, words: Words) => replayOf(origin, name, words, "0.1.70")

/** An agent without an inbox that has signed up and made its picture, as the client 0.1.70 did it. */
class Walked extends Context.Service<Walked, { readonly origin: string; readonly words: Words }>()(
  "test/service/LaterWalked"
) {
  static readonly layer = Layer.effect(
    Walked,
    Effect.gen(function* () {
      const { origin } = yield* shop
      const words = { HOST: new URL(origin).host }
      const [signup] = yield* replay(origin, "signup", words)
      const known = { ...words, TOKEN: textField(data(signup), "token") }
      const [create] = yield* replay(origin, "create", known)
      const made = {
        ASSET_ID: textField(firstOf(jsonField(data(create), "assets")), "asset_id"),
        JOB_ID: textField(data(create), "job_id")
      }
      return Walked.of({ origin, words: { ...known, ...made } })
    })
  )
}

it.layer(Walked.layer, { excludeTestServices: true })("the published client 0.1.70", (it) => {
  it.effect.each(["models", "edit", "records", "claim", "credits-methods"])(
    "finds every field that it reads: %s",
    (name) =>
      Effect.gen(function* () {
        const { origin, words } = yield* Walked
        yield* replay(origin, name, words)
      })
  )

  it.effect("finds models by their medium and by words", () =>
    Effect.gen(function* () {
      const { origin, words } = yield* Walked
      const [found, videos, edits] = yield* replay(origin, "models", words)
      const rows = [found, videos, edits].map((reply) => listOf(jsonField(data(reply), "models")))
      const modalities = rows.map((list) => [...new Set(list.map((row) => textField(row, "modality")))])
      assert.deepStrictEqual(modalities, [["image"], ["video"], ["image"]])
      assert.strictEqual(textField(rows[0]?.[0], "id"), "local.storyboard")
    })
  )

  it.effect("quotes and buys on the rail that it names, under the key that it is given, and asks for its balance", () =>
    Effect.gen(function* () {
      const { origin, words } = yield* Walked
      const [hosted, agentic] = yield* replay(origin, "credits-quote", words)
      const quoted = {
        ...words,
        QUOTE_ID: textField(data(hosted), "quote_id"),
        DEPOSIT_QUOTE: textField(data(agentic), "quote_id")
      }
      const [open] = yield* replay(origin, "credits-open", quoted)
      for (const reply of [agentic, open]) {
        const recommended = jsonField(jsonField(data(reply), "next_actions"), "recommended_buy")
        const key = textField(recommended, "purchase_idempotency_key")
        assert.strictEqual(key, `purchase:${quoted.DEPOSIT_QUOTE}`)
        assert.include(textField(recommended, "command"), key)
      }
      const [deposit] = yield* replay(origin, "credits-buy", quoted)
      const bought = { ...quoted, DEPOSIT_ATTEMPT: textField(data(deposit), "payment_attempt_id") }
      yield* replay(origin, "credits-status", bought)
    })
  )
})
