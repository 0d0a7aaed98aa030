import { type Agent, AgentId, OrganizationId, restrictedGrants } from "@image-skill/core/identity/Actor"
import type { StoredToken } from "@image-skill/core/identity/Token"

/** An agent like any other, with an organization of its own. */
export const agent = (name: string, change: Partial<Agent> = {}): Agent => ({
  id: AgentId.make(`agt_${name}`),
  organizationId: OrganizationId.make(`org_${name}`),
  name,
  runtime: "vitest",
  maskedContact: null,
  allowanceKey: `allowance_${name}`,
  claimState: "unclaimed",
  grants: restrictedGrants,
  createdAt: "2026-01-02T03:04:05.678Z",
  discoverySource: null,
  ...change
})

export const token = (name: string, change: Partial<StoredToken> = {}): StoredToken => ({
  hash: `hash_${name}`,
  fingerprint: name.slice(0, 6),
  status: "active",
  createdAt: "2026-01-02T03:04:05.678Z",
  ...change
})
