import type { Feedback } from "@image-skill/core/feedback/Feedback"
import type { QueueOutcome } from "@image-skill/core/feedback/FeedbackQueue"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"

/** A report that says everything. */
export const feedback = (name: string, change: Partial<Feedback> = {}): Feedback => ({
  id: `sig_${name}`,
  organizationId: OrganizationId.make(`org_${name}`),
  agentId: AgentId.make(`agt_${name}`),
  type: "user_feedback",
  severity: "medium",
  confidence: "high",
  nextState: "watch",
  texts: {
    title: `Report ${name}`,
    body: "The refusal did not say which flag confirms an unknown cost.",
    command: "image-skill edit --input image_1 --prompt PROMPT",
    expected: "the name of the flag",
    actual: "only prose, “ünïcode” too",
    friction: null,
    proofNeeded: "recovery.required_flag is there",
    strategicReason: null,
    source: null,
    traceId: null
  },
  surface: ["cli", "docs"],
  evidence: ["trace:trace_c40a9d17e8b3526f"],
  dedupeKey: `key-${name}`,
  duplicateOf: null,
  weaknesses: 0,
  allowsWeakSignal: false,
  cuts: [],
  requestTraceId: `trace_${name}`,
  createdAt: "2026-01-02T03:04:05.678Z",
  ...change
})

export const promoted: QueueOutcome = {
  state: "promoted",
  reason: "new_actionable_signal",
  issueUrls: ["https://github.com/acme/reports/issues/12"],
  issueNumbers: [12],
  mode: "live",
  githubMutation: "issue_created"
}
