import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { OrganizationId } from "../identity/Actor.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Account } from "./Account.ts"
import type { Debt } from "./Debt.ts"
import type { Hold } from "./Hold.ts"
import type { Journal, Posting } from "./Journal.ts"

/** Everything the ledger wrote, for `checkLedger`. */
export interface LedgerDump {
  readonly accounts: ReadonlyArray<Account>
  readonly journals: ReadonlyArray<Journal>
  readonly postings: ReadonlyArray<Posting>
  readonly holds: ReadonlyArray<Hold>
  readonly debts: ReadonlyArray<Debt>
}

/** The rows of the ledger. Rules live in `CreditLedger`; this port only keeps what it is given. */
export class LedgerStore extends Context.Service<
  LedgerStore,
  {
    /** The accounts of an organization, locked until the transaction ends. Accounts without postings are absent. */
    accounts(organizationId: OrganizationId): Effect.Effect<ReadonlyArray<Account>, StoreUnavailable>
    journalByKey(key: string): Effect.Effect<Option.Option<Journal>, StoreUnavailable>
    /** Adds the journal and its postings and sets the balances that the postings state. */
    append(journal: Journal, postings: ReadonlyArray<Posting>): Effect.Effect<void, StoreUnavailable>
    insertHold(hold: Hold): Effect.Effect<void, StoreUnavailable>
    hold(id: string): Effect.Effect<Option.Option<Hold>, StoreUnavailable>
    /** Writes the new state of a hold that is still open; false when it is not. */
    closeHold(hold: Hold): Effect.Effect<boolean, StoreUnavailable>
    /** Open holds past their time, oldest first. */
    expiredHolds(now: string, limit: number): Effect.Effect<ReadonlyArray<Hold>, StoreUnavailable>
    /** What an organization still owes, oldest first; debts of zero are absent. */
    debts(organizationId: OrganizationId): Effect.Effect<ReadonlyArray<Debt>, StoreUnavailable>
    /** Writes what is owed for one payment; a debt keeps its place in the order, and one of zero is gone. */
    setDebt(debt: Debt): Effect.Effect<void, StoreUnavailable>
    /** Credits of holds made since an instant that are reserved or were captured; null counts every organization. */
    heldSince(organizationId: OrganizationId | null, since: string): Effect.Effect<number, StoreUnavailable>
    readonly dump: Effect.Effect<LedgerDump, StoreUnavailable>
  }
>()("core/credits/LedgerStore") {}
