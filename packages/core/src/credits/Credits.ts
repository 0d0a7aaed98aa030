import * as Schema from "effect/Schema"

/** Whole credits, the smallest amount the ledger moves. One credit is one US cent, for ever. Never negative. */
export const Credits = Schema.Natural.pipe(Schema.brand("Credits"))
export type Credits = typeof Credits.Type

export const creditUnitUsd = 0.01

/** Millionths of a US dollar, as an integer: what providers cost. Prices are compared and added only in this unit. */
export const MicroUsd = Schema.Natural.pipe(Schema.brand("MicroUsd"))
export type MicroUsd = typeof MicroUsd.Type

export const microUsdPerCredit = 10_000

/** Dollars as a provider or a caller writes them, to the nearest millionth, half up. */
export const fromUsd = (usd: number): MicroUsd => MicroUsd.make(Math.round(usd * 1_000_000))

export const toUsd = (amount: number): number => amount / 1_000_000

export const creditsToUsd = (credits: number): number => credits / 100
