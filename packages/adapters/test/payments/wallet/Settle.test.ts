import { readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { type AnvilChain, start } from "@image-skill/testing/payments/chain/AnvilChain"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { temporaryFolder } from "../../Folder.ts"
import { furnish, journalFolder, pay, payee, payer, type Payment, statusOf } from "./Payment.ts"

const cents = 240
const price = 2_400_000n
const attemptId = "payatt_2b9n4h6w1d4q9m2x7c3v8k0t5r"

/** A chain, a wallet with 100 USDC, and an attempt that half an hour is left for. */
const scene = Effect.gen(function* () {
  const chain = yield* start()
  const home = join(yield* temporaryFolder, "home")
  furnish(home)
  yield* chain.mint(payer, 100_000_000n)
  const expiresAt = (Number(yield* chain.time) + 1_800) * 1_000
  const payment: Payment = { home, rpcUrl: chain.rpcUrl, attemptId, cents, payee, expiresAt, waitMs: 10_000 }
  return { chain, payment }
})

/** Adds blocks, as the rest of the world does, while something goes on. */
const whileMining = <A, E, R>(chain: AnvilChain, program: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const mining = yield* Effect.forkChild(Effect.forever(Effect.andThen(chain.mine(1), Effect.sleep("60 millis"))))
    const result = yield* program
    yield* Fiber.interrupt(mining)
    return result
  })

const entryOf = (home: string, id = attemptId) =>
  JSON.parse(readFileSync(join(journalFolder(home), `${id}.payment.json`), "utf8")) as {
    readonly state: string
    readonly signed: { readonly hash: string; readonly nonce: number } | null
    readonly earlier: ReadonlyArray<string>
  }

