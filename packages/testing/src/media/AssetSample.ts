import { OrganizationId } from "@image-skill/core/identity/Actor"
import type { Asset } from "@image-skill/core/media/Asset"

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
  ...change
})
