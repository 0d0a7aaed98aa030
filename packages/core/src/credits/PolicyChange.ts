import { capOf } from "./JudgeSpending.ts"
import type { SourcedPolicy, SpendPolicy, SpendPolicyChange } from "./SpendPolicy.ts"

const lower = (left: number | undefined, right: number | undefined): number | undefined =>
  left === undefined ? right : right === undefined ? left : Math.min(left, right)

const lowerCaps = (
  left: { readonly [name: string]: number } | undefined,
  right: { readonly [name: string]: number } | undefined
): { readonly [name: string]: number } | undefined =>
  left === undefined || right === undefined
    ? (left ?? right)
    : Object.fromEntries(
        [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((name) => {
          const cap = lower(capOf(left, name) ?? undefined, capOf(right, name) ?? undefined)
          return cap === undefined ? [] : [[name, cap] as const]
        })
      )

/** What holds where both hold. */
export const strictest = (left: SpendPolicy, right: SpendPolicy): SpendPolicy => {
  const models = left.allowedModels
  const others = right.allowedModels
  const instants = [left.expiresAt, right.expiresAt].filter((instant) => instant !== undefined).toSorted()
  return present({
    maxCreditsPerCall: lower(left.maxCreditsPerCall, right.maxCreditsPerCall),
    maxCreditsPerDay: lower(left.maxCreditsPerDay, right.maxCreditsPerDay),
    models: lowerCaps(left.models, right.models),
    allowedModels:
      models === undefined || others === undefined
        ? (models ?? others)
        : models.filter((model) => others.includes(model)),
    rails: lowerCaps(left.rails, right.rails),
    expiresAt: instants[0]
  })
}

type Maybe<T> = { readonly [K in keyof T]?: T[K] | undefined }

const present = (policy: Maybe<SpendPolicy>): SpendPolicy => ({
  ...(policy.maxCreditsPerCall === undefined ? {} : { maxCreditsPerCall: policy.maxCreditsPerCall }),
  ...(policy.maxCreditsPerDay === undefined ? {} : { maxCreditsPerDay: policy.maxCreditsPerDay }),
  ...(policy.models === undefined ? {} : { models: policy.models }),
  ...(policy.allowedModels === undefined ? {} : { allowedModels: policy.allowedModels }),
  ...(policy.rails === undefined ? {} : { rails: policy.rails }),
  ...(policy.expiresAt === undefined ? {} : { expiresAt: policy.expiresAt })
})

/** What holds under all sources; null where one of them cannot be used, so that nothing may be spent. */
export const effectivePolicy = (sources: ReadonlyArray<SourcedPolicy>): SpendPolicy | null =>
  sources.reduce<SpendPolicy | null>(
    (all, { policy }) => (all === null || policy === null ? null : strictest(all, policy)),
    {}
  )

type NamedCaps = { readonly [name: string]: number }

const changedCaps = (
  caps: NamedCaps | undefined,
  change: { readonly [name: string]: number | null } | null | undefined
): NamedCaps | undefined => {
  if (change === undefined) return caps
  if (change === null) return undefined
  const next = Object.entries({ ...caps, ...change }).filter((entry): entry is [string, number] => entry[1] !== null)
  return next.length === 0 ? undefined : Object.fromEntries(next)
}

const changedTo = <A>(value: A | undefined, change: A | null | undefined): A | undefined =>
  change === undefined ? value : (change ?? undefined)

/** The policy after a change. */
export const changed = (policy: SpendPolicy, change: SpendPolicyChange): SpendPolicy =>
  present({
    maxCreditsPerCall: changedTo(policy.maxCreditsPerCall, change.maxCreditsPerCall),
    maxCreditsPerDay: changedTo(policy.maxCreditsPerDay, change.maxCreditsPerDay),
    models: changedCaps(policy.models, change.models),
    allowedModels: changedTo(policy.allowedModels, change.allowedModels),
    rails: changedCaps(policy.rails, change.rails),
    expiresAt: changedTo(policy.expiresAt, change.expiresAt)
  })

const capRaised = (before: number | undefined, after: number | undefined): boolean =>
  before !== undefined && (after === undefined || after > before)

const capsRaised = (before: NamedCaps | undefined, after: NamedCaps | undefined): boolean =>
  before !== undefined &&
  Object.keys(before).some((name) => capRaised(capOf(before, name) ?? undefined, capOf(after, name) ?? undefined))

/** The fields by which `after` allows anything that `before` does not. */
export const raises = (before: SpendPolicy, after: SpendPolicy): ReadonlyArray<keyof SpendPolicy> => {
  const known = before.allowedModels
  const isLater =
    before.expiresAt !== undefined && (after.expiresAt === undefined || after.expiresAt > before.expiresAt)
  const isWider =
    known !== undefined && !(after.allowedModels ?? [null]).every((id) => id !== null && known.includes(id))
  return [
    ...(capRaised(before.maxCreditsPerCall, after.maxCreditsPerCall) ? (["maxCreditsPerCall"] as const) : []),
    ...(capRaised(before.maxCreditsPerDay, after.maxCreditsPerDay) ? (["maxCreditsPerDay"] as const) : []),
    ...(capsRaised(before.models, after.models) ? (["models"] as const) : []),
    ...(isWider ? (["allowedModels"] as const) : []),
    ...(capsRaised(before.rails, after.rails) ? (["rails"] as const) : []),
    ...(isLater ? (["expiresAt"] as const) : [])
  ]
}

/**
 * By what a change of an agent's own policy asks for more than it may: more than its own policy says, or a value above
 * what holds for it already, by whoever's word.
 */
export const raisesOf = (
  own: SpendPolicy,
  effective: SpendPolicy,
  change: SpendPolicyChange
): ReadonlyArray<keyof SpendPolicy> => {
  const after = changed(own, change)
  const asked = changed({}, change)
  return [...new Set([...raises(own, after), ...raises(pick(effective, asked), asked)])]
}

/** Of `policy` what `asked` speaks of, entry by entry. */
const pick = (policy: SpendPolicy, asked: SpendPolicy): SpendPolicy =>
  present({
    maxCreditsPerCall: asked.maxCreditsPerCall === undefined ? undefined : policy.maxCreditsPerCall,
    maxCreditsPerDay: asked.maxCreditsPerDay === undefined ? undefined : policy.maxCreditsPerDay,
    models: pickCaps(policy.models, asked.models),
    allowedModels: asked.allowedModels === undefined ? undefined : policy.allowedModels,
    rails: pickCaps(policy.rails, asked.rails),
    expiresAt: asked.expiresAt === undefined ? undefined : policy.expiresAt
  })

const pickCaps = (caps: NamedCaps | undefined, asked: NamedCaps | undefined): NamedCaps | undefined =>
  caps === undefined || asked === undefined
    ? undefined
    : Object.fromEntries(Object.entries(caps).filter(([name]) => Object.hasOwn(asked, name)))
