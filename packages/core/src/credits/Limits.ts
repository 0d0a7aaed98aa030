import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { wire } from "../envelope/Wire.ts"

const Count = Schema.Natural
const PerHour = Schema.NullOr(Count)

/**
 * What a deployment allows (contract/api.md 3.2, 3.5, 4.2), what its operator will not have made, and whether payers may
 * use promotion codes. Read from the file of `serve --limits`; every field may be left out and then has the contract's
 * value. `null` means no rate limit.
 */
export const LimitsFile = wire({
  previewCredits: Schema.optionalKey(Count),
  dailyJobsOnPreview: Schema.optionalKey(Count),
  dailyJobsWhenPaid: Schema.optionalKey(Count),
  maxOutputsOnPreview: Schema.optionalKey(Count),
  maxOutputsWhenPaid: Schema.optionalKey(Count),
  maxCreditsPerJobOnPreview: Schema.optionalKey(Count),
  maxCreditsPerJobWhenPaid: Schema.optionalKey(Count),
  signupsPerHour: Schema.optionalKey(PerHour),
  uploadsPerHour: Schema.optionalKey(PerHour),
  /** Of one token. */
  requestsPerMinute: Schema.optionalKey(Schema.NullOr(Count)),
  /** After so many days an asset is deleted with its bytes; null keeps it until its owner deletes it. */
  mediaRetentionDays: Schema.optionalKey(Schema.NullOr(Count)),
  acceptTestContacts: Schema.optionalKey(Schema.Boolean),
  promotionCodes: Schema.optionalKey(Schema.Boolean),
  contentRules: Schema.optionalKey(Schema.Array(wire({ phrase: Schema.NonEmptyString, reason: Schema.NonEmptyString })))
})

type LimitsShape = Omit<Required<typeof LimitsFile.Type>, "contentRules" | "promotionCodes">

/** The contract's numbers, which `serve` uses. Loopback callers are never rate limited. */
export const contractLimits: LimitsShape = {
  previewCredits: 50,
  dailyJobsOnPreview: 4,
  dailyJobsWhenPaid: 200,
  maxOutputsOnPreview: 4,
  maxOutputsWhenPaid: 10,
  maxCreditsPerJobOnPreview: 100,
  maxCreditsPerJobWhenPaid: 1_000,
  signupsPerHour: 10,
  uploadsPerHour: 60,
  requestsPerMinute: 600,
  mediaRetentionDays: null,
  acceptTestContacts: false
}

/** A person's own machine: no rate limits and no daily cap that bites (decision D1.5). */
export const embeddedLimits: LimitsShape = {
  ...contractLimits,
  dailyJobsOnPreview: 1_000,
  dailyJobsWhenPaid: 1_000,
  signupsPerHour: null,
  uploadsPerHour: null,
  requestsPerMinute: null,
  acceptTestContacts: true
}

/** The file's numbers over the given ones. */
export const withFile = (limits: LimitsShape, file: typeof LimitsFile.Type): LimitsShape => ({
  ...limits,
  ...Struct.omit(file, ["contentRules", "promotionCodes"])
})

export class Limits extends Context.Service<Limits, LimitsShape>()("core/credits/Limits") {
  static readonly layerOf = (limits: LimitsShape) => Layer.sync(Limits, () => Limits.of(limits))
}
