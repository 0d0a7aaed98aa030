import type { Limits } from "../credits/Limits.ts"
import type { Quota } from "../credits/Quota.ts"
import { type Command, missingInputs } from "../envelope/CommandLine.ts"
import { quoteCommand } from "./PaymentCommands.ts"
import { choose, isAgentPayable, isHumanHandoff, type RailFacts } from "./RailChoice.ts"
import { plan } from "./RailPlan.ts"

/**
 * Whether an organization should get credits now, how urgent that is, and the rail to get them on (contract/api.md 16,
 * contract/after-0.1.24.md 6). Pure: what the organization has and which rails there are comes in.
 */

/** Why, from the most to the least urgent. */
export const topUpReasons = [
  "credits_depleted",
  "daily_job_cap_reached",
  "low_remaining_credits",
  "self_fund_setup_missing",
  "available"
] as const
export type TopUpReason = (typeof topUpReasons)[number]

export const urgencies = ["blocked", "near_wall", "setup_recommended", "available"] as const
export type Urgency = (typeof urgencies)[number]

const urgencyOf: { readonly [R in TopUpReason]: { readonly urgency: Urgency; readonly score: number } } = {
  credits_depleted: { urgency: "blocked", score: 100 },
  daily_job_cap_reached: { urgency: "blocked", score: 100 },
  low_remaining_credits: { urgency: "near_wall", score: 80 },
  self_fund_setup_missing: { urgency: "setup_recommended", score: 60 },
  available: { urgency: "available", score: 0 }
}

export const topUpPaths = ["browserless_agent_self_fund", "human_payment_handoff", "payment_method_inspection"] as const
export type TopUpPath = (typeof topUpPaths)[number]

export interface TopUp {
  /** A rail can be quoted and bought here. */
  readonly available: boolean
  /** Credits would help now, and can be had. */
  readonly recommended: boolean
  readonly reason: TopUpReason
  /** Everything that holds, the most urgent first. */
  readonly reasons: ReadonlyArray<TopUpReason>
  readonly urgency: Urgency
  /** 0 to 100. */
  readonly score: number
  /** Set while the jobs of the day are used up, which is no lack of credits: when they are back, and whether bought credits raise the cap before. */
  readonly dailyJobCap: { readonly resetsAt: string; readonly liftedByCredits: boolean } | null
  readonly path: TopUpPath
  /** The best usable rail, then the next one. */
  readonly preferred: RailFacts | null
  readonly fallback: RailFacts | null
  /** The quote to ask for on the preferred rail. It names no idempotency key: the client makes one. */
  readonly quote: Command | null
}

/** What an organization has, and what a refused request needed; null where no request was refused. */
export interface Standing {
  readonly quota: Quota
  readonly limits: Pick<Limits["Service"], "dailyJobsWhenPaid">
  readonly required: number | null
}

/** The debit of one picture of the default model at its better tier; with less than that the wall is near. */
export const lowCredits = 12

export const topUpOf = (rails: ReadonlyArray<RailFacts>, standing: Standing): TopUp => {
  const dailyJobCap = capOf(standing)
  const reasons = reasonsOf(standing)
  const [reason = "available"] = reasons
  const { preferred, ranked } = choose(rails)
  const quotable = ranked.filter(({ rail }) => rail.commands.quote !== null)
  const quote = quoteFor(rails, standing)
  const available = quotable.length > 0
  const helps = reasons.some((one) => one !== "daily_job_cap_reached" || dailyJobCap?.liftedByCredits === true)
  return {
    available,
    recommended: available && helps,
    reason,
    reasons,
    ...urgencyOf[reason],
    dailyJobCap,
    path: pathOf(quotable[0]?.rail ?? null),
    preferred: quotable[0]?.rail ?? preferred?.rail ?? null,
    fallback: quotable[1]?.rail ?? null,
    quote
  }
}

/** A command without anything left to fill in. */
export const isCopyRunnable = (command: Command | null): boolean =>
  command !== null && missingInputs(command).length === 0

const remainingOf = ({ quota }: Standing): number => quota.preview.remaining + quota.paid.remaining

const capOf = ({ limits, quota: { dailyJobs } }: Standing): TopUp["dailyJobCap"] =>
  dailyJobs.remaining > 0
    ? null
    : {
        resetsAt: dailyJobs.resetsAt,
        liftedByCredits: dailyJobs.basis === "free_preview" && dailyJobs.used < limits.dailyJobsWhenPaid
      }

const reasonsOf = (standing: Standing): ReadonlyArray<TopUpReason> => {
  const { quota, required } = standing
  const remaining = remainingOf(standing)
  const depleted = remaining < (required ?? 1)
  const low = !depleted && remaining < lowCredits
  // Free credits come once. An organization that lives on them alone should know its way before they are gone.
  const unprepared = quota.paid.granted === 0 && quota.preview.remaining * 2 < quota.preview.granted
  const held: { readonly [R in Exclude<TopUpReason, "available">]: boolean } = {
    credits_depleted: depleted,
    daily_job_cap_reached: quota.dailyJobs.remaining <= 0,
    low_remaining_credits: low,
    self_fund_setup_missing: unprepared
  }
  return topUpReasons.filter((reason) => reason !== "available" && held[reason])
}

const pathOf = (rail: RailFacts | null): TopUpPath => {
  if (rail === null) return "payment_method_inspection"
  if (isAgentPayable(rail)) return "browserless_agent_self_fund"
  return isHumanHandoff(rail) ? "human_payment_handoff" : "payment_method_inspection"
}

/** What is missing for the refused request, else the rail's own pack. */
const quoteFor = (rails: ReadonlyArray<RailFacts>, standing: Standing): Command | null => {
  const missing = standing.required === null ? 0 : standing.required - remainingOf(standing)
  if (missing > 0) {
    const { preferred } = plan(rails, { credits: missing, maxUsdCents: null, noHuman: false, key: null })
    if (preferred !== null)
      return quoteCommand({ credits: preferred.credits, packId: null, methodId: preferred.rail.methodId }, null)
  }
  const { ranked } = choose(rails)
  const own = ranked.map(({ rail }) => rail.commands.quote).find((quote) => quote !== null) ?? null
  return own === null ? null : withoutKey(own)
}

/** The client makes a key and says which (contract/after-0.1.24.md 6, "quote without a key placeholder"). */
export const withoutKey = (command: Command): Command => ({
  ...command,
  parts: command.parts.filter((part) => part._tag !== "Flag" || part.name !== "idempotency-key")
})
