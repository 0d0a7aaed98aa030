import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as WalletJournal from "@image-skill/adapters/payments/wallet/WalletJournal"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { temporaryFolder } from "../../Folder.ts"
import { payee, payer } from "./Payment.ts"

const entry = (attemptId: string, changed: Partial<WalletJournal.Entry> = {}): WalletJournal.Entry => ({
  version: 1,
  attemptId,
  state: "confirmed",
  from: payer,
  to: payee,
  amount: 2_400_000n,
  cents: 240,
  origin: "https://service.example",
  authorizationNonce: `0x${"1".repeat(64)}`,
  reservedAt: 0,
  signed: null,
  earlier: [],
  ...changed
})

const opened = Effect.gen(function* () {
  const folder = join(yield* temporaryFolder, "wallet")
  return { folder, journal: yield* WalletJournal.open(folder) }
})

const holder = (pid: number, began: string, world: string): string => JSON.stringify({ pid, began, world })

describe("WalletJournal", () => {
  it.effect("what was written is read again, and is one file", () =>
    Effect.gen(function* () {
      const { folder, journal } = yield* opened
      const signed = { hash: "0x1a", raw: "0x2b", sender: payer, nonce: 7, validBefore: 99n } as const
      const written = entry("payatt_1", { state: "signed", signed, earlier: ["0x0c"] })
      yield* journal.write(entry("payatt_1", { state: "intent" }))
      yield* journal.write(written)
      const read = Option.getOrThrow(yield* journal.read("payatt_1"))
      assert.deepStrictEqual({ ...read, signed: { ...read.signed } }, { ...written, signed })
      assert.deepStrictEqual(readdirSync(folder), ["payatt_1.payment.json"])
      assert.isTrue(Option.isNone(yield* journal.read("payatt_2")))
    })
  )

  it.effect("a reservation counts for a day and for thirty days, and is free once nothing can be moved", () =>
    Effect.gen(function* () {
      const { journal } = yield* opened
      yield* journal.write(entry("a"))
      yield* journal.write(entry("b", { state: "reverted" }))
      yield* journal.write(entry("c", { state: "superseded" }))
      assert.deepStrictEqual(yield* journal.reserved("x"), { day: 240, month: 240 })
      assert.deepStrictEqual(yield* journal.reserved("a"), { day: 0, month: 0 })
      yield* TestClock.adjust("24 hours")
      assert.deepStrictEqual(yield* journal.reserved("x"), { day: 0, month: 240 })
      yield* TestClock.adjust("29 days")
      assert.deepStrictEqual(yield* journal.reserved("x"), { day: 0, month: 0 })
    })
  )

  it.effect("what nobody knows the end of counts for ever", () =>
    Effect.gen(function* () {
      const { journal } = yield* opened
      for (const state of ["intent", "signed", "broadcast"] as const) yield* journal.write(entry(state, { state }))
      yield* TestClock.adjust("365 days")
      assert.deepStrictEqual(yield* journal.reserved("x"), { day: 720, month: 720 })
      assert.lengthOf(yield* journal.underWay, 2)
    })
  )

  it.effect("an entry that cannot be read stops everything, and is kept", () =>
    Effect.gen(function* () {
      const { folder, journal } = yield* opened
      writeFileSync(join(folder, "payatt_1.payment.json"), "{")
      assert.strictEqual((yield* Effect.flip(journal.read("payatt_1"))).reason, "malformed")
      assert.strictEqual((yield* Effect.flip(journal.reserved("x"))).reason, "malformed")
    })
  )

  it.effect("a folder that others may write to is no place for a journal", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      mkdirSync(join(folder, "loose"))
      chmodSync(join(folder, "loose"), 0o777)
      assert.strictEqual((yield* Effect.flip(WalletJournal.open(join(folder, "loose")))).reason, "unsafe")
    })
  )
})

describe("WalletLock", () => {
  it.live("twenty holders are never two at once", () =>
    Effect.gen(function* () {
      const { folder, journal } = yield* opened
      let inside = 0
      let most = 0
      const turn = Effect.scoped(
        Effect.gen(function* () {
          yield* journal.hold
          inside += 1
          most = Math.max(most, inside)
          yield* Effect.sleep("2 millis")
          inside -= 1
        })
      )
      yield* Effect.all(
        Array.from({ length: 20 }, () => turn),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(most, 1)
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.live("what a dead process left is taken away, and what a living one has is not", () =>
    Effect.gen(function* () {
      const { folder, journal } = yield* opened
      // The first is of this very process; from it the others are made.
      const own = yield* Effect.scoped(
        Effect.gen(function* () {
          yield* journal.hold
          const [name = ""] = readdirSync(folder)
          return JSON.parse(readFileSync(join(folder, name), "utf8")) as { pid: number; began: string; world: string }
        })
      )
      writeFileSync(join(folder, "lock-1-1-00000001"), holder(own.pid, `${own.began}1`, own.world))
      writeFileSync(join(folder, "lock-1-1-00000002"), holder(2 ** 22 + 1, "1", own.world))
      yield* Effect.scoped(journal.hold)
      assert.deepStrictEqual(readdirSync(folder), [])
      writeFileSync(join(folder, "lock-1-1-00000003"), holder(own.pid, own.began, own.world))
      const waiting = yield* Effect.forkChild(Effect.scoped(journal.hold))
      yield* Effect.sleep("200 millis")
      assert.isUndefined(waiting.pollUnsafe())
      yield* Fiber.interrupt(waiting)
      assert.deepStrictEqual(readdirSync(folder), ["lock-1-1-00000003"])
    })
  )
})
