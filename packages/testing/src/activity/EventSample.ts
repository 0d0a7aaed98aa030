import { type ActivityEvent, noLinks } from "@image-skill/core/activity/ActivityEvent"
import { OrganizationId } from "@image-skill/core/identity/Actor"

/** An event of a job that ended. */
export const event = (name: string, change: Partial<ActivityEvent> = {}): ActivityEvent => ({
  id: `evt_${name}`,
  organizationId: OrganizationId.make("org_sample"),
  type: "job.completed",
  occurredAt: "2026-01-02T03:04:05.678Z",
  summary: "A create job ended: completed",
  operation: "create",
  traceId: `trace_${name}`,
  subject: { type: "job", id: `job_${name}` },
  links: { ...noLinks, jobId: `job_${name}` },
  status: "completed",
  cost: null,
  details: {},
  ...change
})
