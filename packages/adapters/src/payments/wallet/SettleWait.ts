import type { Hex } from "@image-skill/core/payments/BaseUsdc"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { ChainFailed } from "./JsonRpc.ts"
import { paidIn, refused, type SettleOutcome } from "./SettleOutcome.ts"
import { depth, type Run, type SignedEntry } from "./SettleRun.ts"
import type { Entry, State } from "./WalletJournal.ts"

export type Awaiting = Effect.Effect<SettleOutcome, ChainFailed>

/** Looks again and again until there is an outcome, or the time for waiting is up. A node may fail to answer meanwhile. */
const looking = Effect.fnUntraced(function* (
  { pollMs, waitMs }: Run,
  look: Effect.Effect<SettleOutcome | null, ChainFailed>,
  unfinished: SettleOutcome
) {
  const deadline = (yield* Clock.currentTimeMillis) + waitMs
  let left = waitMs
  let looked: Result.Result<SettleOutcome | null, ChainFailed>
  do {
    looked = yield* Effect.result(look)
    if (Result.isSuccess(looked) && looked.success !== null) return looked.success
    left = deadline - (yield* Clock.currentTimeMillis)
    if (left > 0) yield* Effect.sleep(Duration.millis(Math.min(pollMs, left)))
  } while (left > 0)
  return Result.isFailure(looked) ? yield* looked.failure : unfinished
})

/** Waits for a transaction of ours, until it is deep enough in the chain or proven to move nothing. */
export const untilDeep = (run: Run, entry: SignedEntry): Awaiting =>
  looking(run, lookFor(run, entry), { _tag: "Pending", transaction: entry.signed.hash })

const lookFor = Effect.fnUntraced(function* (run: Run, entry: SignedEntry) {
  const { chain } = run
  const { authorizationNonce, from, signed } = entry
  const receipt = yield* chain.receipt(signed.hash)
  const latest = yield* chain.latest
  if (receipt?.succeeded === true) {
    if (latest.number - receipt.blockNumber + 1n < depth) return null
    // A block may have been replaced meanwhile: only what is read again, at this depth, counts.
    const again = yield* chain.receipt(signed.hash)
    if (again?.blockHash !== receipt.blockHash || !again.succeeded) return null
    yield* note(run, entry, "confirmed")
    return { _tag: "Paid", transaction: paidIn(signed.hash, receipt.blockNumber) } as const
  }
  if (yield* chain.isSpent(from, authorizationNonce, latest.number)) {
    return asOurs(entry, yield* lookForSpent(run, entry))
  }
  if (receipt !== null) return yield* reverted(run, entry, latest.timestamp)
  if (latest.timestamp >= signed.validBefore) {
    yield* note(run, entry, "superseded")
    return { _tag: "AttemptExpired" } as const
  }
  // A node may have forgotten it, or a reorganisation took it away: the same bytes again.
  if (!(yield* chain.isKnown(signed.hash))) yield* Effect.ignore(chain.broadcast(signed.raw))
  return null
})

/** A node may know that it is paid before it has the receipt: what paid it is this very transaction all the same. */
const asOurs = ({ signed }: SignedEntry, outcome: SettleOutcome | null): SettleOutcome | null =>
  outcome?._tag === "AlreadyPaid" && outcome.transaction?.hash === signed.hash
    ? { _tag: "Paid", transaction: outcome.transaction }
    : outcome

/** It was mined and moved nothing: the amount is free again. */
const reverted = Effect.fnUntraced(function* (run: Run, entry: SignedEntry, timestamp: bigint) {
  yield* note(run, entry, "reverted")
  if (timestamp >= entry.signed.validBefore) return { _tag: "AttemptExpired" } as const
  const held = yield* run.chain.usdcOf(entry.from)
  return held < entry.amount
    ? ({ _tag: "InsufficientUsdc", held, needed: entry.amount } as const)
    : refused("reverted", "the token refused the payment; nothing was paid")
})

/** Writes down how a transaction ended, unless another run has gone on to a later one. */
const note = (run: Run, entry: SignedEntry, state: State) =>
  Effect.gen(function* () {
    yield* run.journal.hold
    const now = Option.getOrNull(yield* run.journal.read(entry.attemptId))
    if (now?.signed?.hash === entry.signed.hash) yield* run.journal.write({ ...now, state })
  }).pipe(Effect.scoped, Effect.ignore)

/** Waits for a transaction of somebody else who had the same authorization: another run, or an earlier one. */
export const untilSpentDeep = (run: Run, entry: Entry): Awaiting =>
  looking(run, lookForSpent(run, entry), { _tag: "Pending", transaction: null })

const lookForSpent = Effect.fnUntraced(function* (run: Run, entry: Entry) {
  const { chain } = run
  const { authorizationNonce, from } = entry
  const latest = yield* chain.latest
  const deep = latest.number - depth + 1n
  if (deep < 0n || !(yield* chain.isSpent(from, authorizationNonce, deep))) {
    return (yield* chain.isSpent(from, authorizationNonce, latest.number)) ? null : vanished
  }
  const spent = yield* chain.spentIn(from, authorizationNonce, latest.number)
  if (spent?.isCanceled === true) {
    return refused("authorization_canceled", "the wallet's owner canceled the authorization; nothing was paid")
  }
  yield* remember(run, entry, spent?.transaction ?? null)
  return {
    _tag: "AlreadyPaid",
    transaction: spent === null ? null : paidIn(spent.transaction, spent.blockNumber)
  } as const
})

/** What was spent a moment ago is not any more. */
const vanished: SettleOutcome = {
  _tag: "Unknown",
  message: "the payment was in the chain and is not any more",
  transaction: null
}

/** This machine knows now that it is paid, so that it is never paid again and its amount stays in the budget. */
const remember = (run: Run, entry: Entry, by: Hex | null) =>
  Effect.gen(function* () {
    yield* run.journal.hold
    const known = Option.getOrElse(yield* run.journal.read(entry.attemptId), () => entry)
    if (known.state === "confirmed") return
    const earlier = by === null || known.earlier.includes(by) ? known.earlier : [...known.earlier, by]
    yield* run.journal.write({ ...known, state: "confirmed", earlier })
  }).pipe(Effect.scoped, Effect.ignore)
