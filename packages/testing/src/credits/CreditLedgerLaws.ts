import { assert, describe, it } from "@effect/vitest"
import { CreditLedger } from "@image-skill/core/credits/CreditLedger"
import { type Hold, sum } from "@image-skill/core/credits/Hold"
import type { LedgerDump, LedgerStore } from "@image-skill/core/credits/LedgerStore"
import type { Ids } from "@image-skill/core/envelope/Ids"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import { Store } from "@image-skill/core/store/Store"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { contendedLedger, grantPaid, provedDump } from "./ProvedLedger.ts"

/** Three are enough for one to be spent empty while another is not. */
const organizations = ["org_red", "org_green", "org_blue"].map((id) => OrganizationId.make(id))

/** Spending is what there is most of, as in life. */
const kinds = [
  "hold",
  "hold",
  "hold",
  "capture",
  "capture",
  "release",
  "expire",
  "grant",
  "buy",
  "fail",
  "crash"
] as const

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** What somebody does. `pick` chooses the organization, or one of the holds that were opened so far. */
const Move = Schema.Struct({
  kind: between(0, kinds.length - 1),
  credits: between(1, 40),
  pick: between(0, 1_000_000)
})
type Move = typeof Move.Type

/** Each round is what is done at the same time. Short histories prove little, so there are no very short ones. */
const Rounds = Schema.Array(Schema.Array(Move).check(Schema.isBetweenLength(4, 8))).check(Schema.isBetweenLength(6, 10))

/** What is true whatever many organizations do, in any order and at once. */
export const laws = <E>(name: string, layer: Layer.Layer<Store | LedgerStore | Ids, E>): void =>
  void describe(`CreditLedger laws (${name})`, () => {
    it.effect.prop(
      "nobody spends or holds more than was granted, and the books are in order after every round",
      [Rounds],
      ([rounds]) =>
        Effect.gen(function* () {
          const holds: Array<Hold> = []
          yield* Effect.forEach(organizations, (organizationId) => grantPaid(organizationId, 60), { discard: true })
          for (const [round, moves] of rounds.entries()) {
            yield* Effect.forEach(moves, (move, index) => make(move, holds, `${round}.${index}`), {
              concurrency: "unbounded",
              discard: true
            })
            bounded(yield* provedDump)
          }
          const ledger = yield* CreditLedger
          yield* Effect.forEach(holds, ({ id }) => ledger.release(id, "trace_end"), { discard: true })
          assert.deepStrictEqual(heldBalances(bounded(yield* provedDump)), [])
        }).pipe(Effect.provide(contendedLedger(layer), { local: true })),
      { arbitrary: { runs: 60 }, timeout: 60_000 }
    )
  })

const make = Effect.fnUntraced(function* ({ credits, kind, pick }: Move, holds: Array<Hold>, at: string) {
  const ledger = yield* CreditLedger
  const store = yield* Store
  const organizationId = organizations[pick % organizations.length] ?? OrganizationId.make("org_red")
  const opened = holds[pick % Math.max(1, holds.length)]
  const hold = ledger.hold({ organizationId, jobId: `job_${at}`, credits, traceId: "trace_move" })
  switch (kinds[kind]) {
    case "grant":
      // Few keys for many grants, so that some are repeated.
      yield* ledger.grantPreview({ organizationId, key: `grant:${pick % 7}`, credits, traceId: "trace_move" })
      return
    case "buy":
      return yield* grantPaid(organizationId, credits)
    case "hold":
      return yield* hold.pipe(
        Effect.tap((held) => Effect.sync(() => holds.push(held))),
        Effect.catchTag("InsufficientCredits", () => Effect.void),
        Effect.asVoid
      )
    case "capture":
      if (opened !== undefined) yield* ledger.capture(opened.id, credits, "trace_move")
      return
    case "release":
    case "expire":
      if (opened !== undefined)
        yield* ledger.release(opened.id, "trace_move", kinds[kind] === "expire" ? "expired" : "released")
      return
    case "fail":
      return yield* Effect.ignore(store.transaction(Effect.andThen(hold, Effect.fail("no"))))
    case "crash":
      return yield* crashed(store.transaction, hold)
    case undefined:
  }
})

/** Interrupts a transaction right after what it did, before it can be kept. */
const crashed = Effect.fnUntraced(function* <A, E>(
  transaction: Store["Service"]["transaction"],
  did: Effect.Effect<A, E>
) {
  const done = yield* Deferred.make<void>()
  const fiber = yield* did.pipe(
    Effect.ignore,
    Effect.andThen(Deferred.succeed(done, undefined)),
    Effect.andThen(Effect.never),
    transaction,
    Effect.forkChild
  )
  yield* Deferred.await(done)
  yield* Fiber.interrupt(fiber)
})

/** Σ captured + Σ open holds ≤ granted, for each organization. */
const bounded = (dump: LedgerDump): LedgerDump => {
  for (const organizationId of organizations) {
    const own = <A extends { readonly organizationId: OrganizationId }>(rows: ReadonlyArray<A>) =>
      rows.filter((row) => row.organizationId === organizationId)
    const granted = own(dump.accounts)
      .filter(({ kind }) => kind.endsWith(":issued"))
      .reduce((total, { balance }) => total - balance, 0)
    const taken = own(dump.holds).reduce(
      (total, hold) => total + (hold.state === "open" ? sum(hold.held) : sum(hold.captured)),
      0
    )
    assert.isAtMost(taken, granted, `${organizationId} took more than it was granted`)
  }
  return dump
}

const heldBalances = ({ accounts }: LedgerDump): ReadonlyArray<unknown> =>
  accounts.filter(({ balance, kind }) => kind.endsWith(":held") && balance !== 0)
