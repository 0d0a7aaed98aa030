import { assetTable } from "./AssetPages.ts"
import { facts, type Page, paragraph } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"

/** A create or an edit: what was made or planned, and what it cost. */
export const mediaPage = (verb: "create" | "edit", data: Sheet): Page => {
  const planned = data.is("dry_run")
  const pricing = data.inside("cost.credit_pricing")
  const unit = pricing.number("credit_unit_usd") ?? undefined
  data.skip("operation", "asset_ids", "trace_id", "plan_receipt.job_id", "plan_receipt.schema", "plan_receipt.status")
  const [only, ...more] = data.each("assets")
  const needed = pricing.credits("credits_required", unit)
  const spent = data.credits("quota.consumed_credits", unit)
  return {
    title: titleOf(verb, planned, data),
    blocks: [
      ...assetTable(data, "assets", null),
      ...facts(
        null,
        ["Capability", data.text("capability.id")],
        ["Job", data.text("job_id")],
        ["Status", data.state("status")],
        ["Would cost", planned ? needed : null],
        ["Cost", planned ? null : (spent ?? needed)],
        ["Credits left", data.credits("quota.limits.total_remaining_credits", unit)],
        ["Jobs left today", data.text("quota.daily_jobs.remaining")],
        ["At", only === undefined || more.length > 0 ? null : only.text("url")],
        ["Key", data.text("idempotency.key")],
        [
          "Repeated",
          data.is("idempotency.replayed") ? "an earlier answer for the same key; nothing was charged again" : null
        ],
        ["Chosen because", data.text("request.selection.reason")],
        ["Safety", data.state("safety.status")]
      ),
      ...data.each("assets").flatMap(drawnOf)
    ]
  }
}

const titleOf = (verb: "create" | "edit", planned: boolean, data: Sheet): string => {
  if (planned) return `Planned: this ${verb} would run, and nothing was spent`
  const assets = data.each("assets")
  const status = data.text("status")
  if (status !== "completed") return `The ${verb} is ${data.state("status") ?? "on its way"}`
  const kinds = new Set(assets.map((asset) => asset.text("modality") ?? "asset"))
  const kind = kinds.size === 1 ? [...kinds].join("") : "asset"
  return `Made ${assets.length} ${kind}${assets.length === 1 ? "" : "s"}`
}

/** What an embedded model says of its own picture. */
const drawnOf = (asset: Sheet) => {
  const [drawn, missing] = [asset.text("facts.drawn"), asset.text("facts.not_drawn")]
  const parts = [
    drawn === null || drawn === "none" ? null : `Drawn: ${drawn}`,
    missing === null || missing === "none" ? null : `not drawn: ${missing}`
  ].filter((part) => part !== null)
  return paragraph(null, parts.length === 0 ? null : parts.join("; "))
}
