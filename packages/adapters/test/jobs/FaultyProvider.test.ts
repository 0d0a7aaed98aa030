import { assert, describe, it } from "@effect/vitest"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField } from "@image-skill/core/envelope/JsonFields"
import { JobRunner } from "@image-skill/core/jobs/JobRunner"
import type { Fault } from "@image-skill/testing/media/emulators/Emulator"
import * as Effect from "effect/Effect"
import { serviceOver, stores } from "./Composition.ts"
import { type JumpClock, withJumpClock } from "./JumpClock.ts"
import { accounts, jobIdOf, leftovers, world, type World } from "./Killed.ts"
import { ask, price, providerOf } from "./Lives.ts"

/** What came of a request: its code, and that of the same again once the provider was well; null where nobody asked. */
interface Expected {
  readonly first: string
  readonly again: string | null
  readonly end: "completed" | "failed" | "unknown"
  /** How many outputs the usage was reported for; one of them is kept and paid for. */
  readonly reported?: number
}

interface Case {
  readonly fault: Fault
  readonly times?: number
  /** Nobody waits until it ends. */
  readonly isEndless?: true
  readonly fal: Expected
  readonly openai: Expected
}

const both = (expected: Expected) => ({ fal: expected, openai: expected })
const made: Expected = { first: "made", again: "made", end: "completed" }
const turnedDown: Expected = { first: "PROVIDER_FAILURE", again: "made", end: "completed" }
const unknown: Expected = { first: "PROVIDER_TIMEOUT", again: "PROVIDER_TIMEOUT", end: "unknown" }
const repaired: Expected = { first: "ARTIFACT_STORAGE_WRITE_FAILED", again: "made", end: "completed" }
const forGood = (first: string): Expected => ({ first, again: null, end: "failed" })

const cases: ReadonlyArray<Case> = [
  { fault: { _tag: "refuse", status: 429 }, ...both(turnedDown) },
  { fault: { _tag: "refuse", status: 503 }, ...both(turnedDown) },
  { fault: { _tag: "refuse", status: 400 }, ...both(forGood("PROVIDER_FAILURE")) },
  { fault: { _tag: "slow", millis: 150 }, ...both(made) },
  { fault: { _tag: "drop" }, ...both(unknown) },
  // OpenAI reports tokens for the whole answer; a price of fal is one of a single output.
  { fault: { _tag: "duplicate" }, fal: made, openai: { ...made, reported: 2 } },
  { fault: { _tag: "wrong_type" }, ...both(forGood("PROVIDER_FAILURE")) },
  // An output that breaks off is fetched again; an answer that does is lost.
  { fault: { _tag: "truncated" }, times: 2, fal: made, openai: unknown },
  { fault: { _tag: "truncated" }, fal: repaired, openai: unknown },
  { fault: { _tag: "endless" }, isEndless: true, ...both(unknown) },
  { fault: { _tag: "content" }, ...both(forGood("CONTENT_POLICY_DENIED")) },
  // Only fal gives out addresses. What leads into a network of one's own is no output.
  {
    fault: { _tag: "redirect", to: "http://169.254.169.254/latest/meta-data" },
    fal: forGood("PROVIDER_FAILURE"),
    openai: made
  }
]

const code = ({ envelope }: Answer) => jsonField(envelope.error, "code") ?? "made"

/** Asks, lets whatever waits wait for hours, mends the provider, asks again, and looks at it a day later. */
const lived = Effect.fnUntraced(function* (life: World, { isEndless }: Case, { again }: Expected, clock: JumpClock) {
  const provider = yield* providerOf(life)
  return yield* Effect.gen(function* () {
    const runner = yield* JobRunner
    const first = yield* ask(life, isEndless === true ? { waitMs: 400 } : {})
    if (isEndless === true) {
      clock.jump("121 minutes")
      yield* runner.idle
      yield* runner.sweep(10)
    }
    life.emulator.fail(null)
    const repeated = again === null ? null : code(yield* ask(life))
    clock.jump("16 minutes")
    yield* runner.sweep(10)
    clock.jump("25 hours")
    yield* runner.sweep(10)
    return { first: code(first), again: repeated, ...(yield* accounts(life, jobIdOf(first))) }
  }).pipe(Effect.provide(serviceOver(stores(life.folder), provider)))
})

/** What breaks when the provider has worked already. */
const isDelivery = ({ _tag }: Fault): boolean => _tag === "wrong_type" || _tag === "redirect"

const nameOf = ({ fault, times }: Case): string =>
  [fault._tag, "status" in fault ? fault.status : "", times === undefined ? "" : `${times} times`].join(" ").trim()

describe("a provider at fault", () => {
  for (const vendor of ["fal", "openai"] as const)
    for (const operation of ["create", "edit"] as const)
      for (const trouble of cases) {
        const expected = trouble[vendor]
        it.live(`${vendor}, ${nameOf(trouble)}: of one ${operation} comes one asset and one debit, or neither`, () =>
          Effect.gen(function* () {
            const life = yield* world(vendor, operation)
            life.emulator.fail(trouble.fault, trouble.times)
            const facts = yield* withJumpClock((clock) => lived(life, trouble, expected, clock))
            const { again, assets, broken, first, jobs, outcome, remaining, reserved, status } = facts
            const isMade = expected.end === "completed"
            assert.deepStrictEqual([first, again], [expected.first, expected.again])
            assert.strictEqual(status, isMade ? "completed" : "failed")
            assert.strictEqual(outcome, expected.end === "unknown" ? "unknown" : null)
            assert.deepStrictEqual(
              { jobs, assets, charged: 50 - remaining, reserved, broken },
              {
                jobs: 1,
                assets: isMade ? 1 : 0,
                charged: isMade ? Math.ceil(price[vendor][operation] / (expected.reported ?? 1)) : 0,
                reserved: 0,
                broken: []
              }
            )
            // A refusal is none that the vendor would bill.
            assert.strictEqual(life.accepted(), expected.end === "failed" && !isDelivery(trouble.fault) ? 0 : 1)
            const inputs = operation === "edit" ? 1 : 0
            assert.deepStrictEqual(leftovers(life.folder), { answers: 0, objects: inputs + (isMade ? 1 : 0) })
          }).pipe(Effect.scoped)
        )
      }
})
