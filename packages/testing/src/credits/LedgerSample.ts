import type { Hold } from "@image-skill/core/credits/Hold"
import type { Journal, Posting } from "@image-skill/core/credits/Journal"
import { OrganizationId } from "@image-skill/core/identity/Actor"

export const organization = OrganizationId.make("org_sample")

export const journal = (name: string, change: Partial<Journal> = {}): Journal => ({
  id: `journal_${name}`,
  organizationId: organization,
  key: `key_${name}`,
  kind: "preview_grant",
  reference: organization,
  traceId: "trace_sample",
  at: "2026-01-02T03:04:05.678Z",
  ...change
})

/** The two sides of the first grant of an organization. */
export const grantPostings = ({ id: journalId, organizationId }: Journal, credits: number): ReadonlyArray<Posting> => [
  { journalId, organizationId, kind: "preview:issued", amount: -credits, seq: 1, balanceAfter: -credits },
  { journalId, organizationId, kind: "preview:available", amount: credits, seq: 1, balanceAfter: credits }
]

export const hold = (name: string, change: Partial<Hold> = {}): Hold => ({
  id: `hold_${name}`,
  organizationId: organization,
  jobId: `job_${name}`,
  held: { preview: 3, paid: 2 },
  captured: { preview: 0, paid: 0 },
  state: "open",
  expiresAt: "2026-01-02T03:19:05.678Z",
  ...change
})
