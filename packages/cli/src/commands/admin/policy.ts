import { command, json } from "@image-skill/core/envelope/CommandLine"
import { policyAnswer, PolicyAnswer } from "@image-skill/core/service/answers/Administration"
import { strangeNames } from "@image-skill/core/service/PolicyNames"
import { requests } from "@image-skill/core/service/Requests"
import * as Effect from "effect/Effect"
import { administer } from "../../AdminRun.ts"
import { judge } from "../../Judge.ts"
import type { Leaf } from "../../Leaf.ts"
import { policyChange } from "../../PolicyFlags.ts"
import { requiredText } from "../../RequiredText.ts"

/** The owner's stored policy; the file beside the database is shown, and only an editor changes it. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const organizationId = yield* requiredText(context, "organization")
    const change = yield* policyChange(context.parsed)
    if (change !== null) yield* judge(context, requests.spendPolicySet, change)
    const { policyPath } = yield* Effect.promise(() => import("../../AdminWiring.ts"))
    return yield* administer(context, PolicyAnswer, (admin, folder) =>
      Effect.map(admin.policy(organizationId, change), (view) => ({
        data: policyAnswer(view, { organizationId, changed: change !== null, path: policyPath(folder) }),
        next: command("admin approve", json),
        warnings:
          view.effective === null
            ? [`nothing that costs credits may be made or bought until ${policyPath(folder)} is mended or removed`]
            : strangeNames(view.effective)
      }))
    )
  })
