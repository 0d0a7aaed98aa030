import { OrganizationId } from "@image-skill/core/identity/Actor"
import type { Asset } from "@image-skill/core/media/Asset"
import type { AssetEvidence } from "@image-skill/core/media/Evidence"

/** An image that a job made. */
export const asset = (name: string, change: Partial<Asset> = {}): Asset => ({
  id: `image_${name}`,
  organizationId: OrganizationId.make("org_sample"),
  jobId: "job_sample",
  kind: "generated",
  modality: "image",
  mimeType: "image/png",
  contentLength: 1024,
  width: 16,
  height: 16,
  sha256: "0".repeat(64),
  createdAt: "2026-01-02T03:04:05.678Z",
  visibility: "public",
  parentId: null,
  evidence: null,
  expiresAt: null,
  deletedAt: null,
  ...change
})

/** What was seen of a short film, of which everything is known. */
export const evidence: AssetEvidence = {
  frames: 72,
  durationSeconds: 3.04,
  transparent: false,
  dominantColors: ["#102030", "#ffffff"],
  blank: false,
  silent: true,
  triangles: null,
  contentCredentials: ["Example Studio"],
  lookHash: "00ff00ff00ff00ff",
  nearDuplicateOf: "image_other",
  changedOutsideMask: 0.25,
  flags: ["silent", "near_duplicate"],
  notMeasured: null
}
