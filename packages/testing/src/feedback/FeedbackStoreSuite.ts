import { assert, it } from "@effect/vitest"
import { FeedbackStore } from "@image-skill/core/feedback/FeedbackStore"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { feedback, promoted } from "./FeedbackSample.ts"

const noon = "2026-01-02T12:00:00.000Z"
const later = "2026-01-02T12:02:00.000Z"
const evening = "2026-01-02T20:00:00.000Z"
const night = "2026-01-02T23:00:00.000Z"

/** The contract every `FeedbackStore` adapter meets. `layer` makes an empty one each time that it is built. */
export const suite = <E>(name: string, layer: Layer.Layer<FeedbackStore, E>): void => {
  it.layer(layer)(`FeedbackStore (${name})`, (it) => {
    it.effect("a report is read as it was written, by its own organization only", () =>
      Effect.gen(function* () {
        const rows = yield* FeedbackStore
        const full = feedback("full", {
          duplicateOf: "sig_before",
          weaknesses: 4,
          allowsWeakSignal: true,
          cuts: [{ field: "body", kind: "token" }]
        })
        const plain = feedback("plain", { surface: [], evidence: [] })
        yield* rows.insert(full)
        yield* rows.insert(plain)
        assert.deepStrictEqual(yield* rows.find(full.organizationId, full.id), Option.some(full))
        assert.deepStrictEqual(yield* rows.find(plain.organizationId, plain.id), Option.some(plain))
        assert.deepStrictEqual(yield* rows.find(plain.organizationId, full.id), Option.none())
      })
    )

    it.effect("a report is written once", () =>
      Effect.gen(function* () {
        const rows = yield* FeedbackStore
        yield* rows.insert(feedback("once"))
        const failure = yield* Effect.flip(rows.insert(feedback("once")))
        assert.strictEqual(failure.reason, "conflict")
      })
    )

    it.effect("the first report under a key is found within its organization", () =>
      Effect.gen(function* () {
        const rows = yield* FeedbackStore
        const organizationId = OrganizationId.make("org_keys")
        const under = { organizationId, dedupeKey: "same" }
        yield* rows.insert(feedback("stranger", { dedupeKey: "same" }))
        assert.isNull(yield* rows.firstUnder(organizationId, "same"))
        yield* rows.insert(feedback("first", under))
        yield* rows.insert(feedback("second", under))
        assert.strictEqual(yield* rows.firstUnder(organizationId, "same"), "sig_first")
        assert.isNull(yield* rows.firstUnder(organizationId, "other"))
      })
    )

    it.effect("feedback can be stored", () => Effect.flatMap(FeedbackStore, ({ check }) => check))
  })

  it.layer(layer)(`The way of feedback to a queue (${name})`, (it) => {
    it.effect("is gone once, oldest first, by one at a time", () =>
      Effect.gen(function* () {
        const rows = yield* FeedbackStore
        for (const each of ["one", "two"]) yield* rows.insert(feedback(each))
        const idOf = Option.map(({ attempts, feedback }: { attempts: number; feedback: { id: string } }) => [
          feedback.id,
          attempts
        ])
        const take = (now: string, until: string) => Effect.map(rows.take(now, until), idOf)

        assert.deepStrictEqual(yield* take(noon, later), Option.some(["sig_one", 1]))
        assert.deepStrictEqual(yield* take(noon, later), Option.some(["sig_two", 1]))
        assert.deepStrictEqual(yield* take(noon, later), Option.none(), "both are held")
        assert.deepStrictEqual(yield* rows.outcome("sig_one"), Option.none())

        assert.isTrue(yield* rows.finish("sig_one", promoted, later))
        assert.isFalse(yield* rows.finish("sig_one", { ...promoted, state: "skipped" }, evening), "it has ended")
        assert.deepStrictEqual(yield* rows.outcome("sig_one"), Option.some(promoted))

        assert.deepStrictEqual(yield* take(evening, night), Option.some(["sig_two", 2]), "whoever held it is gone")
        assert.isTrue(yield* rows.finish("sig_two", { ...promoted, issueUrls: [], issueNumbers: [] }, evening))
        assert.deepStrictEqual(yield* take("2027-01-01T00:00:00.000Z", night), Option.none())
      })
    )

    it.effect("each of many takers gets another report", () =>
      Effect.gen(function* () {
        const rows = yield* FeedbackStore
        const names = Array.from({ length: 8 }, (_, index) => `many_${index}`)
        for (const each of names) yield* rows.insert(feedback(each))
        const taken = yield* Effect.forEach(names, () => rows.take(noon, later), { concurrency: "unbounded" })
        const ids = taken.flatMap(Option.match({ onNone: () => [], onSome: ({ feedback: { id } }) => [id] }))
        assert.deepStrictEqual(
          ids.toSorted(),
          names.map((each) => `sig_${each}`)
        )
      })
    )

    it.effect("no hand-over ends of what nobody reported", () =>
      Effect.gen(function* () {
        const rows = yield* FeedbackStore
        assert.isFalse(yield* rows.finish("sig_nobody", promoted, noon))
        assert.deepStrictEqual(yield* rows.outcome("sig_nobody"), Option.none())
      })
    )
  })
}
