import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Command } from "../envelope/CommandLine.ts"
import { isTrue, lenient, maybeNumber, maybeText } from "../envelope/Lenient.ts"
import { receive } from "../envelope/ReceivedCommand.ts"
import type { TopUpFacts, Urgency } from "./GuideFacts.ts"
import { longestCommand, longestList, maybeName, word } from "./ReadLimits.ts"

/** contract/api.md 16 and contract/after-0.1.24.md 6: what a quota answer says about buying credits. */
const TopUp = Schema.Struct({
  available: isTrue,
  recommended: isTrue,
  recommendation_reason: maybeName,
  urgency: maybeName,
  urgency_score: maybeNumber,
  urgency_reasons: lenient(Schema.NullOr(Schema.Array(word)), null),
  path: maybeName,
  preferred_payment_method: maybeName,
  first_command: maybeText,
  quote_command: maybeText,
  commands: lenient(Schema.NullOr(Schema.Record(Schema.String, Schema.Json)), null)
})

/** The commands by name; one that this program cannot run is none (decision D3.6). */
export const readTopUp = (said: Schema.Json | undefined): TopUpFacts | null => {
  const block = said === undefined ? null : Option.getOrNull(Schema.decodeUnknownOption(TopUp)(said))
  if (block === null) return null
  const named = commandNames.map((name) => [name, block.commands?.[name]] as const)
  return {
    available: block.available,
    recommended: block.recommended,
    reason: block.recommendation_reason,
    urgency: urgencyOf(block),
    path: block.path,
    method: block.preferred_payment_method,
    commands: understood([["first_command", block.first_command], ["quote_command", block.quote_command], ...named])
  }
}

const commandNames = ["inspect_methods", "inspect_packs", "quote", "buy", "status", "fallback_quote", "fallback_buy"]

const understood = (
  lines: ReadonlyArray<readonly [name: string, line: Schema.Json | undefined]>
): { readonly [name: string]: Command } =>
  Object.fromEntries(
    lines.flatMap(([name, line]) => {
      const read = typeof line === "string" && line.length <= longestCommand ? receive(line) : Option.none()
      return Option.isSome(read) ? [[name, read.value]] : []
    })
  )

const urgencyOf = (block: typeof TopUp.Type): Urgency =>
  block.urgency !== null && block.urgency_score !== null
    ? {
        urgency: block.urgency,
        urgencyScore: block.urgency_score,
        urgencyReasons: (block.urgency_reasons ?? []).slice(0, longestList)
      }
    : urgencyFor(block.recommendation_reason)

/** The table of 0.1.54, for services older than it. */
export const urgencyFor = (reason: string | null): Urgency => {
  const known = reason !== null && Object.hasOwn(urgencies, reason) ? urgencies[reason] : undefined
  const [urgency, urgencyScore] = known ?? ["available", 0]
  return { urgency, urgencyScore, urgencyReasons: known === undefined || reason === null ? [] : [reason] }
}

const urgencies: { readonly [reason: string]: readonly [urgency: string, score: number] } = {
  credits_depleted: ["blocked", 100],
  daily_job_cap_reached: ["blocked", 100],
  low_remaining_credits: ["near_wall", 80],
  self_fund_setup_missing: ["setup_recommended", 60]
}
