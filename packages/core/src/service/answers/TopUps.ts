import * as Schema from "effect/Schema"
import { type Command, missingInputs } from "../../envelope/CommandLine.ts"
import type { CommandEffect, NextAction, NextActions } from "../../envelope/NextAction.ts"
import type { ShortTopUp } from "../../envelope/Recovery.ts"
import { bareStart, lineOf } from "../../envelope/Start.ts"
import { wire } from "../../envelope/Wire.ts"
import { methodsCommand, packsCommand, quotaCommand } from "../../payments/PaymentCommands.ts"
import { inspectionEffect, PaymentEffect, quoteEffect } from "../../payments/PaymentEffects.ts"
import { isCopyRunnable, type TopUp, topUpPaths, topUpReasons, urgencies } from "../../payments/TopUp.ts"

const Line = Schema.NullOr(Schema.String)

/** contract/api.md 16: the way to credits, whole. `daily_job_cap` is ours. */
export const TopUpBlock = wire({
  available: Schema.Boolean,
  recommended: Schema.Boolean,
  recommendationReason: Schema.Literals(topUpReasons),
  urgency: Schema.Literals(urgencies),
  urgencyScore: Schema.Number,
  urgencyReasons: Schema.Array(Schema.Literals(topUpReasons)),
  dailyJobCap: Schema.NullOr(wire({ resetsAt: Schema.String, liftedByCredits: Schema.Boolean })),
  path: Schema.Literals(topUpPaths),
  preferredPaymentMethod: Line,
  firstCommand: Schema.String,
  quoteCommand: Line,
  quoteCommandCopyRunnable: Schema.Boolean,
  quoteCommandEffect: Schema.NullOr(PaymentEffect),
  commands: wire({
    inspectMethods: Schema.String,
    inspectPacks: Schema.String,
    quote: Line,
    buy: Line,
    status: Line,
    fallbackQuote: Line,
    fallbackBuy: Line
  }),
  workflow: wire({
    steps: Schema.Array(
      wire({ step: Schema.String, command: Schema.String, effect: Schema.String, needs: Schema.Array(Schema.String) })
    )
  })
})

const line = (command: Command | null): string | null => (command === null ? null : lineOf(command, bareStart))

const stepOf = (step: string, command: Command | null, effect: CommandEffect) =>
  command === null
    ? []
    : [{ step, command: lineOf(command, bareStart), effect, needs: missingInputs(command).map(({ name }) => name) }]

const quoteEffectOf = ({ preferred, quote }: TopUp): PaymentEffect | null =>
  quote === null ? null : quoteEffect(preferred?.liveMoney === true)

export const topUpBlock = (topUp: TopUp): typeof TopUpBlock.Type => {
  const { fallback, preferred, quote } = topUp
  const buy = preferred?.commands.purchase ?? null
  const status = preferred?.commands.status ?? null
  return {
    available: topUp.available,
    recommended: topUp.recommended,
    recommendationReason: topUp.reason,
    urgency: topUp.urgency,
    urgencyScore: topUp.score,
    urgencyReasons: topUp.reasons,
    dailyJobCap: topUp.dailyJobCap,
    path: topUp.path,
    preferredPaymentMethod: preferred?.methodId ?? null,
    firstCommand: lineOf(methodsCommand, bareStart),
    quoteCommand: line(quote),
    quoteCommandCopyRunnable: isCopyRunnable(quote),
    quoteCommandEffect: quoteEffectOf(topUp),
    commands: {
      inspectMethods: lineOf(methodsCommand, bareStart),
      inspectPacks: lineOf(packsCommand, bareStart),
      quote: line(quote),
      buy: line(buy),
      status: line(status),
      fallbackQuote: line(fallback?.commands.quote ?? null),
      fallbackBuy: line(fallback?.commands.purchase ?? null)
    },
    workflow: {
      steps: [
        ...stepOf("inspect_methods", methodsCommand, "read"),
        ...stepOf("quote", quote, "write"),
        ...stepOf("buy", buy, "write"),
        ...stepOf("status", status, "read"),
        ...stepOf("quota", quotaCommand, "read")
      ]
    }
  }
}

