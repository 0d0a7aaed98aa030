import { facts, type Page } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"

export const signupPage = (data: Sheet): Page => {
  const storage = data.inside("storage")
  const rotated = data.is("rotated")
  data.skip("agent_name", "token_presented")
  return {
    title: `${rotated ? "Signed up again" : "Signed up"} as ${data.text("agent_name") ?? "an agent"}`,
    blocks: [
      ...facts(
        null,
        ["Agent", data.text("agent_id")],
        ["Organization", data.text("organization_id")],
        ["Runtime", data.text("runtime")],
        ["Contact", data.text("agent_contact")],
        ["Claim", data.state("claim_state")],
        ["Token", data.text("token")],
        ["Token is", data.text("token_class")],
        ["Saved", storage.is("saved") ? storage.text("config_path") : storage.text("reason")],
        ["Credits", data.credits("quota.remaining_credits")],
        ["Jobs left today", data.text("quota.daily_jobs_remaining")]
      )
    ]
  }
}

export const whoamiPage = (data: Sheet): Page => identityPage(data, null)

export const authPage = (data: Sheet): Page =>
  data.is("authenticated")
    ? identityPage(data, data.text("auth_source"))
    : {
        title: "Not signed in",
        blocks: facts(null, ["Token from", data.text("auth_source")], ["State", data.state("token_status")])
      }

const identityPage = (data: Sheet, source: string | null): Page => {
  data.skip("authenticated", "actor.actor_type", "actor.claim_state", "actor.organization_id")
  return {
    title: `Signed in as ${data.text("actor.agent_name") ?? data.text("actor.actor_id") ?? "somebody unnamed"}`,
    blocks: [
      ...facts(
        null,
        ["Agent", data.text("actor.actor_id")],
        ["Runtime", data.text("actor.runtime")],
        ["Contact", data.text("actor.agent_contact")],
        ["Since", data.text("actor.created_at")],
        ["Organization", data.text("organization.organization_id")],
        ["Claim", data.state("claim_state")],
        ["Claim request", data.state("claim_request_state")],
        ["Token", data.state("token_status")],
        ["Token is", data.text("token_class")],
        ["Token made", data.text("token_created_at")],
        ["Token from", source],
        ["May", data.text("grants")]
      )
    ]
  }
}

export const quotaPage = (data: Sheet): Page => {
  const unit = data.number("credit_unit_usd") ?? undefined
  const limits = data.inside("limits")
  limits.skip("remaining_credits")
  const jobs = data.inside("daily_jobs")
  data.skip("authenticated", "reset_windows.daily_jobs")
  const left = limits.credits("total_remaining_credits", unit) ?? limits.credits("remaining_credits", unit)
  return {
    title: `${left ?? "An unknown number of credits"} left`,
    blocks: [
      ...facts(
        "Preview credits",
        ["Granted", limits.credits("preview_credits_granted", unit)],
        ["Used", limits.credits("preview_credits_used", unit)],
        ["Reserved", limits.credits("preview_credits_reserved", unit)]
      ),
      ...facts(
        "Paid credits",
        ["Left", limits.credits("payment_backed_remaining_credits", unit)],
        ["Granted", limits.credits("payment_backed_credits_granted", unit)],
        ["Used", limits.credits("payment_backed_credits_used", unit)],
        ["Reserved", limits.credits("payment_backed_credits_reserved", unit)]
      ),
      ...facts(
        "Jobs today",
        ["Left", outOf(jobs.text("remaining"), jobs.text("limit"))],
        ["Counted", jobs.state("basis")],
        ["Starts anew", jobs.text("resets_at")]
      ),
      ...facts(
        "Limits",
        ["Plan", data.state("plan")],
        ["Claim", data.state("claim_state")],
        ["Outputs per request", data.text("model_limits.max_outputs_per_request")],
        ["Credits per job", data.credits("model_limits.max_credits_per_job", unit)]
      )
    ]
  }
}

const outOf = (left: string | null, limit: string | null): string | null =>
  left === null ? null : limit === null ? left : `${left} of ${limit}`
