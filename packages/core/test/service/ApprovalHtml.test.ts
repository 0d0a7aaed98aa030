import { assert, describe, it } from "@effect/vitest"
import type { Approval } from "@image-skill/core/credits/SpendPolicies"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import { question } from "@image-skill/core/service/ApprovalHtml"

const asked: Approval = {
  id: "appr_3n7v0c5x9m2q8k4t1r6w7z2y4c",
  organizationId: OrganizationId.make("org_3n7v0c5x9m2q8k4t1r6w"),
  agentId: AgentId.make("agt_3n7v0c5x9m2q8k4t1r6w"),
  agentName: "painter\u202e\u200b",
  operation: "spend-policy set",
  fingerprint: "f",
  credits: 0,
  subject: "policy",
  rule: "raise",
  source: "agent",
  limit: null,
  change: { models: { "a\u2067\u00ad": 1_000 } },
  state: "pending",
  createdAt: "2026-01-01T00:00:00.000Z",
  expiresAt: "2026-01-02T00:00:00.000Z",
  decidedAt: null,
  usedAt: null,
  usedBy: null
}

describe("the question that an owner is asked", () => {
  it("shows characters that turn text around or hide in it, and does not obey them", () => {
    const { html } = question(asked, false)
    assert.deepStrictEqual(html.match(/[\p{Cf}\p{Zl}\p{Zp}]/gu), null)
    for (const shown of ["painter⟨202E⟩⟨200B⟩", "a⟨2067⟩⟨AD⟩"]) assert.include(html, shown)
  })
})
