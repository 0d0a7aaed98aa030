import * as Effect from "effect/Effect"
import { ask, at, holds } from "../Expect.ts"
import type { Ask } from "../Prober.ts"
import { must, type Rule } from "../Rule.ts"

/** contract/api.md 1.5 */
const labels: ReadonlyArray<readonly [label: string, request: Ask]> = [
  ["image-skill signup", { method: "POST", path: "/v1/agent-signups", body: {} }],
  ["image-skill whoami", { path: "/v1/whoami", as: "agent" }],
  ["image-skill usage quota", { path: "/v1/quota", as: "agent" }],
  ["image-skill credits methods", { path: "/v1/payment-methods" }],
  ["image-skill credits packs list", { path: "/v1/credit-packs" }],
  ["image-skill credits quote", { method: "POST", path: "/v1/credit-quotes", as: "agent", body: {} }],
  ["image-skill models list", { path: "/v1/models" }],
  ["image-skill models show", { path: "/v1/models/conformance.$run" }],
  ["image-skill capabilities list", { path: "/v1/capabilities" }],
  ["image-skill create", { method: "POST", path: "/v1/create", as: "agent", body: { dry_run: true } }],
  ["image-skill upload", { method: "POST", path: "/v1/upload", as: "agent", body: {} }],
  ["image-skill edit", { method: "POST", path: "/v1/edit", as: "agent", body: { dry_run: true } }],
  ["image-skill assets show", { path: "/v1/assets/image_zzzzzzzzzzzzzzzzzzzz", as: "agent" }],
  ["image-skill jobs show", { path: "/v1/jobs/job_zzzzzzzzzzzzzzzzzzzz", as: "agent" }],
  ["image-skill activity list", { path: "/v1/activity", as: "agent" }],
  ["image-skill activity show", { path: "/v1/activity/evt_zzzzzzzzzzzzzzzzzzzz", as: "agent" }],
  ["image-skill feedback create", { method: "POST", path: "/v1/feedback", as: "agent", body: {} }]
]

const labelled = ([label, request]: (typeof labels)[number]): Rule =>
  must(
    `A1.5-${label.slice("image-skill ".length).replaceAll(" ", "-")}`,
    `${request.method ?? "GET"} ${request.path.replace(/\w+_z+$|conformance\.\$run$/u, "ID")} answers as ${label}`,
    Effect.flatMap(ask(request), (heard) =>
      holds(at(heard, "command") === label, heard, `command ${JSON.stringify(label)}`, at(heard, "command"))
    )
  )

/** One for each address: published clients print the label as it was sent. */
export const labelRules: ReadonlyArray<Rule> = labels.map(labelled)
