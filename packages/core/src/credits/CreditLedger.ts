import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Ids } from "../envelope/Ids.ts"
import type { OrganizationId } from "../identity/Actor.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import { type Debt, reinstatementEntries, repay, repaying, reversalEntries } from "./Debt.ts"
import {
  captureEntries,
  captureSplit,
  fillSplit,
  grantEntries,
  type Hold,
  nothing,
  releaseEntries,
  reserveEntries
} from "./Hold.ts"
import { type Entries, type Journal, type JournalKind, post } from "./Journal.ts"
import { LedgerStore } from "./LedgerStore.ts"
import type { PolicyNote } from "./SpendPolicy.ts"

/** Not enough credits for a hold. Nothing was written. */
export class InsufficientCredits extends Data.TaggedError("InsufficientCredits")<{
  readonly required: number
  readonly remaining: number
}> {}

/** A reservation lives this long without progress (contract/api.md 4.4). */
export const holdLifetime = Duration.minutes(15)

export interface HoldRequest {
  readonly organizationId: OrganizationId
  readonly jobId: string
  readonly credits: number
  readonly traceId: string
  /** By which rule of which policy it is allowed; null where none applies. */
  readonly policy?: PolicyNote | null
}

/** A movement of bought credits. `paymentId` is whose money it was; `key` makes it happen once. */
export interface PaidMovement {
  readonly organizationId: OrganizationId
  readonly paymentId: string
  readonly key: string
  readonly credits: number
  readonly traceId: string
}

/**
 * The double-entry ledger: grants, holds that end in a capture or a release, and reversals of what was bought. Every
 * method is one transaction, or part of the caller's; whatever belongs to a movement is written in the same one. Paid
 * credits that come free, by whatever movement, first repay what is owed.
 */
export class CreditLedger extends Context.Service<
  CreditLedger,
  {
    /** Gives preview credits once for `key`, however often it is called; true when this call gave them. */
    grantPreview(input: {
      readonly organizationId: OrganizationId
      readonly key: string
      readonly credits: number
      readonly traceId: string
    }): Effect.Effect<boolean, StoreUnavailable>
    /** Gives bought credits, and says what is left of paid credits then. The caller has made sure that it is once. */
    grantPaid(movement: PaidMovement): Effect.Effect<{ readonly balanceAfter: number }, StoreUnavailable>
    /** Takes bought credits back: what is free now, and the rest as a debt. */
    reverse(
      kind: "payment_backed_refund" | "payment_backed_dispute",
      movement: PaidMovement
    ): Effect.Effect<{ readonly taken: number; readonly owed: number }, StoreUnavailable>
    /** Gives back what a reversal took: its debt first. `canceled` is the debt that went. */
    reinstate(movement: PaidMovement): Effect.Effect<{ readonly canceled: number }, StoreUnavailable>
    /** Reserves credits before they are spent, preview first. */
    hold(request: HoldRequest): Effect.Effect<Hold, StoreUnavailable | InsufficientCredits>
    /** Spends at most what was held and gives the rest back. A hold that is no longer open is left as it is. */
    capture(holdId: string, credits: number, traceId: string): Effect.Effect<Hold, StoreUnavailable>
    /** Gives everything back. */
    release(holdId: string, traceId: string, as?: "released" | "expired"): Effect.Effect<Hold, StoreUnavailable>
  }