/** The short form for errors: what it is about, and the two commands that begin it. */
export const shortTopUp = (topUp: TopUp): ShortTopUp => ({
  facts: {
    available: topUp.available,
    recommended: topUp.recommended,
    recommendation_reason: topUp.reason,
    urgency: topUp.urgency,
    ...(topUp.dailyJobCap === null ? {} : { lifts_daily_job_cap: topUp.dailyJobCap.liftedByCredits })
  },
  firstCommand: methodsCommand,
  quoteCommand: topUp.quote,
  omittedCommand: quotaCommand
})

/**
 * `self_fund` for an answer that is about something else; nothing while no rail can be used. Its command only looks, so
 * that an agent which may not spend can follow it.
 */
export const selfFundShort = (topUp: TopUp | null): NextActions =>
  topUp?.available === true
    ? {
        self_fund: {
          command: methodsCommand,
          effect: "read",
          facts: {
            purpose: purposes[topUp.path],
            available: true,
            recommended: topUp.recommended,
            recommendation_reason: topUp.reason,
            urgency: topUp.urgency,
            quote_command: line(topUp.quote),
            quote_command_copy_runnable: isCopyRunnable(topUp.quote)
          }
        }
      }
    : {}

/** `self_fund` with all its published fields, where money is what the answer is about (contract/after-0.1.24.md 6). */
export const selfFund = (topUp: TopUp | null): NextActions =>
  topUp?.available === true ? { self_fund: wholeAction(topUp) } : {}

const wholeAction = (topUp: TopUp): NextAction => {
  const { fallback, preferred, quote } = topUp
  return {
    command: methodsCommand,
    effect: "read",
    facts: {
      purpose: purposes[topUp.path],
      available: topUp.available,
      recommended: topUp.recommended,
      recommendation_reason: topUp.reason,
      urgency: topUp.urgency,
      urgency_score: topUp.score,
      urgency_reasons: topUp.reasons,
      path: topUp.path,
      payment_method: preferred?.methodId ?? null,
      live_money: preferred?.liveMoney === true,
      first_safe_command: lineOf(methodsCommand, bareStart),
      first_safe_command_effect: inspectionEffect,
      inspect_methods_command: lineOf(methodsCommand, bareStart),
      inspect_packs_command: lineOf(packsCommand, bareStart),
      quote_command: line(quote),
      quote_command_copy_runnable: isCopyRunnable(quote),
      quote_idempotency_key_source: "public_cli_generated_if_missing",
      buy_command: line(preferred?.commands.purchase ?? null),
      status_command: line(preferred?.commands.status ?? null),
      fallback_quote_command: line(fallback?.commands.quote ?? null),
      fallback_buy_command: line(fallback?.commands.purchase ?? null),
      workflow: "data.top_up.workflow",
      warning: preferred?.liveMoney === true ? liveWarning : testWarning
    }
  }
}

const purposes: { readonly [P in TopUp["path"]]: string } = {
  browserless_agent_self_fund: "open_browserless_top_up_path",
  human_payment_handoff: "open_human_payment_handoff",
  payment_method_inspection: "inspect_payment_methods"
}

const liveWarning = "a quote charges nothing; buying begins a payment of real money, so do it only if you may spend"
const testWarning = "this rail moves no real money"

/** `self_fund_next_command` of a finished create or edit: the quote, when it is recommended and runs as printed. */
export const SelfFundFields = {
  selfFundNextCommand: Schema.optionalKey(Schema.String),
  selfFundNextCommandEffect: Schema.optionalKey(PaymentEffect)
} as const

export const selfFundFields = (
  topUp: TopUp | null
): { readonly selfFundNextCommand?: string; readonly selfFundNextCommandEffect?: PaymentEffect } => {
  const effect = topUp === null ? null : quoteEffectOf(topUp)
  const command = line(topUp?.quote ?? null)
  return topUp?.recommended === true && effect !== null && command !== null && isCopyRunnable(topUp.quote)
    ? { selfFundNextCommand: command, selfFundNextCommandEffect: effect }
    : {}
}
