import type { SpendPolicyChange } from "@image-skill/core/credits/SpendPolicy"
import type { Parsed } from "@image-skill/core/envelope/Arguments"
import { command, flag as flagPart, json } from "@image-skill/core/envelope/CommandLine"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Effect from "effect/Effect"
import { count, flagReader, text, valuesOf } from "./Flags.ts"

const removable = [
  "max_credits_per_call",
  "max_credits_per_day",
  "models",
  "allowed_models",
  "rails",
  "expires_at"
] as const

/** The change that the flags of a policy command ask for; null where none was given. */
export const policyChange = Effect.fnUntraced(function* (parsed: Parsed) {
  const flag = flagReader(parsed)
  const perCall = yield* flag(count("max-credits-per-call"))
  const perDay = yield* flag(count("max-credits-per-day"))
  const expiresAt = yield* flag(text("expires-at"))
  const models = yield* named(parsed, "model")
  const rails = yield* named(parsed, "rail")
  const allowed = words(parsed, "allow-model")
  const removed = yield* removals(parsed)
  const change: SpendPolicyChange = {
    ...removed,
    ...(perCall === null ? {} : { maxCreditsPerCall: perCall }),
    ...(perDay === null ? {} : { maxCreditsPerDay: perDay }),
    ...(models === null ? {} : { models }),
    ...(allowed.length === 0 ? {} : { allowedModels: allowed }),
    ...(rails === null ? {} : { rails }),
    ...(expiresAt === null ? {} : { expiresAt })
  }
  return Object.keys(change).length === 0 ? null : change
})

const words = (parsed: Parsed, name: string): ReadonlyArray<string> =>
  valuesOf(parsed, name).filter((value) => value !== true)

/** `ID=N`, as often as wanted. */
const named = Effect.fnUntraced(function* (parsed: Parsed, name: string) {
  const given = words(parsed, name)
  if (given.length === 0) return null
  const entries: Array<readonly [string, number]> = []
  for (const value of given) {
    const parts = /^(?<id>.+)=(?<credits>\d{1,9})$/u.exec(value)?.groups
    const id = parts?.["id"]
    if (id === undefined) return yield* wrong(parsed, `--${name}`, "ID=N, with N a whole number of credits")
    entries.push([id, Number(parts?.["credits"])])
  }
  return Object.fromEntries(entries)
})

const removals = Effect.fnUntraced(function* (parsed: Parsed) {
  const fields = words(parsed, "remove")
  const unknown = fields.some((field) => !removable.some((name) => name === field))
  if (unknown) return yield* wrong(parsed, "--remove", `one of ${removable.join(", ")}`)
  const change: SpendPolicyChange = {
    ...(fields.includes("max_credits_per_call") ? { maxCreditsPerCall: null } : {}),
    ...(fields.includes("max_credits_per_day") ? { maxCreditsPerDay: null } : {}),
    ...(fields.includes("models") ? { models: null } : {}),
    ...(fields.includes("allowed_models") ? { allowedModels: null } : {}),
    ...(fields.includes("rails") ? { rails: null } : {}),
    ...(fields.includes("expires_at") ? { expiresAt: null } : {})
  }
  return change
})

export const wrong = ({ name }: Parsed, flag: string, rule: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${flag} must be ${rule}`,
    outcome: "not_sent",
    recovery: {
      requiredFlag: flag,
      suggestedCommand: command(name, flagPart("help"), json),
      docsUrl: docsUrl(`image-skill-${name.replaceAll(" ", "-")}`)
    },
    details: { problems: [{ field: flag.slice(2).replaceAll("-", "_"), flag, problem: `must be ${rule}` }] }
  })
