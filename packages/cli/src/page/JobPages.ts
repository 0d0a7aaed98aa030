import { assetTable } from "./AssetPages.ts"
import { describeRest } from "./GenericPage.ts"
import { facts, type Page, table } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"

export const jobsPage = (data: Sheet): Page => {
  data.skip("request")
  const jobs = data.each("jobs")
  return {
    title: jobs.length === 0 ? "No jobs" : `${jobs.length} job${jobs.length === 1 ? "" : "s"}, newest first`,
    blocks: [
      ...table(
        null,
        [
          { title: "Job" },
          { title: "Makes" },
          { title: "Status", wraps: true },
          { title: "Begun", wraps: true },
          { title: "Credits", align: "right" },
          { title: "Problem", wraps: true }
        ],
        jobs.map((job) => {
          job.skip("command")
          return [
            job.text("job_id"),
            job.text("operation"),
            statusOf(job),
            job.minute("created_at"),
            job.text("credits_captured"),
            job.text("error_code")
          ]
        })
      ),
      ...facts(null, ["More from", data.text("next_cursor")])
    ]
  }
}

const statusOf = (job: Sheet): string | null => {
  const [status, outcome] = [job.state("status"), job.text("outcome")]
  return outcome === null ? status : `${status ?? "not known"} (${outcome})`
}

export const jobPage = (data: Sheet): Page => {
  const job = data.inside("job")
  const unit = job.number("cost.credit_pricing.credit_unit_usd") ?? undefined
  // The same facts stand inside of the job.
  data.skip("request", "status", ...(job.each("assets").length > 0 ? ["assets"] : []))
  return {
    title: `${job.text("job_id") ?? "The job"} is ${statusOf(job) ?? "in an unknown state"}`,
    blocks: [
      ...assetTable(data, "job.assets", null),
      ...facts(
        null,
        ["Makes", job.text("operation")],
        ["Capability", job.text("capability.id")],
        ["Begun", job.text("created_at")],
        ["Ended", job.text("completed_at")],
        ["Charged", job.credits("credits.captured", unit)],
        ["Reserved", job.credits("credits.reserved", unit)],
        ["Given back", job.credits("credits.released", unit)],
        ["Key", job.text("idempotency_key")],
        ["Again", againOf(job)]
      ),
      ...describeRest(data, "job.error", "Problem"),
      ...describeRest(data, "wait", "Waiting")
    ]
  }
}

const againOf = (job: Sheet): string | null => {
  const [safe, reason] = [job.take("retry.safe"), job.text("retry.reason")]
  job.skip("retry.idempotency_key")
  return typeof safe === "boolean" ? `${safe ? "safe" : "not safe"}${reason === null ? "" : `: ${reason}`}` : reason
}

export const cancelPage = (data: Sheet): Page => {
  data.skip("request", "status", "job.command")
  const job = data.inside("job")
  return {
    title: `${job.text("job_id") ?? "The job"}: ${data.state("cancellation.state") ?? "asked to stop"}`,
    blocks: facts(
      null,
      ["Billing", data.text("cancellation.billing")],
      ["Status", statusOf(job)],
      ["Makes", job.text("operation")],
      ["Begun", job.text("created_at")],
      ["Ended", job.text("completed_at")],
      ["Charged", job.credits("credits_captured")]
    )
  }
}
