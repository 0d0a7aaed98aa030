import type { Command } from "../envelope/CommandLine.ts"
import type { Rail } from "./Rail.ts"

/** What a choice of rail looks at. Read from any service, so every fact may be missing; a missing fact promises nothing. */
export interface RailFacts {
  readonly methodId: string
  readonly available: boolean
  readonly quoteable: boolean
  readonly purchasable: boolean
  readonly liveMoney: boolean
  readonly requiresBrowser: boolean | null
  readonly agentInitiated: boolean
  readonly agentSettleable: boolean
  readonly settlementBlocker: string | null
  readonly unavailableReason: string | null
  readonly buyerModes: ReadonlyArray<string>
  /** Credits that one quote may have; null where the service says nothing. */
  readonly limits: { readonly minCredits: number | null; readonly maxCredits: number | null }
  readonly commands: {
    readonly quote: Command | null
    readonly purchase: Command | null
    readonly status: Command | null
  }
}

export const factsOf = (rail: Rail): RailFacts => rail

/** What an agent can do with a rail, from best to worst. */
export type RailClass = "agent_settleable" | "human_handoff" | "browserless" | "other"

export interface Ranked {
  readonly rail: RailFacts
  readonly railClass: RailClass
  /** Why it stands where it does. */
  readonly reason: string
}

export interface Rejected {
  readonly rail: RailFacts
  readonly reason: string
}

export interface RailChoice {
  /** Usable rails, best first; equal ones in the order of the service. */
  readonly ranked: ReadonlyArray<Ranked>
  readonly rejected: ReadonlyArray<Rejected>
  readonly preferred: Ranked | null
}

export const choose = (rails: ReadonlyArray<RailFacts>): RailChoice => {
  const hasLive = rails.some((rail) => rail.liveMoney && isUsable(rail))
  const judged = rails.map((rail) => ({ rail, rejection: rejection(rail, hasLive) }))
  const usable = judged.filter(({ rejection }) => rejection === null).map(({ rail }) => rank(rail))
  const ranked = classes.flatMap((railClass) => usable.filter((row) => row.railClass === railClass))
  return {
    ranked,
    rejected: judged.flatMap(({ rail, rejection }) => (rejection === null ? [] : [{ rail, reason: rejection }])),
    preferred: ranked[0] ?? null
  }
}

/** A rail is used only if all three of available, quoteable and purchasable are true. */
export const isUsable = ({ available, purchasable, quoteable }: RailFacts): boolean =>
  available && quoteable && purchasable

/** Without a browser, settleable, and offered to agents: the only ground for autonomous payment. */
export const isAgentPayable = (rail: RailFacts): boolean =>
  rail.requiresBrowser === false &&
  rail.agentSettleable &&
  rail.buyerModes.some((mode) => mode === "agent_only" || mode === "hybrid")

export const isHumanHandoff = (rail: RailFacts): boolean =>
  rail.requiresBrowser === true || rail.buyerModes.includes("human_only")

const classes: ReadonlyArray<RailClass> = ["agent_settleable", "human_handoff", "browserless", "other"]

const rank = (rail: RailFacts): Ranked => {
  if (isAgentPayable(rail)) return { rail, railClass: "agent_settleable", reason: "an agent can finish it alone" }
  if (isHumanHandoff(rail)) {
    return { rail, railClass: "human_handoff", reason: words(rail.settlementBlocker) ?? "a person has to finish it" }
  }
  if (rail.requiresBrowser === false) {
    return {
      rail,
      railClass: "browserless",
      reason: words(rail.settlementBlocker) ?? "an agent can start it but not settle it"
    }
  }
  return { rail, railClass: "other", reason: "the service does not say who can finish it" }
}

/** A service may leave its reason empty. */
const words = (reason: string | null): string | null => (reason?.trim() === "" ? null : reason)

const rejection = (rail: RailFacts, hasLive: boolean): string | null => {
  if (!rail.available) return words(rail.unavailableReason) ?? "unavailable"
  if (!rail.quoteable) return "no quotes are given for it"
  if (!rail.purchasable) return "its quotes cannot be bought"
  return hasLive && !rail.liveMoney ? "it moves no real money, and a live rail can be used" : null
}
