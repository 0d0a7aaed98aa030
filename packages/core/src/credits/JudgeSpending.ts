import * as Struct from "effect/Struct"
import type { PolicyRule, PolicySource, SourcedPolicy } from "./SpendPolicy.ts"

/** A rule that a request breaks, with its numbers. `subject` is the model or the rail. */
export interface PolicyObjection {
  readonly rule: PolicyRule
  readonly source: PolicySource
  readonly requested: number
  readonly limit: number | null
  readonly used: number | null
  readonly subject: string | null
  /** No approval helps: the policy itself has to be mended or renewed first. */
  readonly isFinal: boolean
}

/** What is to be spent: credits of a job on a model, or credits bought on a rail. */
export type Spending =
  | { readonly _tag: "Job"; readonly credits: number; readonly modelId: string }
  | { readonly _tag: "Purchase"; readonly credits: number; readonly methodId: string }

/** How much was spent today before it, as each source counts it. */
export type UsedToday = { readonly [S in PolicySource]: number }

export const capOf = (caps: { readonly [name: string]: number } | undefined, name: string): number | null =>
  caps !== undefined && Object.hasOwn(caps, name) ? (caps[name] ?? null) : null

/** A cap that applies to a request, and whether the request keeps it. */
interface AppliedRule extends PolicyObjection {
  readonly kept: boolean
}

const rulesOf = (
  { policy, source }: SourcedPolicy,
  spending: Spending,
  used: UsedToday,
  now: string
): ReadonlyArray<AppliedRule> => {
  const base = { source, requested: spending.credits, limit: null, used: null, subject: null, isFinal: false }
  if (policy === null) return [{ ...base, rule: "policy_unreadable", isFinal: true, kept: false }]
  const { expiresAt } = policy
  const expiry: ReadonlyArray<AppliedRule> =
    expiresAt === undefined
      ? []
      : [{ ...base, rule: "expires_at", subject: expiresAt, isFinal: true, kept: expiresAt > now }]
  const perCall = (rule: PolicyRule, limit: number | null | undefined, subject: string | null) =>
    limit === undefined || limit === null
      ? []
      : [{ ...base, rule, limit, subject, kept: spending.credits <= limit } satisfies AppliedRule]
  const perDay = (rule: PolicyRule, limit: number | null | undefined, subject: string | null) =>
    limit === undefined || limit === null
      ? []
      : [
          {
            ...base,
            rule,
            limit,
            subject,
            used: used[source],
            kept: used[source] + spending.credits <= limit
          } satisfies AppliedRule
        ]
  if (spending._tag === "Purchase")
    return [...expiry, ...perDay("rails", capOf(policy.rails, spending.methodId), spending.methodId)]
  const { modelId } = spending
  const allowed = policy.allowedModels
  return [
    ...expiry,
    ...(allowed === undefined
      ? []
      : [{ ...base, rule: "allowed_models", subject: modelId, kept: allowed.includes(modelId) } satisfies AppliedRule]),
    ...perCall("models", capOf(policy.models, modelId), modelId),
    ...perCall("max_credits_per_call", policy.maxCreditsPerCall, null),
    ...perDay("max_credits_per_day", policy.maxCreditsPerDay, null)
  ]
}

/** How much room a rule leaves beside the request; the one with least is the one that binds. */
const room = ({ limit, requested, used }: PolicyObjection): number =>
  limit === null ? Number.MAX_SAFE_INTEGER : limit - (used ?? 0) - requested

/**
 * The verdict of all sources on one request: every one of them must allow it. `binding` is the rule that comes nearest
 * to refusing, null where no rule applies.
 */
export const judgeSpending = (
  sources: ReadonlyArray<SourcedPolicy>,
  spending: Spending,
  used: UsedToday,
  now: string
): { readonly objections: ReadonlyArray<PolicyObjection>; readonly binding: PolicyObjection | null } => {
  if (spending.credits === 0) return { objections: [], binding: null }
  const applied = sources.flatMap((source) => rulesOf(source, spending, used, now))
  const [binding] = applied.toSorted((left, right) => room(left) - room(right))
  const objections = applied
    .filter(({ kept }) => !kept)
    .toSorted((left, right) => Number(right.isFinal) - Number(left.isFinal) || room(left) - room(right))
  return { objections: objections.map(plain), binding: binding === undefined ? null : plain(binding) }
}

const plain = (rule: AppliedRule): PolicyObjection => Struct.omit(rule, ["kept"])
