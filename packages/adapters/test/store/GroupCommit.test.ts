import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { largestGroup } from "@image-skill/adapters/store/GroupCommit"
import * as SqliteStore from "@image-skill/adapters/store/SqliteStore"
import { DailySlots } from "@image-skill/core/credits/DailySlots"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { Store, StoreUnavailable } from "@image-skill/core/store/Store"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scheduler from "effect/Scheduler"
import * as SqlClient from "effect/sql/SqlClient"
import { temporaryFolder } from "../Folder.ts"
import { inFolder } from "./Repositories.ts"

const day = "2026-01-02"

/** A store in a folder of its own, and what another connection sees in it: only what is committed. */
const opened = <A, E, R>(
  use: (visible: () => ReadonlyArray<string>) => Effect.Effect<A, E, R | Store | DailySlots | LedgerStore>
) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    return yield* Effect.gen(function* () {
      // Makes the tables.
      yield* Effect.flatMap(DailySlots, (slots) => slots.used("nobody", day))
      const other = yield* Effect.acquireRelease(
        Effect.sync(() => new DatabaseSync(join(folder, SqliteStore.fileName), { readOnly: true })),
        (database) => Effect.sync(() => database.close())
      )
      const rows = other.prepare("SELECT job_id FROM daily_slot ORDER BY rowid")
      return yield* use(() => rows.all().map((row) => String(row["job_id"])))
    }).pipe(Effect.provide(inFolder(folder)))
  })

const take = (name: string) => Effect.flatMap(DailySlots, (slots) => slots.take("allowance", day, name))
const used = Effect.flatMap(DailySlots, (slots) => slots.used("allowance", day))

const transaction = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Store, (store) => store.transaction(effect))

/** All of them ask for their turn at the same moment. */
const atOnce = <A, E, R>(effects: ReadonlyArray<Effect.Effect<A, E, R>>) =>
  Effect.forEach(effects, (effect) => Effect.exit(effect), { concurrency: "unbounded" })

const names = (count: number) => Array.from({ length: count }, (_, index) => `job_${index}`)

const reasonsOf = (exits: ReadonlyArray<Exit.Exit<unknown, unknown>>) =>
  exits.map((exit) => {
    const error = Exit.isFailure(exit) ? exit.cause.reasons.find(({ _tag }) => _tag === "Fail") : undefined
    return error !== undefined && "error" in error && error.error instanceof StoreUnavailable
      ? error.error.reason
      : exit._tag
  })

