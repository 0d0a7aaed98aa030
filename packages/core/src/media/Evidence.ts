import * as Schema from "effect/Schema"
import { wire } from "../envelope/Wire.ts"

/**
 * What an agent that cannot see should know before it uses an output.
 *
 * - `wrong_size`: not the pixels that were asked for or promised.
 * - `blank`: one colour all over. `silent`: audio without a sound. `no_frames`: a film without pictures.
 * - `near_duplicate`: looks like another output of its job, or like the input it was made from.
 * - `changed_outside_mask`: an edit changed what its mask protects.
 * - `unreadable`: its header is right, but it could not be decoded.
 */
export const flagNames = [
  "wrong_size",
  "blank",
  "silent",
  "no_frames",
  "near_duplicate",
  "changed_outside_mask",
  "unreadable"
] as const
export const EvidenceFlag = Schema.Literals(flagNames)
export type EvidenceFlag = typeof EvidenceFlag.Type

/** The measured facts of an asset, as they are stored and answered. Null means not measured. */
export const AssetEvidence = wire({
  frames: Schema.NullOr(Schema.Number),
  durationSeconds: Schema.NullOr(Schema.Number),
  transparent: Schema.NullOr(Schema.Boolean),
  dominantColors: Schema.Array(Schema.String),
  blank: Schema.NullOr(Schema.Boolean),
  silent: Schema.NullOr(Schema.Boolean),
  triangles: Schema.NullOr(Schema.Number),
  contentCredentials: Schema.Array(Schema.String),
  /** 64 bits of a difference hash, 16 hex digits. */
  lookHash: Schema.NullOr(Schema.String),
  /** The asset id that it looks like. */
  nearDuplicateOf: Schema.NullOr(Schema.String),
  /** 0 to 1; null where no mask was given. */
  changedOutsideMask: Schema.NullOr(Schema.Number),
  flags: Schema.Array(EvidenceFlag),
  /** Why something could not be measured. */
  notMeasured: Schema.NullOr(Schema.String)
})
export type AssetEvidence = typeof AssetEvidence.Type
