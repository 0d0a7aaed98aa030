import { stripeDeposit } from "@image-skill/core/payments/KnownRails"
import { isAgentPayable, isUsable, type RailFacts } from "@image-skill/core/payments/RailChoice"
import type { LocalFacts } from "@image-skill/core/payments/RailPlan"
import { affordability } from "@image-skill/core/payments/SettlementBlockers"
import * as Effect from "effect/Effect"
import { walletFacts, type WalletPlace } from "./WalletPlaces.ts"

export interface LocalRails {
  readonly facts: LocalFacts
  readonly warnings: ReadonlyArray<string>
}

/**
 * What the wallet of this machine could pay now at a service, for the one rail that it can settle. Without a configured
 * wallet, or without such a rail, nobody is asked and nothing is known. None of it leaves this machine.
 */
export const localRails = (
  place: WalletPlace,
  rails: ReadonlyArray<RailFacts>,
  origin: string
): Effect.Effect<LocalRails> =>
  rails.some(isSettledHere)
    ? Effect.map(walletFacts(place), ({ facts, problem }) =>
        facts.present || problem !== null
          ? {
              facts: (rail, cents) =>
                isSettledHere(rail) ? affordability(facts, { attemptId: anyPayment, cents, origin }) : null,
              warnings: problem === null ? [] : [`the wallet of this machine cannot be used: ${problem}`]
            }
          : unknown
      )
    : Effect.succeed(unknown)

const unknown: LocalRails = { facts: () => null, warnings: [] }

/** There is no attempt yet; the owner's policy names what it would want confirmed. */
const anyPayment = "the payment"

/** The rail whose deposits go to the chain that the wallet's policy and addresses are pinned to. */
const isSettledHere = (rail: RailFacts): boolean =>
  rail.methodId === stripeDeposit.methodId && isUsable(rail) && isAgentPayable(rail)
