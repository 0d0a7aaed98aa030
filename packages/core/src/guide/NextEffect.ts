import * as Schema from "effect/Schema"
import { missingInputs } from "../envelope/CommandLine.ts"
import { wire } from "../envelope/Wire.ts"
import { acceptedMethods } from "../identity/AuthHandoff.ts"
import type { GuideFacts } from "./GuideFacts.ts"
import type { GuideStage } from "./GuideStage.ts"
import type { Step } from "./GuideStep.ts"
import type { ModelChoice } from "./ModelChoice.ts"

/** What running the next command does (contract/after-0.1.24.md 4), as opposed to what the guide did: nothing. */
export const NextCommandEffect = wire({
  label: Schema.Literals([
    "rerun_guide_with_prompt",
    "read_only_or_no_media_setup",
    "hosted_signup_restricted_agent_identity",
    "payment_or_quota_action",
    "live_media_create_credit_debit"
  ]),
  noSpend: Schema.Boolean,
  providerCall: Schema.Boolean,
  hostedCreate: Schema.Boolean,
  hostedSignup: Schema.Boolean,
  paymentObject: Schema.Boolean,
  creditDebit: Schema.Boolean,
  mediaWrite: Schema.Boolean,
  estimatedCredits: Schema.NullOr(Schema.Number),
  estimatedDebitUsdPerImage: Schema.NullOr(Schema.Number),
  warning: Schema.NullOr(Schema.String),
  copyRunnable: Schema.Boolean,
  requiresPlaceholderSubstitution: Schema.Boolean,
  placeholders: Schema.Array(wire({ token: Schema.String, description: Schema.String, required: Schema.Boolean }))
})
export type NextCommandEffect = typeof NextCommandEffect.Type

const labels: { readonly [Tag in GuideStage["_tag"]]: NextCommandEffect["label"] } = {
  PromptRequired: "rerun_guide_with_prompt",
  ServiceUnreachable: "read_only_or_no_media_setup",
  NoExecutableModel: "read_only_or_no_media_setup",
  AuthRequired: "hosted_signup_restricted_agent_identity",
  QuotaRequired: "payment_or_quota_action",
  ReadyToCreate: "live_media_create_credit_debit"
}

/** A quote opens a payment object and charges nothing; what costs nothing is no debit either (decision D1.5). */
export const nextEffect = (
  { _tag }: GuideStage,
  step: Step,
  choice: ModelChoice | null,
  credits: number | null
): NextCommandEffect => {
  const makes = step.effect === "spend"
  const debits = makes && credits !== 0
  const missing = missingInputs(step.command)
  return {
    label: labels[_tag],
    noSpend: !debits,
    providerCall: makes,
    hostedCreate: makes,
    hostedSignup: step.id === "sign_up",
    paymentObject: step.id === "quote",
    creditDebit: debits,
    mediaWrite: makes,
    estimatedCredits: makes ? credits : null,
    estimatedDebitUsdPerImage: makes ? (choice?.cost.debitUsd ?? null) : null,
    warning: warningOf(step, debits),
    copyRunnable: missing.length === 0,
    requiresPlaceholderSubstitution: missing.length > 0,
    placeholders: missing.map(({ description, name }) => ({ token: name, description, required: true }))
  }
}

const warningOf = ({ id }: Step, debits: boolean): string | null => {
  if (debits) return "debits credits"
  return id === "quote" ? "opens a quote; nothing is charged until it is bought" : null
}

/** Whether the next command signs in by itself (contract/after-0.1.24.md 4). */
export const AuthReady = wire({
  ready: Schema.Boolean,
  authenticated: Schema.Boolean,
  source: Schema.String,
  savedConfigPath: Schema.String,
  nextCommandRequiresAuth: Schema.Boolean,
  nextCommandAuthReady: Schema.Boolean,
  secretValueIncluded: Schema.Literal(false),
  acceptedMethods: Schema.Array(Schema.String),
  warning: Schema.NullOr(Schema.String)
})
export type AuthReady = typeof AuthReady.Type

export const authReady = ({ configPath, quota, tokenSource }: GuideFacts, step: Step): AuthReady => {
  const authenticated = quota?._tag === "Answered" && quota.value.authenticated
  const requires = step.effect === "spend" || step.id === "quote"
  // A process that comes later has neither the standard input nor the flags of this one.
  const isPassing = tokenSource === "stdin" || tokenSource === "flag"
  return {
    ready: authenticated,
    authenticated,
    source: tokenSource ?? "none",
    savedConfigPath: configPath,
    nextCommandRequiresAuth: requires,
    nextCommandAuthReady: !requires || (tokenSource !== null && !isPassing),
    secretValueIncluded: false,
    // The ways in which the next command takes a token.
    acceptedMethods: requires ? acceptedMethods : [],
    warning: requires && isPassing ? "give the token again, as auth_handoff.next_command says" : null
  }
}
