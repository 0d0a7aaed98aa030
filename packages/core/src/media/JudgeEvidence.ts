import type { Modality, Size } from "../models/Model.ts"
import type { AssetEvidence, EvidenceFlag } from "./Evidence.ts"
import type { Evidence, InspectionFailed } from "./MediaInspector.ts"
import { looksAlike } from "./PixelFacts.ts"

/** Another picture that an output is compared with. */
export interface Look {
  readonly assetId: string
  readonly lookHash: string | null
}

/** What was asked for, and what an output stands beside. */
export interface Expectations {
  readonly modality: Modality
  /** The pixels that were asked for or promised, where they are exact. */
  readonly exactSize: Size | null
  /** The fewest pixels of the shorter side that were promised, where only that was. */
  readonly minShortEdge: number | null
  /** Earlier outputs of the same job, in their order. */
  readonly siblings: ReadonlyArray<Look>
  /** What it was made from. */
  readonly inputs: ReadonlyArray<Look>
  /** 0 to 1; null where no mask was given, or it could not be told. */
  readonly changedOutside: number | null
}

/** A seam is blended over a few pixels beyond the mask; more than one in a hundred is no seam. */
const mostChangedOutside = 0.01

/** What an output's measured facts mean beside what was expected of it. What was not measured is not flagged. */
export const judgeEvidence = (evidence: Evidence, expected: Expectations): AssetEvidence => {
  const { changedOutside, inputs, modality, siblings } = expected
  const twin = [...siblings, ...inputs].find((other) => isTwin(evidence, other))
  const flags: ReadonlyArray<readonly [EvidenceFlag, boolean]> = [
    ["wrong_size", hasWrongSize(evidence.size, expected)],
    ["blank", evidence.blank === true],
    ["silent", modality === "audio" && evidence.silent === true],
    ["no_frames", modality === "video" && evidence.frames === 0],
    ["near_duplicate", twin !== undefined],
    ["changed_outside_mask", changedOutside !== null && changedOutside > mostChangedOutside]
  ]
  return {
    frames: evidence.frames,
    durationSeconds: evidence.durationSeconds,
    transparent: evidence.transparent,
    dominantColors: evidence.dominantColors,
    blank: evidence.blank,
    silent: evidence.silent,
    triangles: evidence.triangles,
    contentCredentials: evidence.contentCredentials,
    lookHash: evidence.lookHash,
    nearDuplicateOf: twin?.assetId ?? null,
    changedOutsideMask: changedOutside,
    flags: raised(flags),
    notMeasured: notMeasured(evidence, modality)
  }
}

/** What is known of an output without a look at it, and what was asked for. */
export interface Unseen extends Pick<Expectations, "exactSize" | "minShortEdge"> {
  /** By its header. */
  readonly size: Size | null
}

/** The same for an output that could not be inspected. Its own faults are damage and a size that was not asked for. */
export const judgeFailure = ({ message, reason }: InspectionFailed, unseen: Unseen = nothingKnown): AssetEvidence => {
  const flags: ReadonlyArray<readonly [EvidenceFlag, boolean]> = [
    ["wrong_size", hasWrongSize(unseen.size, unseen)],
    ["unreadable", reason === "unreadable"]
  ]
  return {
    frames: null,
    durationSeconds: null,
    transparent: null,
    dominantColors: [],
    blank: null,
    silent: null,
    triangles: null,
    contentCredentials: [],
    lookHash: null,
    nearDuplicateOf: null,
    changedOutsideMask: null,
    flags: raised(flags),
    notMeasured: message
  }
}

const nothingKnown: Unseen = { size: null, exactSize: null, minShortEdge: null }

const raised = (flags: ReadonlyArray<readonly [EvidenceFlag, boolean]>): ReadonlyArray<EvidenceFlag> =>
  flags.filter(([, isRaised]) => isRaised).map(([flag]) => flag)

/** Blank pictures of any colour look alike, and are flagged as blank. */
const isTwin = ({ blank, lookHash }: Evidence, other: Look): boolean =>
  blank !== true && lookHash !== null && other.lookHash !== null && looksAlike(lookHash, other.lookHash)

const hasWrongSize = (
  size: Size | null,
  { exactSize, minShortEdge }: Pick<Expectations, "exactSize" | "minShortEdge">
): boolean => {
  if (size === null) return false
  if (exactSize !== null) return size.width !== exactSize.width || size.height !== exactSize.height
  return minShortEdge !== null && Math.min(size.width, size.height) < minShortEdge
}

const notMeasured = ({ blank, silent, triangles }: Evidence, modality: Modality): string | null => {
  switch (modality) {
    case "image":
      return blank === null ? "its pixels were not decoded" : null
    case "video":
      return "the pictures and the sound of a film are not decoded"
    case "audio":
      return silent === null ? "its samples were not decoded" : null
    case "3d":
      return triangles === null ? "its mesh was not read" : null
  }
}
