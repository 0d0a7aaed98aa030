import type * as DateTime from "effect/DateTime"
import { atomicOf, baseChainId, decimalOf, usdcAddress } from "./BaseUsdc.ts"
import { type ObjectionCode, objections, type PayableAttempt } from "./PayableInstructions.ts"
import { policyObjections, type PolicyObjectionCode, type WalletPolicy } from "./WalletPolicy.ts"

/** What is known of the wallet on this machine. Nothing of it is ever sent to a service. */
export interface WalletFacts {
  readonly present: boolean
  /** The wallet's address; null where there is none. */
  readonly address: string | null
  /** What the configured node says; null where none is configured or it did not answer. */
  readonly chainId: number | null
  readonly isLocalChain: boolean
  /** Null where nobody could ask. */
  readonly usdcAtomic: bigint | null
  readonly gasWei: bigint | null
  readonly gasNeededWei: bigint | null
  readonly policy: WalletPolicy
  /** Reserved in the last 24 hours and in the last 30 days, in cents. */
  readonly spentDayCents: number
  readonly spentMonthCents: number
  readonly now: DateTime.Utc
}

/** What is about to be paid: as much as is known before and after there is an attempt. */
export interface Payment {
  readonly attemptId: string
  readonly cents: number
  readonly origin: string
}

export type BlockerCode =
  | ObjectionCode
  | PolicyObjectionCode
  | "chain_unreachable"
  | "insufficient_gas"
  | "insufficient_usdc"
  | "other_chain"
  | "wallet_missing"

/** One thing that stands between this wallet and a payment. */
export interface Blocker {
  readonly code: BlockerCode
  readonly message: string
}

export interface Settleability {
  /** The wallet on this machine could pay it now. */
  readonly settleableNow: boolean
  readonly blockers: ReadonlyArray<Blocker>
}

/** Whether this wallet could pay such an amount to such a service now, before there is anything to pay. */
export const affordability = (facts: WalletFacts, payment: Payment): Settleability =>
  settleability(walletBlockers(facts, payment))

/** Whether this wallet could pay this attempt now. */
export const settlementBlockers = (
  facts: WalletFacts,
  attempt: PayableAttempt,
  payment: Pick<Payment, "attemptId" | "origin">
): Settleability => {
  const refused = objections(attempt, {
    attemptId: payment.attemptId,
    now: facts.now,
    from: facts.address,
    isLocalChain: facts.isLocalChain
  })
  // Without a price there is nothing to compare with the wallet; that it is missing is said already.
  const cents = attempt.priceCents
  const isPrice = cents !== null && Number.isSafeInteger(cents) && cents > 0
  return settleability([...refused, ...(isPrice ? walletBlockers(facts, { ...payment, cents }) : [])])
}

const settleability = (blockers: ReadonlyArray<Blocker>): Settleability => ({
  settleableNow: blockers.length === 0,
  blockers
})

const walletBlockers = (facts: WalletFacts, payment: Payment): ReadonlyArray<Blocker> => [
  ...(facts.present ? [] : [{ code: "wallet_missing", message: "no wallet is configured on this machine" } as const]),
  ...chainBlockers(facts),
  ...(facts.present && facts.chainId === baseChainId ? fundsBlockers(facts, atomicOf(payment.cents)) : []),
  ...policyObjections(facts.policy, {
    ...payment,
    chainId: baseChainId,
    token: usdcAddress,
    spentDayCents: facts.spentDayCents,
    spentMonthCents: facts.spentMonthCents
  })
]

const chainBlockers = ({ chainId }: WalletFacts): ReadonlyArray<Blocker> => {
  if (chainId === baseChainId) return []
  return chainId === null
    ? [{ code: "chain_unreachable", message: "no node of Base is configured, or it does not answer" }]
    : [{ code: "other_chain", message: `the configured node is on chain ${chainId}, and Base is ${baseChainId}` }]
}

/** What could not be asked is not there. */
const fundsBlockers = ({ gasNeededWei, gasWei, usdcAtomic }: WalletFacts, amount: bigint): ReadonlyArray<Blocker> => [
  ...(usdcAtomic === null || usdcAtomic < amount
    ? [
        {
          code: "insufficient_usdc",
          message: `the wallet holds ${decimalOf(usdcAtomic ?? 0n)} USDC, and ${decimalOf(amount)} are needed`
        } as const
      ]
    : []),
  ...(gasWei === null || gasNeededWei === null || gasWei < gasNeededWei
    ? [{ code: "insufficient_gas", message: "the wallet holds too little ETH on Base for the fee" } as const]
    : [])
]
