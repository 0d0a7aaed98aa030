import { assert, it } from "@effect/vitest"
import { type Account, accountKinds, mayBeNegative } from "@image-skill/core/credits/Account"
import { journalKinds } from "@image-skill/core/credits/Journal"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { grantPostings, hold, journal } from "./LedgerSample.ts"

/** The contract every `LedgerStore` adapter meets. Its rules are those of `CreditLedger`; this is about its rows. */
export const suite = <E>(name: string, layer: Layer.Layer<LedgerStore, E>): void =>
  it.layer(layer)(`LedgerStore (${name})`, (it) => {
    it.effect("an organization without postings has no accounts", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        assert.deepStrictEqual(yield* ledger.accounts(OrganizationId.make("org_empty")), [])
      })
    )

    it.effect("appending sets each account to what its posting states", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const organizationId = OrganizationId.make("org_append")
        const grant = journal("append", { organizationId })
        yield* ledger.append(grant, grantPostings(grant, 50))
        assert.deepStrictEqual(byKind(yield* ledger.accounts(organizationId)), {
          "preview:issued": [-50, 1],
          "preview:available": [50, 1]
        })
        const reserve = journal("append_again", { organizationId, kind: "operation_reserve", reference: "hold_1" })
        yield* ledger.append(reserve, [
          posting(reserve.id, organizationId, "preview:available", -20, 2, 30),
          posting(reserve.id, organizationId, "preview:held", 20, 1, 20)
        ])
        assert.deepStrictEqual(byKind(yield* ledger.accounts(organizationId)), {
          "preview:issued": [-50, 1],
          "preview:available": [30, 2],
          "preview:held": [20, 1]
        })
      })
    )

    it.effect("accounts are those of one organization", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const organizations = ["org_left", "org_right"].map((id) => OrganizationId.make(id))
        for (const organizationId of organizations) {
          const grant = journal(organizationId, { organizationId })
          yield* ledger.append(grant, grantPostings(grant, organizationId.length))
        }
        const [left, right] = yield* Effect.forEach(organizations, ledger.accounts)
        assert.deepStrictEqual(
          left?.map((account) => account.organizationId),
          ["org_left", "org_left"]
        )
        assert.deepStrictEqual(byKind(right ?? [])["preview:available"], ["org_right".length, 1])
      })
    )

    it.effect("a journal is found by its key, as it was written", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const written = journal("found", { kind: "operation_capture", reference: "hold_9" })
        yield* ledger.append(written, [])
        assert.deepStrictEqual(yield* ledger.journalByKey("key_found"), Option.some(written))
        assert.deepStrictEqual(yield* ledger.journalByKey("key_of_nothing"), Option.none())
      })
    )

    it.effect("a key that was used is a conflict, and nothing of the second journal is written", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const organizationId = OrganizationId.make("org_key")
        const first = journal("first", { organizationId, key: "key_once" })
        const second = journal("second", { organizationId: OrganizationId.make("org_late"), key: "key_once" })
        yield* ledger.append(first, grantPostings(first, 5))
        const failure = yield* Effect.flip(ledger.append(second, grantPostings(second, 5)))
        assert.strictEqual(failure.reason, "conflict")
        assert.deepStrictEqual(yield* ledger.accounts(second.organizationId), [])
        assert.deepStrictEqual(yield* ledger.journalByKey("key_once"), Option.some(first))
      })
    )

    it.effect("a posting on a place in the chain that is taken is a conflict, and its journal is not written", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const organizationId = OrganizationId.make("org_chain")
        const first = journal("chain_first", { organizationId })
        const stale = journal("chain_stale", { organizationId })
        yield* ledger.append(first, grantPostings(first, 5))
        const failure = yield* Effect.flip(ledger.append(stale, grantPostings(stale, 7)))
        assert.strictEqual(failure.reason, "conflict")
        assert.deepStrictEqual(yield* ledger.journalByKey(stale.key), Option.none())
        assert.deepStrictEqual(byKind(yield* ledger.accounts(organizationId))["preview:available"], [5, 1])
      })
    )

    it.effect("a hold is found by its id, as it was written", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const written = hold("found", { held: { preview: 7, paid: 1 } })
        yield* ledger.insertHold(written)
        assert.deepStrictEqual(yield* ledger.hold(written.id), Option.some(written))
        assert.deepStrictEqual(yield* ledger.hold("hold_of_nothing"), Option.none())
      })
    )

    it.effect("a hold leaves the open state once, and its first end stays", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const opened = hold("closing")
        const captured = hold("closing", { state: "captured", captured: { preview: 3, paid: 1 } })
        yield* ledger.insertHold(opened)
        assert.isTrue(yield* ledger.closeHold(captured))
        assert.isFalse(yield* ledger.closeHold({ ...opened, state: "released" }))
        assert.deepStrictEqual(yield* ledger.hold(opened.id), Option.some(captured))
        assert.isFalse(yield* ledger.closeHold(hold("never_opened", { state: "released" })))
      })
    )

    it.effect("expired holds are the open ones past their time, oldest first, up to the limit", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        yield* ledger.insertHold(hold("expired_3", { expiresAt: at(3) }))
        yield* ledger.insertHold(hold("expired_1", { expiresAt: at(1) }))
        yield* ledger.insertHold(hold("expired_2", { expiresAt: at(2) }))
        yield* ledger.insertHold(hold("closed", { expiresAt: at(1), state: "released" }))
        yield* ledger.insertHold(hold("later", { expiresAt: at(5) }))
        assert.deepStrictEqual(idsOf(yield* ledger.expiredHolds(at(3), 10)), [
          "hold_expired_1",
          "hold_expired_2",
          "hold_expired_3"
        ])
        assert.deepStrictEqual(idsOf(yield* ledger.expiredHolds(at(4), 2)), ["hold_expired_1", "hold_expired_2"])
        assert.deepStrictEqual(idsOf(yield* ledger.expiredHolds(at(0), 10)), [])
      })
    )

    it.effect("debts are those of one organization, in the order in which they were first made", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const organizationId = OrganizationId.make("org_debtor")
        const stranger = OrganizationId.make("org_other_debtor")
        const first = { organizationId, paymentId: "payatt_zebra", owed: 5 }
        const second = { organizationId, paymentId: "payatt_aardvark", owed: 7 }
        assert.deepStrictEqual(yield* ledger.debts(organizationId), [])
        yield* ledger.setDebt(first)
        yield* ledger.setDebt({ ...first, organizationId: stranger, owed: 1 })
        yield* ledger.setDebt(second)
        yield* ledger.setDebt({ ...first, owed: 9 })
        assert.deepStrictEqual(yield* ledger.debts(organizationId), [{ ...first, owed: 9 }, second])
        assert.deepStrictEqual(yield* ledger.debts(stranger), [{ ...first, organizationId: stranger, owed: 1 }])
      })
    )

    it.effect("a debt of zero is gone, and one that is made again comes last", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const organizationId = OrganizationId.make("org_repaid")
        const first = { organizationId, paymentId: "payatt_first", owed: 5 }
        const second = { organizationId, paymentId: "payatt_second", owed: 7 }
        yield* ledger.setDebt(first)
        yield* ledger.setDebt(second)
        yield* ledger.setDebt({ ...first, owed: 0 })
        yield* ledger.setDebt({ organizationId, paymentId: "payatt_never_owed", owed: 0 })
        assert.deepStrictEqual(yield* ledger.debts(organizationId), [second])
        yield* ledger.setDebt(first)
        assert.deepStrictEqual(yield* ledger.debts(organizationId), [second, first])
        const { debts } = yield* ledger.dump
        assert.deepStrictEqual(
          debts.filter((debt) => debt.organizationId === organizationId),
          [second, first]
        )
      })
    )

    it.effect.each(journalKinds)("a journal may be a %s", (kind) =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const written = journal(`kind_${kind}`, { kind })
        yield* ledger.append(written, [])
        assert.deepStrictEqual(yield* ledger.journalByKey(written.key), Option.some(written))
      })
    )

    it.effect("every account of the books may hold what its floor allows", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const organizationId = OrganizationId.make("org_every_account")
        const written = journal("every_account", { organizationId })
        yield* ledger.append(
          written,
          accountKinds.map((kind) => posting(written.id, organizationId, kind, amountOf(kind), 1, amountOf(kind)))
        )
        assert.deepStrictEqual(
          byKind(yield* ledger.accounts(organizationId)),
          Object.fromEntries(accountKinds.map((kind) => [kind, [amountOf(kind), 1]]))
        )
      })
    )

    it.effect("the dump has everything that was written", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const organizationId = OrganizationId.make("org_dump")
        const grant = journal("dump", { organizationId })
        const postings = grantPostings(grant, 12)
        const opened = hold("dump", { organizationId })
        yield* ledger.append(grant, postings)
        const debt = { organizationId, paymentId: "payatt_dump", owed: 3 }
        yield* ledger.insertHold(opened)
        yield* ledger.setDebt(debt)
        const dump = yield* ledger.dump
        const own = <A extends { readonly organizationId: OrganizationId }>(rows: ReadonlyArray<A>) =>
          rows.filter((row) => row.organizationId === organizationId)
        assert.deepStrictEqual(own(dump.journals), [grant])
        assert.sameDeepMembers([...own(dump.postings)], [...postings])
        assert.deepStrictEqual(own(dump.holds), [opened])
        assert.deepStrictEqual(own(dump.debts), [debt])
        assert.deepStrictEqual(byKind(own(dump.accounts)), { "preview:issued": [-12, 1], "preview:available": [12, 1] })
      })
    )
  })

const amountOf = (kind: Account["kind"]): number => (mayBeNegative(kind) ? -3 : 3)

/** A minute long before the samples, so that their holds have not expired yet. */
const at = (minute: number): string => `2020-01-01T00:0${minute}:00.000Z`

const idsOf = (holds: ReadonlyArray<{ readonly id: string }>): ReadonlyArray<string> => holds.map(({ id }) => id)

const byKind = (accounts: ReadonlyArray<Account>): Record<string, readonly [balance: number, seq: number]> =>
  Object.fromEntries(accounts.map(({ balance, kind, seq }) => [kind, [balance, seq]]))

const posting = (
  journalId: string,
  organizationId: OrganizationId,
  kind: Account["kind"],
  amount: number,
  seq: number,
  balanceAfter: number
) => ({ journalId, organizationId, kind, amount, seq, balanceAfter })
