import { assert, it } from "@effect/vitest"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import { type Attempt, type AttemptStatus, isOpen } from "@image-skill/core/payments/Attempt"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import { Store } from "@image-skill/core/store/Store"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { attempt, fullAttempt, idsOf, minute, quote } from "./PaymentSample.ts"

/** The part of the `PaymentStore` contract that is about attempts, and about what leads to them. */
export const suite = <E>(name: string, layer: Layer.Layer<PaymentStore | Store, E>): void => {
  attempts(name, layer)
  lookups(name, layer)
}

const attempts = <E>(name: string, layer: Layer.Layer<PaymentStore | Store, E>): void =>
  it.layer(layer)(`PaymentStore attempts (${name})`, (it) => {
    it.effect("an attempt is found by its id, as it was written", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        for (const written of [attempt("plain"), fullAttempt("full")]) {
          yield* begin(written)
          assert.deepStrictEqual(yield* payments.attempt(written.id), Option.some(written))
        }
        assert.deepStrictEqual(yield* payments.attempt("payatt_never_was"), Option.none())
      })
    )

    it.effect.each(openStatuses)("a quote with an attempt that is %s takes no other open one", (status) =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const first = attempt(`open_${status}`, { status })
        yield* begin(first)
        for (const rival of openStatuses) {
          const second = attempt(`rival_${rival}_of_${status}`, { quoteId: first.quoteId, status: rival })
          assert.strictEqual((yield* Effect.flip(payments.insertAttempt(second))).reason, "conflict", rival)
          assert.deepStrictEqual(yield* payments.attempt(second.id), Option.none())
          assert.deepStrictEqual(yield* payments.attemptByKey(second.agentId, second.key), Option.none())
        }
      })
    )

    it.effect("a quote whose attempts ended takes another, and tells them oldest first", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const quoteId = "quote_again"
        const all = [
          attempt("again_expired", { quoteId, status: "expired" }),
          attempt("again_failed", { quoteId, status: "failed" }),
          attempt("again_canceled", { quoteId, status: "canceled" }),
          attempt("again_succeeded", { quoteId, status: "succeeded" }),
          attempt("again_open", { quoteId, createdAt: "2020-01-01T00:00:00.000Z" })
        ]
        yield* payments.insertQuote(quote("again"))
        yield* Effect.forEach(all, payments.insertAttempt, { discard: true })
        assert.deepStrictEqual(yield* payments.attemptsOfQuote(quoteId), all)
        assert.deepStrictEqual(yield* payments.attemptsOfQuote("quote_of_nothing"), [])
      })
    )

    it.effect("an ended attempt does not open beside an open one", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const ended = attempt("ended_before", { status: "failed" })
        yield* begin(ended)
        yield* payments.insertAttempt(attempt("opened_after", { quoteId: ended.quoteId }))
        const failure = yield* Effect.flip(payments.updateAttempt({ ...ended, status: "processing" }, "failed"))
        assert.strictEqual(failure.reason, "conflict")
        assert.deepStrictEqual(yield* payments.attempt(ended.id), Option.some(ended))
      })
    )

    it.effect("an attempt is written only while its status is the one that was read", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const begun = attempt("moved")
        yield* begin(begun)
        const expired: Attempt = { ...begun, status: "expired", checkAt: null, handles: ["session_of_moved"] }
        assert.isFalse(yield* payments.updateAttempt(expired, "requires_action"))
        assert.deepStrictEqual(yield* payments.attempt(begun.id), Option.some(begun))
        assert.deepStrictEqual(yield* payments.attemptByHandle("session_of_moved"), Option.none())
        assert.isTrue(yield* payments.updateAttempt(expired, "opening"))
        assert.isFalse(yield* payments.updateAttempt({ ...begun, status: "failed" }, "opening"))
        assert.deepStrictEqual(yield* payments.attempt(begun.id), Option.some(expired))
        assert.isFalse(yield* payments.updateAttempt(attempt("never_begun"), "opening"))
      })
    )

    it.effect("of many that move one attempt at once, one does", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const wanted = attempt("wanted")
        yield* begin(wanted)
        const moves = yield* Effect.forEach(
          Array.from({ length: 20 }, (_, index) => `reason_${index}`),
          (reason) => payments.updateAttempt({ ...wanted, status: "failed", reason }, "opening"),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(moves.filter(Boolean).length, 1)
      })
    )

    it.effect("everything of an attempt is written but what makes it this one", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        yield* begin(attempt("rewritten"))
        const next = fullAttempt("rewritten")
        assert.isTrue(yield* payments.updateAttempt(next, "opening"))
        assert.deepStrictEqual(yield* payments.attempt(next.id), Option.some(next))
      })
    )

    it.effect("the handles of an attempt are added to those it has, each once, in the order in which they came", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const first = attempt("growing", { handles: ["growing_session", "growing_session"] })
        yield* begin(first)
        const more: Attempt = { ...first, handles: ["growing_intent", "growing_session", "growing_intent"] }
        yield* payments.updateAttempt(more, "opening")
        yield* payments.updateAttempt({ ...first, handles: [] }, "opening")
        const grown = { ...first, handles: ["growing_session", "growing_intent"] }
        assert.deepStrictEqual(yield* payments.attempt(first.id), Option.some(grown))
        for (const handle of grown.handles)
          assert.deepStrictEqual(yield* payments.attemptByHandle(handle), Option.some(grown), handle)
        assert.deepStrictEqual(yield* payments.attemptByHandle("handle_of_nothing"), Option.none())
      })
    )

    it.effect("a handle belongs to one attempt, and whoever comes second writes nothing", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const owner = attempt("handle_owner", { handles: ["handle_owned"] })
        const thief = attempt("handle_thief", { handles: ["handle_own", "handle_owned"] })
        const late = attempt("handle_late")
        yield* begin(owner)
        yield* payments.insertQuote(quote("handle_thief"))
        assert.strictEqual((yield* Effect.flip(payments.insertAttempt(thief))).reason, "conflict")
        assert.deepStrictEqual(yield* payments.attempt(thief.id), Option.none())
        assert.deepStrictEqual(yield* payments.attemptByHandle("handle_own"), Option.none())
        assert.deepStrictEqual(yield* payments.attemptByKey(thief.agentId, thief.key), Option.none())
        yield* begin(late)
        const failure = yield* Effect.flip(
          payments.updateAttempt({ ...late, status: "processing", handles: ["handle_new", "handle_owned"] }, "opening")
        )
        assert.strictEqual(failure.reason, "conflict")
        assert.deepStrictEqual(yield* payments.attempt(late.id), Option.some(late))
        assert.deepStrictEqual(yield* payments.attemptByHandle("handle_owned"), Option.some(owner))
      })
    )

    it.effect("a transaction that goes on after a conflict keeps nothing of the attempt that was refused", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const store = yield* Store
        const owner = attempt("kept_owner", { handles: ["kept_handle"] })
        const late = attempt("kept_late", { handles: ["kept_own", "kept_handle"] })
        yield* begin(owner)
        yield* payments.insertQuote(quote("kept_late"))
        yield* store.transaction(
          Effect.gen(function* () {
            yield* Effect.flip(payments.insertAttempt(late))
            yield* payments.rememberKey(owner.agentId, "kept_key", owner.id)
          })
        )
        assert.deepStrictEqual(yield* payments.attempt(late.id), Option.none())
        assert.deepStrictEqual(yield* payments.attemptByHandle("kept_own"), Option.none())
        assert.deepStrictEqual(yield* payments.attemptByKey(owner.agentId, "kept_key"), Option.some(owner))
      })
    )

    it.effect("an id of an attempt is given once", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        yield* begin(attempt("id_once", { status: "failed" }))
        const failure = yield* Effect.flip(payments.insertAttempt(attempt("id_once", { key: "key_twice" })))
        assert.strictEqual(failure.reason, "conflict")
      })
    )
  })