describe("Settle", () => {
  it.live("a deposit is paid exactly, and a second run pays nothing", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const first = yield* whileMining(chain, pay(payment))
      assert.strictEqual(first._tag, "Paid")
      assert.deepStrictEqual(yield* pay(payment), first)
      assert.strictEqual(yield* chain.balanceOf(payee), price)
      assert.strictEqual(entryOf(payment.home).state, "confirmed")
    })
  )

  it.live("the journal is its owner's alone", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      yield* whileMining(chain, pay(payment))
      const folder = journalFolder(payment.home)
      assert.strictEqual(statSync(folder).mode & 0o777, 0o700)
      const names = readdirSync(folder)
      assert.deepStrictEqual(names, [`${attemptId}.payment.json`])
      for (const name of names) assert.strictEqual(statSync(join(folder, name)).mode & 0o777, 0o600)
    })
  )

  it.live("without its journal a wallet finds its payment in the chain, and remembers it", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const first = yield* whileMining(chain, pay(payment))
      rmSync(journalFolder(payment.home), { recursive: true })
      const second = yield* whileMining(chain, pay(payment))
      assert.strictEqual(first._tag, "Paid")
      assert.strictEqual(second._tag, "AlreadyPaid")
      if (first._tag !== "Paid" || second._tag !== "AlreadyPaid") return
      assert.strictEqual(second.transaction?.hash, first.transaction.hash)
      assert.strictEqual(entryOf(payment.home).state, "confirmed")
      assert.strictEqual(yield* chain.balanceOf(payee), price)
    })
  )

  it.live("one block is not deep enough", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const outcome = yield* pay({ ...payment, waitMs: 500 })
      assert.strictEqual(outcome._tag, "Pending")
      assert.strictEqual(yield* chain.balanceOf(payee), price)
    })
  )

  it.live("a payment that a reorganisation took away is sent again, with the same bytes", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const pending = yield* pay({ ...payment, waitMs: 500 })
      yield* chain.reorg(1)
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
      const paid = yield* whileMining(chain, pay(payment))
      assert.strictEqual(paid._tag, "Paid")
      if (paid._tag !== "Paid" || pending._tag !== "Pending") return
      assert.strictEqual(paid.transaction.hash, pending.transaction)
      assert.strictEqual(yield* chain.balanceOf(payee), price)
    })
  )

  it.live("a payment that is mined after its end moves nothing, and frees its budget", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      yield* chain.autoMine(false)
      const pending = yield* pay({ ...payment, waitMs: 200 })
      assert.strictEqual(pending._tag, "Pending")
      yield* chain.setTime((yield* chain.time) + 3_600n)
      yield* chain.mine(1)
      const late = yield* pay({ ...payment, expiresAt: Date.parse("2026-01-01T00:00:00Z") })
      assert.strictEqual(late._tag, "AttemptExpired")
      assert.strictEqual(entryOf(payment.home).state, "reverted")
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
    })
  )

  it.live("a payment that is waited for while its end comes is over, and not paid", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      yield* chain.autoMine(false)
      const waiting = yield* Effect.forkChild(
        pay(payment, (step) =>
          step === "recorded"
            ? Effect.orDie(
                Effect.gen(function* () {
                  yield* chain.setTime((yield* chain.time) + 3_600n)
                  yield* chain.mine(1)
                })
              )
            : Effect.void
        )
      )
      const outcome = yield* Fiber.join(waiting)
      assert.strictEqual(outcome._tag, "AttemptExpired")
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
    })
  )

  it.live("a transaction whose number another one took is signed anew, and pays once", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      yield* chain.autoMine(false)
      const pending = yield* pay({ ...payment, waitMs: 100 })
      assert.strictEqual(pending._tag, "Pending")
      const before = entryOf(payment.home)
      yield* chain.ask("anvil_dropTransaction", before.signed?.hash ?? "")
      yield* chain.autoMine(true)
      yield* chain.transfer({ from: payer, to: payer, amount: 0n })
      const outcome = yield* whileMining(chain, pay(payment))
      assert.strictEqual(outcome._tag, "Paid")
      assert.deepStrictEqual(entryOf(payment.home).earlier, [before.signed?.hash ?? ""])
      assert.strictEqual(yield* chain.balanceOf(payee), price)
    })
  )

  it.live("while a signature may still be used, no other payee of the attempt is paid", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      yield* chain.autoMine(false)
      yield* pay({ ...payment, waitMs: 100 })
      yield* chain.ask("anvil_dropTransaction", entryOf(payment.home).signed?.hash ?? "")
      yield* chain.autoMine(true)
      yield* chain.transfer({ from: payer, to: payer, amount: 0n })
      const other = "0x52908400098527886E0F7030069857D2E4169EE7"
      const outcome = yield* whileMining(chain, pay({ ...payment, payee: other, waitMs: 200 }))
      assert.strictEqual(outcome._tag, "Pending")
      assert.strictEqual(yield* chain.balanceOf(other), 0n)
    })
  )

  it.live("an attempt that is paid is not paid to another payee either", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      yield* whileMining(chain, pay(payment))
      const other = "0x52908400098527886E0F7030069857D2E4169EE7"
      const outcome = yield* whileMining(chain, pay({ ...payment, payee: other }))
      assert.strictEqual(outcome._tag, "Paid")
      assert.strictEqual(yield* chain.balanceOf(other), 0n)
    })
  )

  it.live("a payment that was found in the chain is not paid to another payee either", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      yield* whileMining(chain, pay(payment))
      rmSync(journalFolder(payment.home), { recursive: true })
      assert.strictEqual((yield* whileMining(chain, pay(payment)))._tag, "AlreadyPaid")
      const other = "0x52908400098527886E0F7030069857D2E4169EE7"
      const outcome = yield* whileMining(chain, pay({ ...payment, payee: other }))
      assert.strictEqual(outcome._tag, "AlreadyPaid")
      assert.strictEqual(yield* chain.balanceOf(other), 0n)
    })
  )

  it.live("a payment that the node forgets while it is waited for is sent again", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      yield* chain.autoMine(false)
      const forget = Effect.gen(function* () {
        yield* chain.ask("anvil_dropTransaction", entryOf(payment.home).signed?.hash ?? "")
        yield* chain.autoMine(true)
      })
      const paid = pay(payment, (step) => (step === "recorded" ? Effect.orDie(forget) : Effect.void))
      const outcome = yield* whileMining(chain, paid)
      assert.strictEqual(outcome._tag, "Paid")
      assert.strictEqual(yield* chain.balanceOf(payee), price)
    })
  )

  it.live("too little USDC or ETH is said with what is held and needed, and nothing is reserved", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const dear = yield* pay({ ...payment, home: yield* richly(payment.home), cents: 10_001 })
      assert.deepInclude(dear, { _tag: "InsufficientUsdc", held: 100_000_000n, needed: 100_010_000n })
      yield* chain.fund(payer, 1_000n)
      const outcome = yield* pay(payment)
      assert.strictEqual(outcome._tag, "InsufficientGas")
      if (outcome._tag === "InsufficientGas") {
        assert.strictEqual(outcome.held, 1_000n)
        assert.isTrue(outcome.needed > outcome.held)
      }
      assert.strictEqual(entryOf(payment.home).state, "superseded")
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
    })
  )

  it.live("what the service calls paid, expired or something else is not paid", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const status = statusOf(payment)
      const answers: ReadonlyArray<readonly [status: unknown, expected: string]> = [
        [{ ...status, state: "succeeded" }, "AlreadyPaid"],
        [{ ...status, state: "expired" }, "AttemptExpired"],
        [{ ...status, state: "canceled" }, "Refused"],
        [{}, "Refused"]
      ]
      for (const [answer, expected] of answers) {
        assert.strictEqual((yield* pay(payment, undefined, answer))._tag, expected)
      }
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
    })
  )
})

/** A wallet whose owner allows much. */
const richly = (home: string) =>
  Effect.sync(() => {
    const caps = { per_payment_usd_cents: 100_000, per_day_usd_cents: 100_000, per_month_usd_cents: 100_000 }
    furnish(`${home}-rich`, undefined, caps)
    return `${home}-rich`
  })
