import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { type AnvilChain, start } from "@image-skill/testing/payments/chain/AnvilChain"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Child from "../../Child.ts"
import { temporaryFolder } from "../../Folder.ts"
import { furnish, journalFolder, payee, payer, type Payment } from "./Payment.ts"

const cents = 500
const price = 5_000_000n

const scene = Effect.gen(function* () {
  const chain = yield* start()
  const home = join(yield* temporaryFolder, "home")
  furnish(home)
  yield* chain.mint(payer, 100_000_000n)
  const expiresAt = (Number(yield* chain.time) + 1_800) * 1_000
  const payment: Payment = {
    home,
    rpcUrl: chain.rpcUrl,
    attemptId: "payatt_5m1c7v9k3t0r6w4d2b9n4h8q1x",
    cents,
    payee,
    expiresAt,
    waitMs: 15_000
  }
  return { chain, payment }
})

const whileMining = <A, E, R>(chain: AnvilChain, program: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const mining = yield* Effect.forkChild(Effect.forever(Effect.andThen(chain.mine(1), Effect.sleep("250 millis"))))
    const result = yield* program
    yield* Fiber.interrupt(mining)
    return result
  })

interface Said {
  readonly _tag: string
  readonly transaction?: { readonly hash: string } | null
}

/** Runs a payment in a process of its own to its end. */
const run = (payment: Payment) =>
  Effect.scoped(
    Effect.gen(function* () {
      const child = yield* Child.start("payments/wallet/SettleProgram.ts", [JSON.stringify(payment)])
      return (yield* child.next) as Said
    })
  )

/** Runs a payment in a process that kills itself on the way. */
const runToDeath = (payment: Payment, dieAt: NonNullable<Payment["dieAt"]>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const child = yield* Child.start("payments/wallet/SettleProgram.ts", [JSON.stringify({ ...payment, dieAt })])
      return yield* child.ended
    })
  )

/** Where a process dies, and what its journal says then. */
const deaths: ReadonlyArray<readonly [step: NonNullable<Payment["dieAt"]>, state: string | null, paid: bigint]> = [
  ["unreserved", null, 0n],
  ["reserved", "intent", 0n],
  ["signed", "signed", 0n],
  ["sent", "signed", price],
  ["recorded", "broadcast", price]
]

const stateOf = ({ attemptId, home }: Payment): string | null => {
  try {
    const text = readFileSync(join(journalFolder(home), `${attemptId}.payment.json`), "utf8")
    return (JSON.parse(text) as { readonly state: string }).state
  } catch {
    return null
  }
}

describe("Settle in processes that die", () => {
  for (const [step, state, paid] of deaths) {
    it.live(`a process that is killed at "${step}" and run twice again has paid once`, () =>
      Effect.gen(function* () {
        const { chain, payment } = yield* scene
        assert.isNull(yield* runToDeath(payment, step))
        assert.strictEqual(stateOf(payment), state)
        // The node takes a moment to put what it got into a block.
        yield* chain.mine(1)
        assert.strictEqual(yield* chain.balanceOf(payee), paid)
        for (let time = 0; time < 2; time += 1) {
          assert.strictEqual((yield* whileMining(chain, run(payment)))._tag, "Paid")
        }
        assert.strictEqual(yield* chain.balanceOf(payee), price)
      })
    )
  }

  it.live("a process that dies after it sent, on a disk that is lost, has paid once", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      assert.isNull(yield* runToDeath(payment, "sent"))
      const home = `${payment.home}-new`
      furnish(home)
      const said = yield* whileMining(chain, run({ ...payment, home }))
      assert.strictEqual(said._tag, "AlreadyPaid")
      assert.strictEqual(yield* chain.balanceOf(payee), price)
    })
  )
})

describe("Settle in processes at the same time", () => {
  it.live("three that share nothing but the key pay once", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const homes = ["one", "two", "three"].map((name) => `${payment.home}-${name}`)
      for (const home of homes) furnish(home)
      const runs = homes.map((home) => run({ ...payment, home }))
      const said = yield* whileMining(chain, Effect.all(runs, { concurrency: "unbounded" }))
      for (const { _tag } of said) assert.include(["Paid", "AlreadyPaid"], _tag)
      assert.strictEqual(yield* chain.balanceOf(payee), price)
    })
  )

  it.live("three that share a folder pay once", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const runs = [1, 2, 3].map(() => run(payment))
      const said = yield* whileMining(chain, Effect.all(runs, { concurrency: "unbounded" }))
      for (const { _tag } of said) assert.strictEqual(_tag, "Paid")
      assert.strictEqual(yield* chain.balanceOf(payee), price)
    })
  )

  it.live("a day's budget holds for payments that are begun at once", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      // Ten dollars a day, and three payments of five, each to an address of its own: what is there already is paid.
      const attempts = ["a", "b", "c"].map((name) => ({ name, to: payee.toLowerCase().slice(0, -1) + name }))
      const runs = attempts.map(({ name, to }) => run({ ...payment, attemptId: `payatt_${name}`, payee: to }))
      const said = yield* whileMining(chain, Effect.all(runs, { concurrency: "unbounded" }))
      assert.deepStrictEqual(said.map(({ _tag }) => _tag).toSorted(), ["Paid", "Paid", "PolicyRefused"])
      const balances = yield* Effect.forEach(attempts, ({ to }) => chain.balanceOf(to))
      assert.strictEqual(
        balances.reduce((all, one) => all + one, 0n),
        2n * price
      )
    })
  )

  it.live("a budget that a dead process reserved stays reserved", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      for (const name of ["a", "b"]) {
        assert.isNull(yield* runToDeath({ ...payment, attemptId: `payatt_${name}` }, "reserved"))
      }
      const said = yield* whileMining(chain, run({ ...payment, attemptId: "payatt_c" }))
      assert.strictEqual(said._tag, "PolicyRefused")
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
    })
  )
})
