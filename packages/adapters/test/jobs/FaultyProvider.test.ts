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

const code = ({ envelope }: Answer) => jsonField(envelope.error, "code") ?? "made"

/** Asks, lets whatever waits wait for hours, mends the provider, asks again, and looks at it a day later. */
const lived = Effect.fnUntraced(function* (life: World, clock: JumpClock, isStuck: boolean) {
  const provider = yield* providerOf(life)
  return yield* Effect.gen(function* () {
    const runner = yield* JobRunner
    const first = yield* ask(life, isStuck ? { waitMs: 1_000 } : {})
    for (const pause of isStuck ? (["11 minutes", "2 hours"] as const) : []) {
      clock.jump(pause)
      yield* runner.idle
      yield* runner.sweep(10)
    }
    life.emulator.fail(null)
    const second = yield* ask(life)
    clock.jump("16 minutes")
    yield* runner.sweep(10)
    clock.jump("25 hours")
    yield* runner.sweep(10)
    const { broken, reserved, ...facts } = yield* accounts(life, jobIdOf(first))
    assert.deepStrictEqual(broken, [])
    assert.strictEqual(reserved, 0)
    assert.strictEqual(leftovers(life.folder).answers, 0)
    return [code(first), code(second), facts.status, facts.outcome, facts.assets, 50 - facts.remaining, life.accepted()]
  }).pipe(Effect.provide(serviceOver(stores(life.folder), provider)))
})

interface Case {
  readonly fault: Fault
  readonly times?: number
  readonly isStuck?: true
}

const cases: ReadonlyArray<Case> = [
  { fault: { _tag: "refuse", status: 429 } },
  { fault: { _tag: "refuse", status: 503 } },
  { fault: { _tag: "refuse", status: 400 } },
  { fault: { _tag: "slow", millis: 300 } },
  { fault: { _tag: "drop" } },
  { fault: { _tag: "duplicate" } },
  { fault: { _tag: "wrong_type" } },
  { fault: { _tag: "truncated" }, times: 2 },
  { fault: { _tag: "truncated" } },
  { fault: { _tag: "endless" }, isStuck: true },
  { fault: { _tag: "content" } },
  { fault: { _tag: "redirect", to: "http://169.254.169.254/latest/meta-data" } }
]

describe("a provider at fault", () => {
  for (const vendor of ["fal", "openai"] as const)
    for (const operation of ["create", "edit"] as const)
      for (const { fault, isStuck = false, times } of cases)
        it.live(`${vendor} ${operation} ${fault._tag}`, () =>
          Effect.gen(function* () {
            const life = yield* world(vendor, operation)
            life.emulator.fail(fault, times)
            const got = yield* withJumpClock((clock) => lived(life, clock, isStuck))
            console.log(vendor, operation, JSON.stringify(fault), times, price[vendor][operation], JSON.stringify(got))
          }).pipe(Effect.scoped)
        )
})