const lookups = <E>(name: string, layer: Layer.Layer<PaymentStore | Store, E>): void =>
  it.layer(layer)(`PaymentStore keys and sessions (${name})`, (it) => {
    it.effect("a key of a purchase leads to one attempt of its agent, and whoever comes second writes nothing", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const first = attempt("buy_first", { key: "buy_common" })
        const second = attempt("buy_second", { key: "buy_common" })
        const elsewhere = attempt("buy_elsewhere", { key: "buy_common", agentId: otherAgent })
        yield* begin(first)
        yield* payments.insertQuote(quote("buy_second"))
        assert.strictEqual((yield* Effect.flip(payments.insertAttempt(second))).reason, "conflict")
        assert.deepStrictEqual(yield* payments.attempt(second.id), Option.none())
        yield* begin(elsewhere)
        assert.deepStrictEqual(yield* payments.attemptByKey(first.agentId, "buy_common"), Option.some(first))
        assert.deepStrictEqual(yield* payments.attemptByKey(otherAgent, "buy_common"), Option.some(elsewhere))
        assert.deepStrictEqual(yield* payments.attemptByKey(first.agentId, "buy_unknown"), Option.none())
      })
    )

    it.effect("other keys may lead to an attempt too, and a key keeps the attempt that it leads to", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const paid = attempt("remembered")
        const other = attempt("remembered_other")
        yield* begin(paid)
        yield* begin(other)
        yield* payments.rememberKey(paid.agentId, "another_key", paid.id)
        yield* payments.rememberKey(paid.agentId, "another_key", paid.id)
        for (const key of [paid.key, "another_key"])
          assert.deepStrictEqual(yield* payments.attemptByKey(paid.agentId, key), Option.some(paid), key)
        for (const key of [paid.key, "another_key"]) {
          const failure = yield* Effect.flip(payments.rememberKey(paid.agentId, key, other.id))
          assert.strictEqual(failure.reason, "conflict", key)
        }
        assert.deepStrictEqual(yield* payments.attemptByKey(paid.agentId, "another_key"), Option.some(paid))
        assert.deepStrictEqual(yield* payments.attemptByKey(otherAgent, "another_key"), Option.none())
      })
    )

    it.effect("a key that was remembered is not free for another attempt", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const paid = attempt("key_taken")
        yield* begin(paid)
        yield* payments.rememberKey(paid.agentId, "key_remembered", paid.id)
        yield* payments.insertQuote(quote("key_wanted"))
        const failure = yield* Effect.flip(payments.insertAttempt(attempt("key_wanted", { key: "key_remembered" })))
        assert.strictEqual(failure.reason, "conflict")
      })
    )

    it.effect("an attempt is found by its checkout session, for its organization only", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const hosted = fullAttempt("hosted")
        yield* begin(hosted)
        const found = payments.attemptBySession(hosted.organizationId, "session_hosted")
        assert.deepStrictEqual(yield* found, Option.some(hosted))
        assert.deepStrictEqual(yield* payments.attemptBySession(stranger, "session_hosted"), Option.none())
        // An object of the provider that is no session does not lead here.
        assert.deepStrictEqual(yield* payments.attemptBySession(hosted.organizationId, "intent_hosted"), Option.none())
      })
    )

    it.effect("due are the attempts whose time has come, oldest first, up to the limit", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        yield* begin(attempt("due_3", { checkAt: minute(3), status: "processing" }))
        yield* begin(attempt("due_1", { checkAt: minute(1), status: "failed" }))
        yield* begin(attempt("due_2", { checkAt: minute(2) }))
        yield* begin(attempt("due_2_too", { checkAt: minute(2) }))
        yield* begin(attempt("due_never", { checkAt: null, status: "succeeded" }))
        yield* begin(attempt("due_later", { checkAt: minute(5) }))
        const due = (at: number, limit: number) => Effect.map(payments.dueAttempts(minute(at), limit), idsOf)
        const all = ["payatt_due_1", "payatt_due_2", "payatt_due_2_too", "payatt_due_3"]
        assert.deepStrictEqual(yield* due(3, 10), all)
        assert.deepStrictEqual(yield* due(4, 2), all.slice(0, 2))
        assert.deepStrictEqual(yield* due(0, 10), [])
      })
    )
  })

const stranger = OrganizationId.make("org_stranger")
const otherAgent = AgentId.make("agt_other")

const statuses: ReadonlyArray<AttemptStatus> = [
  "opening",
  "requires_action",
  "processing",
  "succeeded",
  "expired",
  "failed",
  "canceled"
]
const openStatuses = statuses.filter((status) => isOpen({ status }))

/** Writes an attempt of a fresh quote. */
const begin = Effect.fnUntraced(function* (written: Attempt) {
  const payments = yield* PaymentStore
  const { agentId, id, quoteId } = written
  yield* payments.insertQuote(quote("begun", { id: quoteId, agentId, key: `quote_key_of_${id}` }))
  yield* payments.insertAttempt(written)
})