describe("transactions that wait at the same moment", () => {
  it.effect("are visible and answered together, in the order in which they came", () =>
    opened((visible) =>
      Effect.gen(function* () {
        const before: Array<ReadonlyArray<string>> = []
        const answered: Array<ReadonlyArray<string>> = []
        yield* atOnce(
          names(5).map((name) =>
            take(name).pipe(
              Effect.andThen(Effect.sync(() => before.push(visible()))),
              transaction,
              Effect.andThen(Effect.sync(() => answered.push(visible())))
            )
          )
        )
        assert.deepStrictEqual(before, [[], [], [], [], []])
        assert.deepStrictEqual(answered, [names(5), names(5), names(5), names(5), names(5)])
      })
    )
  )

  it.effect("undo only what is their own", () =>
    opened((visible) =>
      Effect.gen(function* () {
        const nested = Effect.andThen(
          take("nested"),
          Effect.ignore(transaction(Effect.andThen(take("nested_failed"), Effect.fail("no"))))
        )
        const exits = yield* atOnce<unknown, unknown, Store | DailySlots>([
          transaction(take("first")),
          transaction(Effect.andThen(take("failed"), Effect.fail("no"))),
          transaction(Effect.andThen(take("died"), Effect.die("a bug"))),
          transaction(Effect.andThen(take("interrupted"), Effect.interrupt)),
          transaction(nested),
          transaction(take("last"))
        ])
        assert.deepStrictEqual(visible(), ["first", "nested", "last"])
        assert.deepStrictEqual(
          exits.map((exit) => [
            Exit.isSuccess(exit),
            Exit.hasFails(exit),
            Exit.hasDies(exit),
            Exit.hasInterrupts(exit)
          ]),
          [
            [true, false, false, false],
            [false, true, false, false],
            [false, false, true, false],
            [false, false, false, true],
            [true, false, false, false],
            [true, false, false, false]
          ]
        )
      })
    )
  )

  it.effect("are not answered before the commit, even if they are undone", () =>
    opened(() =>
      Effect.gen(function* () {
        const goOn = yield* Deferred.make<void>()
        const began = yield* Deferred.make<void>()
        const kept = yield* Effect.forkChild(transaction(take("kept")))
        const failed = yield* Effect.forkChild(Effect.flip(transaction(Effect.fail("no"))))
        const last = yield* Deferred.succeed(began, undefined).pipe(
          Effect.andThen(Deferred.await(goOn)),
          transaction,
          Effect.forkChild
        )
        yield* Deferred.await(began)
        yield* everybodyElse
        assert.deepStrictEqual([kept.pollUnsafe(), failed.pollUnsafe()], [undefined, undefined])
        yield* Deferred.succeed(goOn, undefined)
        yield* Fiber.joinAll([kept, last])
        assert.strictEqual(yield* Fiber.join(failed), "no")
      })
    )
  )

  it.effect("can be interrupted before their turn and in it; after it, they are kept", () =>
    opened((visible) =>
      Effect.gen(function* () {
        const began = yield* Deferred.make<void>()
        const ended = yield* Effect.forkChild(transaction(take("ended")))
        const running = yield* take("running").pipe(
          Effect.andThen(Deferred.succeed(began, undefined)),
          Effect.andThen(Effect.never),
          transaction,
          Effect.forkChild
        )
        const waits = yield* Effect.forkChild(transaction(take("waits")))
        const last = yield* Effect.forkChild(transaction(take("last")))
        yield* Deferred.await(began)
        const interruption = yield* Effect.forkChild(Fiber.interrupt(ended))
        yield* Fiber.interrupt(waits)
        yield* Fiber.interrupt(running)
        yield* Fiber.joinAll([interruption, last])
        assert.deepStrictEqual(visible(), ["ended", "last"])
        assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(running)))
      })
    )
  )

  it.effect("can be interrupted at any moment, and the next ones work", () =>
    opened((visible) =>
      Effect.gen(function* () {
        const moments = Array.from({ length: 120 }, (_, moment) => moment)
        for (const moment of moments) {
          const hurried = yield* take(`hurried_${moment}`).pipe(
            transaction,
            // It gives way all the time, so that the interruption may come anywhere.
            Effect.provideService(Scheduler.MaxOpsBeforeYield, 3),
            Effect.forkChild
          )
          yield* Effect.replicateEffect(Effect.yieldNow, moment, { discard: true })
          yield* Fiber.interrupt(hurried)
          yield* transaction(take(`next_${moment}`))
        }
        const there = visible()
        assert.includeMembers(
          [...there],
          moments.map((moment) => `next_${moment}`)
        )
        assert.deepStrictEqual([there[0], there.at(-2)], ["next_0", "hurried_119"])
      })
    )
  )

  it.effect("all fail when the commit does, leave nothing, and the next ones work", () =>
    opened((visible) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const orphan = sql`PRAGMA defer_foreign_keys = ON`.pipe(
          Effect.andThen(sql`INSERT INTO token ${sql.insert(tokenOfNobody)}`)
        )
        const exits = yield* atOnce<unknown, unknown, Store | DailySlots>([
          transaction(take("before")),
          transaction(orphan),
          transaction(Effect.andThen(take("failed"), Effect.fail("no"))),
          transaction(take("after"))
        ])
        assert.deepStrictEqual(reasonsOf(exits), ["unknown", "unknown", "Failure", "unknown"])
        assert.deepStrictEqual(visible(), [])
        assert.strictEqual(yield* used, 0)
        yield* transaction(take("next"))
        assert.deepStrictEqual(visible(), ["next"])
      })
    )
  )

  it.effect("all fail when the disk is full before the commit, leave nothing, and the next ones work", () =>
    opened((visible) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [row] = yield* sql`PRAGMA page_count`.values
        yield* sql.unsafe(`PRAGMA max_page_count = ${Number(row?.[0])}`)
        const exits = yield* atOnce<unknown, unknown, Store | DailySlots>([
          transaction(take("before")),
          transaction(take("x".repeat(100_000))),
          transaction(take("after"))
        ])
        assert.deepStrictEqual(reasonsOf(exits), ["full", "full", "full"])
        assert.deepStrictEqual(visible(), [])
        yield* sql`PRAGMA max_page_count = 100000`
        yield* transaction(take("next"))
        assert.deepStrictEqual(visible(), ["next"])
      })
    )
  )

  it.effect(`are committed ${largestGroup} at a time`, () =>
    opened((visible) =>
      Effect.gen(function* () {
        const counts: Array<number> = []
        yield* atOnce(
          names(largestGroup + 3).map((name) =>
            Effect.andThen(
              transaction(take(name)),
              Effect.sync(() => counts.push(visible().length))
            )
          )
        )
        assert.deepStrictEqual(counts, [
          ...Array.from({ length: largestGroup }, () => largestGroup),
          ...Array.from({ length: 3 }, () => largestGroup + 3)
        ])
      })
    )
  )

  it.effect("let a reader in between", () =>
    opened(() =>
      Effect.gen(function* () {
        let left = 200
        const keepWriting = Effect.whileLoop({
          while: () => left > 0,
          body: () => transaction(Effect.suspend(() => take(`job_${(left -= 1)}`))),
          step: () => {}
        })
        const writers = yield* Effect.forkChild(atOnce([keepWriting, keepWriting, keepWriting, keepWriting]))
        yield* Effect.yieldNow
        yield* used
        assert.isAbove(left, 150)
        yield* Fiber.join(writers)
        assert.strictEqual(yield* used, 200)
      })
    )
  )

  it.effect("and one that only reads, and says so, stand apart", () =>
    opened((visible) =>
      Effect.gen(function* () {
        const { dump } = yield* LedgerStore
        const visibleThen: Array<ReadonlyArray<string>> = []
        const look = Effect.sync(() => visibleThen.push(visible()))
        yield* atOnce<unknown, unknown, Store | DailySlots>([
          transaction(take("before")),
          Effect.andThen(dump, look),
          Effect.andThen(transaction(take("after")), look)
        ])
        assert.deepStrictEqual(visibleThen, [["before"], ["before", "after"]])
      })
    )
  )
})

const tokenOfNobody = { hash: "hash", agent_id: "agt_nobody", fingerprint: "f", status: "active", created_at: "now" }

/** Lets the other fibers go on until they wait for something. */
const everybodyElse = Effect.replicateEffect(Effect.yieldNow, 20, { discard: true })
