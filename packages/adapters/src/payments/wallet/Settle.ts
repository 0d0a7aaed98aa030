import { atomicOf, baseChainId, isAddress, sameAddress, usdcAddress } from "@image-skill/core/payments/BaseUsdc"
import {
  endOf,
  expiryMarginSeconds,
  objections,
  type PayableAttempt
} from "@image-skill/core/payments/PayableInstructions"
import { policyObjections } from "@image-skill/core/payments/WalletPolicy"
import type { HttpTransport } from "@image-skill/core/service/HttpTransport"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { nonceOf } from "./Authorization.ts"
import * as BaseChain from "./BaseChain.ts"
import * as JsonRpc from "./JsonRpc.ts"
import { isLocal } from "./LocalNode.ts"
import { refused, type SettleOutcome } from "./SettleOutcome.ts"
import type { Payment, Run, SettleInput, SignedEntry } from "./SettleRun.ts"
import { broadcast, signAndRecord } from "./SettleSend.ts"
import { type Awaiting, untilDeep, untilSpentDeep } from "./SettleWait.ts"
import type { WalletFailed } from "./WalletFailed.ts"
import type { Entry } from "./WalletJournal.ts"

/**
 * Pays a deposit with USDC of the wallet, at most once however often and in however many places it is run (EIP-3009, with a
 * nonce that is derived from the attempt). It asks the chain before it signs, reserves the amount before it signs, and has
 * the signed bytes on the disk before it sends them. Fails only where nothing was signed or sent.
 */
export const settle = Effect.fn("Settle.settle")(function* (
  input: SettleInput
): Effect.fn.Return<SettleOutcome, WalletFailed, HttpTransport> {
  const chain = BaseChain.make(yield* JsonRpc.make(input.rpcUrl))
  const run: Run = {
    ...input,
    chain,
    isLocalChain: isLocal(input.rpcUrl),
    step: input.onStep ?? (() => Effect.void)
  }
  return yield* attempted(run).pipe(
    Effect.catchTag("ChainFailed", ({ message }) =>
      Effect.map(sentBy(run), (transaction): SettleOutcome => ({ _tag: "Unknown", message, transaction }))
    )
  )
})

/** What this machine may have sent, whatever went wrong then. */
const sentBy = ({ attemptId, journal }: Run) =>
  Effect.map(Effect.option(journal.read(attemptId)), (read) => {
    const entry = Option.getOrNull(Option.flatten(read))
    return entry?.signed?.hash ?? null
  })

const attempted = Effect.fnUntraced(function* (run: Run) {
  const chainId = yield* run.chain.chainId
  if (chainId !== baseChainId) {
    return refused("other_chain", `the node is on chain ${chainId}, and Base is ${baseChainId}`)
  }
  const begun = yield* Effect.scoped(begin(run))
  return begun._tag === "Wait" ? yield* begun.wait : begun.outcome
})

type Begun =
  | { readonly _tag: "Done"; readonly outcome: SettleOutcome }
  | { readonly _tag: "Wait"; readonly wait: Awaiting }

const done = (outcome: SettleOutcome): Begun => ({ _tag: "Done", outcome })
const wait = (waiting: Awaiting): Begun => ({ _tag: "Wait", wait: waiting })

/** Alone with the wallet: goes on with what was begun before, or begins. */
const begin = Effect.fnUntraced(function* (run: Run) {
  yield* run.journal.hold
  const entry = Option.getOrNull(yield* run.journal.read(run.attemptId))
  if (entry !== null && entry.signed !== null) return yield* resumed(run, { ...entry, signed: entry.signed })
  // It was found in the chain before. Whatever the service says now, it is not paid again.
  if (entry?.state === "confirmed") return wait(untilSpentDeep(run, entry))
  return yield* fresh(run, entry)
})

/** There is a signed transaction. The same bytes go out again, unless it is proven that they can move nothing. */
const resumed = Effect.fnUntraced(function* (run: Run, entry: SignedEntry) {
  const { chain } = run
  const { authorizationNonce, from, signed } = entry
  const receipt = yield* chain.receipt(signed.hash)
  if (receipt?.succeeded === true) return wait(untilDeep(run, entry))
  const latest = yield* chain.latest
  if (yield* chain.isSpent(from, authorizationNonce, latest.number)) return wait(untilSpentDeep(run, entry))
  const isOver = latest.timestamp >= signed.validBefore
  const isTaken = receipt !== null || (yield* chain.accountNonce(signed.sender, "latest")) > signed.nonce
  if (!isOver && !isTaken) {
    yield* broadcast(run, entry)
    return wait(untilDeep(run, entry))
  }
  // Who saw the signature may still use it until its time is over, so nothing but the same may be signed meanwhile.
  if (!isOver && !isSame(run, entry)) return done({ _tag: "Pending", transaction: signed.hash })
  const ended: Entry = { ...entry, state: receipt === null ? "superseded" : "reverted" }
  yield* run.journal.write(ended)
  return yield* fresh(run, ended)
})

