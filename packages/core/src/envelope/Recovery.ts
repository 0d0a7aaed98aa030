import type * as Schema from "effect/Schema"
import { effectOf } from "./CommandBook.ts"
import type { Command } from "./CommandLine.ts"
import { type NextActions, nextActionsToWire } from "./NextAction.ts"
import { lineOf, type Start } from "./Start.ts"

/**
 * The way out of an error. Every field is optional; the names on the wire are those of contract/cli.md 1.2 and
 * contract/api.md 2.3. Commands are data here and become shell lines in `recoveryToWire`.
 */
export interface Recovery {
  readonly suggestedCommand?: Command
  /** What starts the suggested command where that differs, e.g. with another config path. */
  readonly suggestedStart?: Start
  readonly suggestedCommands?: ReadonlyArray<Command>
  readonly fallbackCommand?: Command
  readonly docsUrl?: string
  readonly requiredFlag?: string
  readonly requiredFlags?: ReadonlyArray<string>
  readonly acceptedAliases?: { readonly [alias: string]: string }
  readonly retryAfterSeconds?: number
  readonly idempotencyKey?: string
  readonly freshIdempotencyKey?: string
  readonly existingQuoteId?: string
  readonly jobId?: string
  readonly requiredCredits?: number
  readonly remainingCredits?: number
  readonly requiredUsd?: number
  readonly requiredUsdPerImage?: number
  readonly resetsAt?: string
  readonly configPathEnv?: string
  readonly suggestedConfigPath?: string
  readonly fallbackAuthMethod?: string
  readonly topUp?: ShortTopUp
  /** What runs once somebody is signed in, as it stands in answers (contract/after-0.1.24.md 6). */
  readonly afterAuth?: Schema.JsonObject
  readonly nextActions?: NextActions
  /** Where the owner is asked; its command runs on the data folder of the service. */
  readonly approval?: {
    readonly id: string | null
    readonly url: string | null
    readonly ownerCommand: Command
    readonly expiresAt: string | null
  }
}

/** How to get credits, as far as an error has room for it (contract/api.md 16). */
export interface ShortTopUp {
  readonly facts: { readonly [field: string]: Schema.Json }
  readonly firstCommand: Command
  readonly quoteCommand: Command | null
  /** Shows what is left out here; null where that is suggested anyway. */
  readonly omittedCommand: Command | null
}

/** What stands in a recovery as a line stands there as data, too (decision D3.1). */
const actionsToWire = ({ nextActions, suggestedCommand, suggestedStart }: Recovery, start: Start) => {
  if (nextActions !== undefined) return nextActionsToWire(nextActions, start)
  if (suggestedCommand === undefined) return
  const action = { command: suggestedCommand, effect: effectOf(suggestedCommand) }
  return nextActionsToWire({ recover: action }, suggestedStart ?? start)
}

const topUpToWire = (topUp: ShortTopUp | undefined, start: Start): Schema.Json | undefined =>
  topUp === undefined
    ? undefined
    : {
        ...topUp.facts,
        first_command: lineOf(topUp.firstCommand, start),
        quote_command: topUp.quoteCommand === null ? null : lineOf(topUp.quoteCommand, start),
        ...(topUp.omittedCommand === null ? {} : { omitted_command: lineOf(topUp.omittedCommand, start) })
      }

const approvalToWire = (approval: Recovery["approval"], start: Start) =>
  approval === undefined
    ? undefined
    : {
        id: approval.id,
        url: approval.url,
        owner_command: lineOf(approval.ownerCommand, start),
        expires_at: approval.expiresAt
      }

export const recoveryToWire = (recovery: Recovery, start: Start): { readonly [field: string]: Schema.Json } => {
  const line = (command: Command | undefined, from = start) =>
    command === undefined ? undefined : lineOf(command, from)
  const fields: { readonly [field: string]: Schema.Json | undefined } = {
    suggested_command: line(recovery.suggestedCommand, recovery.suggestedStart),
    suggested_commands: recovery.suggestedCommands?.map((command) => lineOf(command, start)),
    fallback_command: line(recovery.fallbackCommand),
    required_flag: recovery.requiredFlag,
    required_flags: recovery.requiredFlags,
    accepted_aliases: recovery.acceptedAliases,
    retry_after_seconds: recovery.retryAfterSeconds,
    idempotency_key: recovery.idempotencyKey,
    fresh_idempotency_key: recovery.freshIdempotencyKey,
    existing_quote_id: recovery.existingQuoteId,
    job_id: recovery.jobId,
    required_credits: recovery.requiredCredits,
    remaining_credits: recovery.remainingCredits,
    required_usd: recovery.requiredUsd,
    required_usd_per_image: recovery.requiredUsdPerImage,
    resets_at: recovery.resetsAt,
    config_path_env: recovery.configPathEnv,
    suggested_config_path: recovery.suggestedConfigPath,
    fallback_auth_method: recovery.fallbackAuthMethod,
    docs_url: recovery.docsUrl,
    approval: approvalToWire(recovery.approval, start),
    top_up: topUpToWire(recovery.topUp, start),
    after_auth: recovery.afterAuth,
    next_actions: actionsToWire(recovery, start)
  }
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, Schema.Json] => field[1] !== undefined)
  )
}
