import type { Command } from "../envelope/CommandLine.ts"
import { quoteCommand } from "./PaymentCommands.ts"
import { choose, isAgentPayable, type RailFacts, type Ranked, type Rejected } from "./RailChoice.ts"
import type { Blocker, Settleability } from "./SettlementBlockers.ts"

/** What somebody wants to buy, and how. */
export interface PaymentWish {
  /** Credits that are needed; a rail that sells only more is planned with its least. */
  readonly credits: number
  /** No more than this, in US cents; null is no limit. */
  readonly maxUsdCents: number | null
  /** Only rails that no person has to finish. */
  readonly noHuman: boolean
  /** The key for the quote; null leaves it to the client that asks for one. */
  readonly key: string | null
}

/** What only this machine knows of a rail: whether its wallet could pay so much there now. It is never sent anywhere. */
export type LocalFacts = (rail: RailFacts, cents: number) => Settleability | null

export interface PlannedRail extends Ranked {
  readonly credits: number
  readonly amountCents: number
  /** Null where nobody asked this machine. */
  readonly settleableNow: boolean | null
  readonly blockers: ReadonlyArray<Blocker>
  readonly quote: Command
}

export interface PaymentPlan {
  /** Best first: what an agent can finish alone and now, then what a person finishes. */
  readonly ranked: ReadonlyArray<PlannedRail>
  readonly rejected: ReadonlyArray<Rejected>
  readonly preferred: PlannedRail | null
}

/** One cent a credit, so the numbers are the same. */
export const plan = (
  rails: ReadonlyArray<RailFacts>,
  wish: PaymentWish,
  local: LocalFacts = () => null
): PaymentPlan => {
  const { ranked, rejected } = choose(rails)
  const judged = ranked.map((row) => ({ row, credits: creditsOn(row.rail, wish), reason: objection(row.rail, wish) }))
  const fitting = judged
    .filter(({ reason }) => reason === null)
    .map(({ credits, row }): PlannedRail => {
      const known = isAgentPayable(row.rail) ? local(row.rail, credits) : null
      return {
        ...row,
        credits,
        amountCents: credits,
        settleableNow: known?.settleableNow ?? null,
        blockers: known?.blockers ?? [],
        quote: quoteOn(row.rail, credits, wish.key)
      }
    })
  // A rail that this machine cannot settle now stands behind those that somebody can.
  const sorted = [...fitting.filter((rail) => !isBlocked(rail)), ...fitting.filter(isBlocked)]
  return {
    ranked: sorted,
    rejected: [
      ...rejected,
      ...judged.flatMap(({ reason, row }) => (reason === null ? [] : [{ rail: row.rail, reason }]))
    ],
    preferred: sorted[0] ?? null
  }
}

const isBlocked = ({ settleableNow }: PlannedRail): boolean => settleableNow === false

const creditsOn = ({ limits }: RailFacts, { credits }: PaymentWish): number => Math.max(credits, limits.minCredits ?? 1)

const objection = (rail: RailFacts, wish: PaymentWish): string | null => {
  const credits = creditsOn(rail, wish)
  const { maxCredits } = rail.limits
  if (maxCredits !== null && credits > maxCredits) return `it sells at most ${maxCredits} credits at a time`
  if (wish.maxUsdCents !== null && credits > wish.maxUsdCents) {
    return credits > wish.credits
      ? `its least, ${credits} credits for $${usd(credits)}, is above the limit of $${usd(wish.maxUsdCents)}`
      : `$${usd(credits)} is above the limit of $${usd(wish.maxUsdCents)}`
  }
  return wish.noHuman && !isAgentPayable(rail) ? (rail.settlementBlocker ?? "a person has to finish it") : null
}

const usd = (cents: number): string => (cents / 100).toFixed(2)

const quoteOn = ({ methodId }: RailFacts, credits: number, key: string | null): Command =>
  quoteCommand({ credits, packId: null, methodId }, key)
