import type { Account } from "@image-skill/core/credits/Account"
import type { Debt } from "@image-skill/core/credits/Debt"
import { type Hold, sum } from "@image-skill/core/credits/Hold"
import type { Posting } from "@image-skill/core/credits/Journal"
import { type LedgerDump, LedgerStore } from "@image-skill/core/credits/LedgerStore"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { conflict, MemoryStore } from "../store/MemoryStore.ts"

export const layer: Layer.Layer<LedgerStore, never, MemoryStore> = Layer.effect(
  LedgerStore,
  Effect.map(MemoryStore, ({ cell }) => {
    const rows = cell<LedgerDump>({ accounts: [], journals: [], postings: [], holds: [], debts: [] })
    return LedgerStore.of({
      accounts: (organizationId) =>
        Effect.map(rows.get, ({ accounts }) => accounts.filter((account) => account.organizationId === organizationId)),
      journalByKey: (key) =>
        Effect.map(rows.get, ({ journals }) => Array.findFirst(journals, (journal) => journal.key === key)),
      append: (journal, postings) =>
        rows.modify((dump) => {
          if (dump.journals.some(({ id, key }) => id === journal.id || key === journal.key))
            return conflict("the journal")
          if (postings.some((posting) => dump.postings.some(isAtPlaceOf(posting)))) return conflict("the posting")
          const next = {
            ...dump,
            journals: [...dump.journals, journal],
            postings: [...dump.postings, ...postings],
            accounts: [
              ...dump.accounts.filter((account) => !postings.some(isFor(account))),
              ...postings.map(accountAfter)
            ]
          }
          return Result.succeed([undefined, next])
        }),
      insertHold: (hold) =>
        rows.modify((dump) =>
          dump.holds.some(({ id }) => id === hold.id)
            ? conflict("the hold")
            : Result.succeed([undefined, { ...dump, holds: [...dump.holds, hold] }])
        ),
      hold: (id) => Effect.map(rows.get, ({ holds }) => Array.findFirst(holds, (hold) => hold.id === id)),
      closeHold: (hold) =>
        rows.modify((dump) => {
          const isOpen = dump.holds.some(({ id, state }) => id === hold.id && state === "open")
          const holds = dump.holds.map((row) => (isOpen && row.id === hold.id ? hold : row))
          return Result.succeed([isOpen, { ...dump, holds }])
        }),
      expiredHolds: (now, limit) =>
        Effect.map(rows.get, ({ holds }) =>
          holds
            .filter(({ expiresAt, state }) => state === "open" && expiresAt <= now)
            .toSorted((left, right) => (left.expiresAt < right.expiresAt ? -1 : 1))
            .slice(0, limit)
        ),
      debts: (organizationId) =>
        Effect.map(rows.get, ({ debts }) => debts.filter((debt) => debt.organizationId === organizationId)),
      setDebt: (debt) =>
        rows.update((dump) => {
          const isKnown = dump.debts.some(isOfSamePaymentAs(debt))
          const debts = dump.debts.map((row) => (isOfSamePaymentAs(debt)(row) ? debt : row))
          return { ...dump, debts: [...debts, ...(isKnown ? [] : [debt])].filter(({ owed }) => owed > 0) }
        }),
      heldSince: (organizationId, since) =>
        Effect.map(rows.get, ({ holds, journals }) => {
          const counted = new Set(
            journals
              .filter(
                (journal) =>
                  journal.kind === "operation_reserve" &&
                  journal.at >= since &&
                  (organizationId === null || journal.organizationId === organizationId)
              )
              .map(({ reference }) => reference)
          )
          return holds.filter(({ id }) => counted.has(id)).reduce((total, hold) => total + spent(hold), 0)
        }),
      dump: rows.get
    })
  })
)

const isAtPlaceOf = (posting: Posting) => (other: Posting) =>
  other.organizationId === posting.organizationId && other.kind === posting.kind && other.seq === posting.seq

const isOfSamePaymentAs = (debt: Debt) => (other: Debt) =>
  other.organizationId === debt.organizationId && other.paymentId === debt.paymentId

const isFor = (account: Account) => (posting: Posting) =>
  posting.organizationId === account.organizationId && posting.kind === account.kind

const accountAfter = ({ balanceAfter, kind, organizationId, seq }: Posting): Account => ({
  organizationId,
  kind,
  balance: balanceAfter,
  seq
})

const spent = ({ captured, held, state }: Hold): number =>
  state === "open" ? sum(held) : state === "captured" ? sum(captured) : 0
