import { assert, describe, it } from "@effect/vitest"
import type { PaymentEvents } from "@image-skill/core/payments/PaymentEvents"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"

/** The bytes of an event as the provider sends them now, and its signature. */
export interface Sent {
  readonly raw: Uint8Array
  readonly signature: string
}

export interface Harness {
  readonly events: PaymentEvents["Service"]
  /** What the provider would send now about a payment of this attempt. */
  readonly send: (attemptId: string) => Effect.Effect<Sent>
  /** Something happens at the provider, of which the event is only listed; left out where there is no list. */
  readonly happen?: Effect.Effect<void>
}

/** The contract every `PaymentEvents` adapter meets. It runs on a `TestClock`. */
export const suite = <E>(name: string, make: Effect.Effect<Harness, E, Scope.Scope>): void => {
  const verdict = ({ verify }: Harness["events"], { raw, signature }: Sent) =>
    Effect.match(verify(raw, signature), {
      onFailure: ({ reason }): string => reason,
      onSuccess: () => "genuine"
    })

  describe(`PaymentEvents (${name})`, () => {
    it.effect("a genuine event says whose it is, the same each time it comes", () =>
      Effect.gen(function* () {
        const { events, send } = yield* make
        const { raw, signature } = yield* send("payatt_suite")
        const event = yield* events.verify(raw, signature)
        assert.deepStrictEqual(event, yield* events.verify(raw, signature))
        assert.notStrictEqual(event.id, "")
        assert.isTrue(event.attemptId === "payatt_suite" || event.handles.length > 0)
        assert.notInclude(event.payload, signature)
      })
    )

    it.effect("no byte of it may be another one", () =>
      Effect.gen(function* () {
        const { events, send } = yield* make
        const { raw, signature } = yield* send("payatt_suite")
        for (const place of [0, Math.floor(raw.length / 2), raw.length - 1]) {
          const changed = raw.map((byte, index) => (index === place ? byte ^ 1 : byte))
          assert.strictEqual(yield* verdict(events, { raw: changed, signature }), "signature", `byte ${place}`)
        }
        assert.strictEqual(yield* verdict(events, { raw: raw.slice(0, -1), signature }), "signature")
      })
    )

    it.effect("a signature is good for its own event only, and none is not good at all", () =>
      Effect.gen(function* () {
        const { events, send } = yield* make
        const [one, other] = [yield* send("payatt_one"), yield* send("payatt_other")]
        assert.strictEqual(yield* verdict(events, { raw: one.raw, signature: other.signature }), "signature")
        for (const signature of ["", "x", one.signature.slice(0, -1)])
          assert.strictEqual(yield* verdict(events, { raw: one.raw, signature }), "signature")
      })
    )

    it.effect("one that comes long after it was signed is not believed: somebody may have kept it", () =>
      Effect.gen(function* () {
        const { events, send } = yield* make
        const sent = yield* send("payatt_suite")
        yield* TestClock.adjust("4 minutes")
        assert.strictEqual(yield* verdict(events, sent), "genuine")
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(yield* verdict(events, sent), "signature")
      })
    )

    it.effect("what was never pushed is listed, and a list that begins where the last one ended invents nothing", () =>
      Effect.gen(function* () {
        const { events, happen } = yield* make
        if (happen === undefined) return
        const before = yield* events.since(null)
        yield* happen
        const after = yield* events.since(before.cursor)
        const known = new Set(before.events.map(({ id }) => id))
        const fresh = after.events.filter(({ id }) => !known.has(id))
        assert.isNotEmpty(fresh)
        assert.strictEqual(new Set(fresh.map(({ id }) => id)).size, fresh.length)
        // What is listed again is known by its id, and taking it in again changes nothing.
        const listed = new Set([...before.events, ...after.events].map(({ id }) => id))
        const again = yield* events.since(after.cursor)
        assert.deepStrictEqual(
          again.events.filter(({ id }) => !listed.has(id)),
          []
        )
        const whole = yield* events.since(null)
        assert.includeMembers(
          whole.events.map(({ id }) => id),
          fresh.map(({ id }) => id)
        )
      })
    )
  })
}