/** The same account would pay the same amount to the same payee: the token lets only one of them happen. */
const isSame = ({ attempt, attemptId, wallet }: Run, entry: Entry): boolean => {
  const payment = paymentOf(attempt)
  return (
    payment !== null &&
    sameAddress(entry.from, wallet.authorizer.address) &&
    nonceOf(attemptId, payment.to, payment.amount) === entry.authorizationNonce
  )
}

/** Nothing of this machine can pay the attempt now. */
const fresh = Effect.fnUntraced(function* (run: Run, earlier: Entry | null) {
  const { attempt, attemptId, chain, wallet } = run
  const from = wallet.authorizer.address
  const now = yield* DateTime.now
  const payment = paymentOf(attempt)
  const intent = payment === null ? null : intentOf(run, payment, now, earlier)
  // Before all else: another run, or this machine before it lost its memory, may have paid.
  if (intent !== null) {
    const { number } = yield* chain.latest
    if (yield* chain.isSpent(from, intent.authorizationNonce, number)) return wait(untilSpentDeep(run, intent))
  }
  const against = objections(attempt, { attemptId, now, from, isLocalChain: run.isLocalChain })
  if (against.some(({ code }) => code === "already_paid")) return done({ _tag: "AlreadyPaid", transaction: null })
  if (against.some(({ code }) => code === "attempt_expired")) return done({ _tag: "AttemptExpired" })
  if (against.length > 0 || intent === null) return done({ _tag: "Refused", reasons: against })
  return yield* payAnew(run, intent, now)
})

/** To whom and how much, where that can be read at all. */
const paymentOf = ({ instructions, priceCents }: PayableAttempt): Payment | null => {
  const to = instructions?.depositAddress ?? ""
  if (!isAddress(to) || priceCents === null || !Number.isSafeInteger(priceCents) || priceCents <= 0) return null
  return { to, amount: atomicOf(priceCents), cents: priceCents }
}

const intentOf = (
  { attemptId, origin, wallet }: Run,
  { amount, cents, to }: Payment,
  now: DateTime.Utc,
  earlier: Entry | null
): Entry => ({
  version: 1,
  attemptId,
  state: "intent",
  from: wallet.authorizer.address,
  to,
  amount,
  cents,
  origin,
  authorizationNonce: nonceOf(attemptId, to, amount),
  reservedAt: DateTime.toEpochMillis(now),
  signed: null,
  earlier: [
    ...(earlier?.earlier ?? []),
    ...(earlier?.signed === undefined || earlier.signed === null ? [] : [earlier.signed.hash])
  ]
})

const payAnew = Effect.fnUntraced(function* (run: Run, intent: Entry, now: DateTime.Utc) {
  const { attempt, attemptId, chain, journal, origin, policy, wallet } = run
  const { amount, authorizationNonce, cents, from, to } = intent
  const { day, month } = yield* journal.reserved(attemptId)
  const forbidden = policyObjections(policy, {
    attemptId,
    cents,
    origin,
    chainId: baseChainId,
    token: usdcAddress,
    spentDayCents: day,
    spentMonthCents: month
  })
  if (forbidden.length > 0) return done({ _tag: "PolicyRefused", objections: forbidden })
  if (wallet.sender === null) return done(refused("no_gas_key", "the external signer has no key beside it for the fee"))
  const held = yield* chain.usdcOf(from)
  if (held < amount) return done({ _tag: "InsufficientUsdc", held, needed: amount })
  yield* run.step("unreserved")
  yield* journal.write(intent)
  yield* run.step("reserved")
  const validBefore = limitOf(attempt, now)
  const authorization = { from, to, value: amount, validAfter: 0n, validBefore, nonce: authorizationNonce }
  const recorded = yield* signAndRecord(run, wallet.sender, intent, authorization)
  if (recorded._tag === "Stopped") {
    // Another run may have been faster since the chain was asked.
    const { number } = yield* chain.latest
    const isSpent = yield* chain.isSpent(from, authorizationNonce, number)
    return isSpent ? wait(untilSpentDeep(run, intent)) : done(recorded.outcome)
  }
  yield* run.step("signed")
  yield* broadcast(run, recorded.entry)
  return wait(untilDeep(run, recorded.entry))
})

const longestSeconds = 600

/** Seconds since 1970 from which on the payment must not happen any more. */
const limitOf = (attempt: PayableAttempt, now: DateTime.Utc): bigint => {
  const longest = seconds(now) + BigInt(longestSeconds)
  const end = endOf(attempt)
  const last = end === null ? longest : seconds(end) - BigInt(expiryMarginSeconds)
  return last < longest ? last : longest
}

const seconds = (time: DateTime.Utc): bigint => BigInt(Math.floor(DateTime.toEpochMillis(time) / 1_000))
