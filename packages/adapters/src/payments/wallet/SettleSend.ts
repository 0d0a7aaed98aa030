import { baseChainId, type Hex, usdcAddress } from "@image-skill/core/payments/BaseUsdc"
import * as Effect from "effect/Effect"
import { keccak256 } from "viem/utils"
import { type Authorization, transferCall } from "./Authorization.ts"
import type { ChainFailed } from "./JsonRpc.ts"
import { refused, type SettleOutcome } from "./SettleOutcome.ts"
import type { Run, SignedEntry } from "./SettleRun.ts"
import type { WalletFailed } from "./WalletFailed.ts"
import type { Entry } from "./WalletJournal.ts"
import type { Sender, TokenTransaction } from "./WalletSigners.ts"

export type Recorded =
  | { readonly _tag: "Recorded"; readonly entry: SignedEntry }
  /** Nothing was signed that anybody has; the amount is free again. */
  | { readonly _tag: "Stopped"; readonly outcome: SettleOutcome }

/** Signs what was reserved, and has it on the disk before anybody else can have it. */
export const signAndRecord = (
  run: Run,
  sender: Sender,
  reserved: Entry,
  authorization: Authorization
): Effect.Effect<Recorded, ChainFailed | WalletFailed> => {
  const free = run.journal.write({ ...reserved, state: "superseded" })
  return Effect.gen(function* () {
    const signature = yield* run.wallet.authorizer.authorize(authorization)
    const planned = yield* plan(run, sender.address, transferCall(authorization, signature))
    if (planned._tag === "Stopped") {
      yield* free
      return planned
    }
    const raw = yield* sender.sign(planned.transaction)
    const entry = {
      ...reserved,
      state: "signed",
      signed: {
        hash: keccak256(raw),
        raw,
        sender: sender.address,
        nonce: planned.transaction.nonce,
        validBefore: authorization.validBefore
      }
    } satisfies SignedEntry
    yield* run.journal.write(entry)
    return { _tag: "Recorded", entry } as const
  }).pipe(Effect.onError(() => Effect.ignore(free)))
}

type Planned =
  | { readonly _tag: "Planned"; readonly transaction: TokenTransaction }
  | { readonly _tag: "Stopped"; readonly outcome: SettleOutcome }

/** A transaction that the token accepts and the account can pay. */
const plan = Effect.fnUntraced(function* (
  { chain, journal }: Run,
  sender: Hex,
  data: Hex
): Effect.fn.Return<Planned, ChainFailed | WalletFailed> {
  const used = yield* chain
    .gasOf(sender, data)
    .pipe(
      Effect.catchTag("ChainFailed", (error) =>
        error.reason === "reverted" || error.reason === "no_funds" ? Effect.succeed(error.reason) : Effect.fail(error)
      )
    )
  if (used === "reverted") {
    return { _tag: "Stopped", outcome: refused("reverted", "the token would refuse the payment") }
  }
  const held = yield* chain.etherOf(sender)
  const { baseFee } = yield* chain.latest
  const tip = yield* chain.tip
  // Enough for a few blocks that are each an eighth dearer.
  const maxFeePerGas = baseFee * 2n + tip
  // What is left of the limit is not paid for.
  const gas = used === "no_funds" ? usualGas : (used * 13n) / 10n
  const needed = gas * maxFeePerGas + (yield* chain.dataFee(data))
  if (used === "no_funds" || held < needed) {
    return { _tag: "Stopped", outcome: { _tag: "InsufficientGas", held, needed } }
  }
  const waiting = (yield* journal.underWay)
    .flatMap(({ signed }) => (signed === null || signed.sender.toLowerCase() !== sender.toLowerCase() ? [] : [signed]))
    .map(({ nonce }) => nonce + 1)
  // Two payments of one account must not have one number; what this machine signed and no node has yet has its own.
  const nonce = Math.max(yield* chain.accountNonce(sender, "pending"), ...waiting)
  return {
    _tag: "Planned",
    transaction: { chainId: baseChainId, to: usdcAddress, data, nonce, gas, maxFeePerGas, maxPriorityFeePerGas: tip }
  }
})

/** More than `transferWithAuthorization` needs: 83,000 were measured. */
export const usualGas = 110_000n

/**
 * Sends the bytes of an entry. Whatever the node says, the transaction may be on its way, so nothing here decides how the
 * payment ends.
 */
export const broadcast = Effect.fnUntraced(function* ({ chain, journal, step }: Run, entry: SignedEntry) {
  const isTaken = yield* chain.broadcast(entry.signed.raw).pipe(
    Effect.as(true),
    Effect.catchTag("ChainFailed", ({ reason }) => Effect.succeed(reason === "known"))
  )
  yield* step("sent")
  // That it was sent is good to know, and no condition of anything.
  if (isTaken) yield* Effect.ignore(journal.write({ ...entry, state: "broadcast" }))
  yield* step("recorded")
})
