import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Field from "../envelope/Field.ts"
import { wire } from "../envelope/Wire.ts"

/** The largest cap, in credits. */
export const largestCap = 1_000_000

const capRule = "must be a whole number from 1 to 1,000,000"
const railRule = "must be a whole number from 0 to 1,000,000"
const Cap = Field.integer(1, largestCap)
/** 0 forbids the rail. */
const RailCap = Field.integer(0, largestCap)
const Name = Field.line(1, 160)

const instantRule = "must be an instant such as 2026-12-31T00:00:00Z"
const isInstant = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/u.test(text) &&
  Option.isSome(DateTime.make(text))

/** Kept in UTC with milliseconds, so that instants compare as text. */
const Instant = Schema.String.annotate({ message: instantRule })
  .check(Schema.makeFilter(isInstant, { message: instantRule }))
  .pipe(
    Schema.decodeTo(
      Schema.String,
      SchemaTransformation.transform({
        decode: (text) => Option.match(DateTime.make(text), { onNone: () => text, onSome: DateTime.formatIso }),
        encode: (text) => text
      })
    )
  )

/** At most so many models or rails stand in one policy. */
export const mostNames = 100

const isFew = (named: object): boolean => Object.keys(named).length <= mostNames
const namedRule = (what: string): string =>
  `must be a JSON object of at most ${mostNames} ${what}, each with its credits`
const few = (what: string) => Schema.makeFilter(isFew, { message: namedRule(what) })
const namesRule = `must be a list of at most ${mostNames} model ids`
const Names = Schema.Array(Name)
  .annotate({ message: namesRule })
  .check(Schema.makeFilter(isFew, { message: namesRule }))

/** Null, or what `schema` takes; whatever else comes is told the rule. */
const orNull = <S extends Schema.Top>(schema: S, message: string) => Schema.NullOr(schema).annotate({ message })

/**
 * What may be spent, in credits; what is left out has no cap. `models` caps one call with that model, `rails` what is
 * bought on that rail in one UTC day (0 forbids it). After `expiresAt` nothing may be spent until it is set anew. What
 * costs nothing is never refused.
 */
export const SpendPolicy = wire({
  maxCreditsPerCall: Schema.optionalKey(Cap),
  maxCreditsPerDay: Schema.optionalKey(Cap),
  models: Schema.optionalKey(Schema.Record(Name, Cap).check(few("models"))),
  allowedModels: Schema.optionalKey(Names),
  rails: Schema.optionalKey(Schema.Record(Name, RailCap).check(few("rails"))),
  expiresAt: Schema.optionalKey(Instant)
})
export type SpendPolicy = typeof SpendPolicy.Type

/** A change of a policy: fields and entries that are left out stay as they are, and null takes one away. */
export const SpendPolicyChange = wire({
  maxCreditsPerCall: Schema.optionalKey(orNull(Cap, capRule)),
  maxCreditsPerDay: Schema.optionalKey(orNull(Cap, capRule)),
  models: Schema.optionalKey(
    orNull(Schema.Record(Name, orNull(Cap, capRule)).check(few("models")), namedRule("models"))
  ),
  allowedModels: Schema.optionalKey(orNull(Names, namesRule)),
  rails: Schema.optionalKey(
    orNull(Schema.Record(Name, orNull(RailCap, railRule)).check(few("rails")), namedRule("rails"))
  ),
  expiresAt: Schema.optionalKey(orNull(Instant, instantRule))
})
export type SpendPolicyChange = typeof SpendPolicyChange.Type

/** Whose word a policy is: the owner's file in the data folder, the owner's stored policy, the agent's own lowering. */
export const policySources = ["owner_file", "owner", "agent"] as const
export type PolicySource = (typeof policySources)[number]

export const policyRules = [
  "policy_unreadable",
  "expires_at",
  "allowed_models",
  "models",
  "rails",
  "max_credits_per_call",
  "max_credits_per_day"
] as const
export type PolicyRule = (typeof policyRules)[number]

/** One source's policy; null where its file is there and cannot be used, so that nothing may be spent. */
export interface SourcedPolicy {
  readonly source: PolicySource
  readonly policy: SpendPolicy | null
}

/** How a hold came to be allowed, as the ledger keeps it. */
export const PolicyNote = Schema.Struct({
  decision: Schema.Literals(["within_policy", "approved"]),
  rule: Schema.Literals(policyRules),
  source: Schema.Literals(policySources),
  approval: Schema.optionalKey(Schema.String)
})
export type PolicyNote = typeof PolicyNote.Type

const decodeFile = Schema.decodeUnknownResult(Schema.fromJsonString(SpendPolicy), {
  onExcessProperty: "error",
  errors: "all"
})

/**
 * Reads the text of the owner's file. A key that is not known is an error: whoever mistypes a cap must not be left
 * without one.
 */
export const readPolicy = (text: string): Result.Result<SpendPolicy, string> =>
  Result.mapError(decodeFile(text), ({ message }) => message.replaceAll(/\s+/gu, " "))

export const noPolicy: SpendPolicy = {}

/** The owner's file as it is now. It is read at every decision, so that a change counts at once. */
export type FilePolicy =
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Read"; readonly policy: SpendPolicy }
  | { readonly _tag: "Broken"; readonly problem: string }