>()("core/credits/CreditLedger") {
  static readonly layer = Layer.effect(
    CreditLedger,
    Effect.gen(function* () {
      const rows = yield* LedgerStore
      const store = yield* Store
      const ids = yield* Ids

      const write = Effect.fnUntraced(function* (
        kind: JournalKind,
        input: {
          readonly organizationId: OrganizationId
          readonly key: string
          readonly reference: string
          readonly traceId: string
          readonly policy?: PolicyNote
        },
        entries: Entries
      ) {
        const journal: Journal = {
          id: yield* ids.next("journal"),
          kind,
          at: DateTime.formatIso(yield* DateTime.now),
          ...input
        }
        const accounts = yield* rows.accounts(input.organizationId)
        const { entries: all, repaid } = repaying(entries, accounts)
        // The callers check balances before they post, inside the same transaction: a fault here is a bug of ours.
        const postings = yield* Effect.orDie(Effect.fromResult(post(journal, all, accounts)))
        yield* rows.append(journal, postings)
        if (repaid > 0)
          yield* Effect.forEach(repay(yield* rows.debts(input.organizationId), repaid), rows.setDebt, { discard: true })
      })

      const debtOf = Effect.fnUntraced(function* ({ organizationId, paymentId }: PaidMovement) {
        const debts = yield* rows.debts(organizationId)
        const none: Debt = { organizationId, paymentId, owed: 0 }
        return debts.find((debt) => debt.paymentId === paymentId) ?? none
      })

      const grantPaid = Effect.fn("CreditLedger.grantPaid")(function* (movement: PaidMovement) {
        yield* write("payment_backed_grant", journalOf(movement), grantEntries("paid", movement.credits))
        const accounts = yield* rows.accounts(movement.organizationId)
        return { balanceAfter: accounts.find(({ kind }) => kind === "paid:available")?.balance ?? 0 }
      }, store.transaction)

      const reverse = Effect.fn("CreditLedger.reverse")(function* (
        kind: "payment_backed_refund" | "payment_backed_dispute",
        movement: PaidMovement
      ) {
        const accounts = yield* rows.accounts(movement.organizationId)
        const { entries, owed, taken } = reversalEntries(movement.credits, accounts)
        const debt = yield* debtOf(movement)
        if (owed > 0) yield* rows.setDebt({ ...debt, owed: debt.owed + owed })
        yield* write(kind, journalOf(movement), entries)
        return { taken, owed }
      }, store.transaction)

      const reinstate = Effect.fn("CreditLedger.reinstate")(function* (movement: PaidMovement) {
        const debt = yield* debtOf(movement)
        const { canceled, entries } = reinstatementEntries(movement.credits, debt.owed)
        if (canceled > 0) yield* rows.setDebt({ ...debt, owed: debt.owed - canceled })
        yield* write("payment_backed_reinstatement", journalOf(movement), entries)
        return { canceled }
      }, store.transaction)

      const grantPreview = Effect.fn("CreditLedger.grantPreview")(function* (input: {
        readonly organizationId: OrganizationId
        readonly key: string
        readonly credits: number
        readonly traceId: string
      }) {
        if (Option.isSome(yield* rows.journalByKey(input.key))) return false
        const { key, organizationId, traceId } = input
        yield* write(
          "preview_grant",
          { organizationId, key, reference: organizationId, traceId },
          grantEntries("preview", input.credits)
        )
        return true
      }, store.transaction)

      const hold = Effect.fn("CreditLedger.hold")(function* (request: HoldRequest) {
        const { credits, jobId, organizationId, traceId } = request
        const policy = request.policy ?? null
        const accounts = yield* rows.accounts(organizationId)
        const held = fillSplit(credits, accounts)
        if (held === null) {
          const available = accounts.filter(({ kind }) => kind === "preview:available" || kind === "paid:available")
          const remaining = available.reduce((total, { balance }) => total + balance, 0)
          return yield* new InsufficientCredits({ required: credits, remaining })
        }
        const id = yield* ids.next("hold")
        const expiresAt = DateTime.formatIso(DateTime.addDuration(yield* DateTime.now, holdLifetime))
        const opened: Hold = { id, organizationId, jobId, held, captured: nothing, state: "open", expiresAt }
        yield* rows.insertHold(opened)
        yield* write(
          "operation_reserve",
          { organizationId, key: reserveKey(id), reference: id, traceId, ...(policy === null ? {} : { policy }) },
          reserveEntries(held)
        )
        return opened
      }, store.transaction)

      const open = (id: string) =>
        Effect.flatMap(
          rows.hold(id),
          Option.match({
            onNone: () => Effect.die(`hold ${id} does not exist`),
            onSome: Effect.succeed
          })
        )

      const capture = Effect.fn("CreditLedger.capture")(function* (holdId: string, credits: number, traceId: string) {
        const current = yield* open(holdId)
        if (current.state !== "open") return current
        const captured = captureSplit(current.held, credits)
        const closed: Hold = { ...current, captured, state: "captured" }
        yield* rows.closeHold(closed)
        yield* write(
          "operation_capture",
          { organizationId: current.organizationId, key: `close:${holdId}`, reference: holdId, traceId },
          captureEntries(current.held, captured)
        )
        return closed
      }, store.transaction)

      const release = Effect.fn("CreditLedger.release")(function* (
        holdId: string,
        traceId: string,
        as: "released" | "expired" = "released"
      ) {
        const current = yield* open(holdId)
        if (current.state !== "open") return current
        const closed: Hold = { ...current, state: as }
        yield* rows.closeHold(closed)
        yield* write(
          "operation_release",
          { organizationId: current.organizationId, key: `close:${holdId}`, reference: holdId, traceId },
          releaseEntries(current.held)
        )
        return closed
      }, store.transaction)

      return CreditLedger.of({ grantPreview, grantPaid, reverse, reinstate, hold, capture, release })
    })
  )
}

/** The key of the journal that made a hold. */
export const reserveKey = (holdId: string): string => `reserve:${holdId}`

const journalOf = ({ key, organizationId, paymentId, traceId }: PaidMovement) => ({
  organizationId,
  key,
  reference: paymentId,
  traceId
})
