import * as Schema from "effect/Schema"
import { type NextActions, NextActionsWire, nextActionsToWire } from "../envelope/NextAction.ts"
import { lineOf, type Start } from "../envelope/Start.ts"
import { wire } from "../envelope/Wire.ts"
import { methodsCommand, quoteCommand } from "./PaymentCommands.ts"
import type { PaymentPlan, PaymentWish, PlannedRail } from "./RailPlan.ts"

/** The data of `credits plan`: the rails that fit, best first, and why not the others. */
export const PlanAnswer = wire({
  schema: Schema.Literal("image-skill.credits-plan.v1"),
  wish: wire({ credits: Schema.Number, maxUsd: Schema.NullOr(Schema.String), noHuman: Schema.Boolean }),
  preferredMethod: Schema.NullOr(Schema.String),
  ranked: Schema.Array(
    wire({
      methodId: Schema.String,
      railClass: Schema.Literals(["agent_settleable", "human_handoff", "browserless", "other"]),
      reason: Schema.String,
      credits: Schema.Number,
      amountUsd: Schema.String,
      liveMoney: Schema.Boolean,
      settleableNow: Schema.NullOr(Schema.Boolean),
      blockers: Schema.Array(wire({ code: Schema.String, message: Schema.String })),
      quoteCommand: Schema.String
    })
  ),
  rejected: Schema.Array(wire({ methodId: Schema.String, reason: Schema.String })),
  nextCommand: Schema.String,
  nextActions: NextActionsWire
})

export const planAnswer = (wish: PaymentWish, plan: PaymentPlan, key: string, start: Start): typeof PlanAnswer.Type => {
  const { preferred, ranked, rejected } = plan
  const next =
    preferred === null
      ? methodsCommand
      : quoteCommand({ credits: preferred.credits, packId: null, methodId: preferred.rail.methodId }, key)
  const actions: NextActions =
    preferred === null
      ? { inspect_rails: { command: next, effect: "read" } }
      : {
          recommended_quote: {
            command: next,
            effect: "write",
            facts: { method_id: preferred.rail.methodId, reason: preferred.reason }
          }
        }
  return {
    schema: "image-skill.credits-plan.v1",
    wish: {
      credits: wish.credits,
      maxUsd: wish.maxUsdCents === null ? null : usd(wish.maxUsdCents),
      noHuman: wish.noHuman
    },
    preferredMethod: preferred?.rail.methodId ?? null,
    ranked: ranked.map((rail) => plannedRow(rail, start)),
    rejected: rejected.map(({ rail, reason }) => ({ methodId: rail.methodId, reason })),
    nextCommand: lineOf(next, start),
    nextActions: nextActionsToWire(actions, start)
  }
}

const plannedRow = (planned: PlannedRail, start: Start) => ({
  methodId: planned.rail.methodId,
  railClass: planned.railClass,
  reason: planned.reason,
  credits: planned.credits,
  amountUsd: usd(planned.amountCents),
  liveMoney: planned.rail.liveMoney,
  settleableNow: planned.settleableNow,
  blockers: planned.blockers,
  quoteCommand: lineOf(planned.quote, start)
})

/** Cents as people write dollars, without a float on the way. */
const usd = (cents: number): string => {
  const digits = `${cents}`.padStart(3, "0")
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}
