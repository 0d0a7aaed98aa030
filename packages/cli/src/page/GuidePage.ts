import { forPeople } from "./Next.ts"
import { facts, type Fact, type Page } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"

/** Where the guide stands: what is ready, what is missing, and what the picture will cost. */
export const guidePage = (data: Sheet): Page => {
  data.skip("schema", "ready", "stage", "blocker.code", "mutation", "selection.operation")
  const unit = data.number("cost.credit_unit_usd") ?? undefined
  const blocker = data.text("blocker.message")
  const after = data.text("after_next")
  const stage = data.state("stage") ?? "an unknown stage"
  return {
    needsAttention: blocker !== null,
    title: data.is("ready") ? "Ready to create" : `One step first: ${blocker ?? stage}`,
    blocks: [
      ...facts(
        null,
        ["Stage", stage],
        ["Model", data.text("selection.model_id")],
        ["Chosen because", data.text("selection.reason")],
        ["Cost", data.credits("cost.estimated_credits", unit)],
        ["Each output", data.usd("cost.estimated_usd_per_image")]
      ),
      ...facts("Checks", ...checksOf(data.inside("checks"))),
      ...facts(null, ["After that", after === null ? null : forPeople(after)])
    ]
  }
}

const checksOf = (checks: Sheet): ReadonlyArray<readonly [string, string | null]> => [
  ["Service", serviceOf(checks.inside("hosted_api"))],
  ["Signed in", authOf(checks.inside("auth"))],
  ["Models", modelsOf(checks.inside("models"))],
  ["Credits", quotaOf(checks.inside("quota"))],
  ["Payment", paymentOf(checks.inside("payments"))]
]

const serviceOf = (api: Sheet): string => {
  const at = api.text("api_base_url") ?? "the service"
  const code = api.text("error_code")
  const status = api.text("status")
  return api.is("reachable")
    ? `${status ?? "ok"} (${at})`
    : `${at} cannot be reached${code === null ? "" : `: ${code}`}`
}

const authOf = (auth: Sheet): string => {
  const [source, claim, status] = [auth.text("source"), auth.state("claim_state"), auth.state("token_status")]
  if (auth.is("authenticated")) return `yes, by ${source ?? "a token"}${claim === null ? "" : ` (${claim})`}`
  return status === null || source === "none" ? "no" : `no: the token is ${status} (${source ?? "unknown source"})`
}

const modelsOf = (models: Sheet): string => {
  const [count, code] = [models.text("executable_count"), models.text("error_code")]
  return models.is("reachable")
    ? `${count ?? "some"} can be run`
    : `cannot be listed${code === null ? "" : `: ${code}`}`
}

const quotaOf = (quota: Sheet): string => {
  const [left, needed, jobs] = [
    quota.text("remaining_credits"),
    quota.text("required_credits"),
    quota.text("daily_jobs_remaining")
  ]
  const reason = quota.state("reason")
  if (!quota.is("checked")) return `not checked${reason === null ? "" : `: ${reason}`}`
  return [`${left ?? "?"} left, ${needed ?? "?"} needed`, jobs === null ? null : `${jobs} jobs left today`]
    .filter((part) => part !== null)
    .join("; ")
}

const paymentOf = (payments: Sheet): string => {
  const preferred = payments.text("preferred_method")
  const rejected = payments.each("rejected").flatMap((rail): ReadonlyArray<Fact> => {
    const [id, reason] = [rail.text("method_id"), rail.state("reason")]
    return id === null ? [] : [[id, reason ?? "refused"]]
  })
  const first = preferred ?? "no rail is ready"
  return [first, ...rejected.map(([id, reason]) => `${id}: ${reason}`)].join("; ")
}
