import { assert } from "@effect/vitest"
import { type ActivityEvent, noLinks } from "@image-skill/core/activity/ActivityEvent"
import type { AccountKind } from "@image-skill/core/credits/Account"
import { checkCredits } from "@image-skill/core/credits/CheckCredits"
import { CreditLedger } from "@image-skill/core/credits/CreditLedger"
import { grantEntries, type Hold, sum } from "@image-skill/core/credits/Hold"
import { type Journal, post } from "@image-skill/core/credits/Journal"
import { type LedgerDump, LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { Ids } from "@image-skill/core/envelope/Ids"
import type { OrganizationId } from "@image-skill/core/identity/Actor"
import { Store } from "@image-skill/core/store/Store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { event } from "../activity/EventSample.ts"

/**
 * The ledger over rows that let every other fiber go first each time they were read, so that whatever is not done in one
 * transaction is done in a muddle.
 */
export const contendedLedger = <E>(layer: Layer.Layer<Store | LedgerStore | Ids, E>) =>
  CreditLedger.layer.pipe(Layer.provideMerge(contendedRows), Layer.provideMerge(layer))

const contendedRows = Layer.effect(
  LedgerStore,
  Effect.map(LedgerStore, (rows) => ({
    ...rows,
    accounts: (organizationId) => Effect.tap(rows.accounts(organizationId), Effect.yieldNow),
    journalByKey: (key) => Effect.tap(rows.journalByKey(key), Effect.yieldNow),
    hold: (id) => Effect.tap(rows.hold(id), Effect.yieldNow)
  }))
)

/** Every row of the ledger, once all invariants are found to hold. */
export const provedDump = Effect.gen(function* () {
  const ledger = yield* LedgerStore
  const dump = yield* ledger.dump
  assert.deepStrictEqual(checkCredits(dump, consumedEvents(dump)), [])
  return dump
})

/** What an organization's accounts say, once all invariants are found to hold. Accounts at zero are left out. */
export const provedBalances = (organizationId: OrganizationId) =>
  Effect.map(provedDump, ({ accounts }): { readonly [K in AccountKind]?: number } =>
    Object.fromEntries(
      accounts
        .filter((account) => account.organizationId === organizationId && account.balance !== 0)
        .map(({ balance, kind }) => [kind, balance])
    )
  )

/** The events that jobs write with their captures (invariant 18); the ledger alone writes none. */
export const consumedEvents = ({ holds }: LedgerDump): ReadonlyArray<ActivityEvent> =>
  holds.filter(tookSomething).map(({ captured, id, jobId, organizationId }) =>
    event(`of_${id}`, {
      organizationId,
      type: "usage.credit_consumed",
      links: { ...noLinks, jobId },
      cost: { estimatedUsd: null, credits: sum(captured) }
    })
  )

const tookSomething = ({ captured, state }: Hold): boolean => state === "captured" && sum(captured) > 0

/** Credits that were bought, as a payment will write them. */
export const grantPaid = Effect.fnUntraced(function* (organizationId: OrganizationId, credits: number) {
  const ledger = yield* LedgerStore
  const store = yield* Store
  const id = yield* Effect.flatMap(Ids, (ids) => ids.next("journal"))
  const journal: Journal = {
    id,
    organizationId,
    key: `paid:${id}`,
    kind: "preview_grant",
    reference: "payment",
    traceId: "trace_paid",
    at: "2026-01-02T03:04:05.678Z"
  }
  const write = Effect.gen(function* () {
    const accounts = yield* ledger.accounts(organizationId)
    const postings = yield* Effect.orDie(Effect.fromResult(post(journal, grantEntries("paid", credits), accounts)))
    yield* ledger.append(journal, postings)
  })
  yield* store.transaction(write)
})
