import { command, flag as flagPart, json } from "@image-skill/core/envelope/CommandLine"
import { ApprovalAnswer, approvalRow, ApprovalsAnswer } from "@image-skill/core/service/answers/Administration"
import * as Effect from "effect/Effect"
import { administer } from "../../AdminRun.ts"
import { flagReader, text, toggle } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { wrong } from "../../PolicyFlags.ts"

const most = 50

/** Approving lets exactly that request pass once, within a day. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const id = yield* flag(text("id"))
    const deny = yield* flag(toggle("deny"))
    if (id === null && deny) return yield* wrong(context.parsed, "--id", "given beside --deny")
    if (id === null)
      return yield* administer(context, ApprovalsAnswer, (admin) =>
        Effect.map(admin.approvals(most), (approvals) => {
          const [first] = approvals
          return {
            data: { approvals: approvals.map(approvalRow) },
            next: first === undefined ? null : command("admin approve", flagPart("id", first.id), json),
            warnings: approvals.length === most ? [`only the ${most} newest are listed`] : []
          }
        })
      )
    return yield* administer(context, ApprovalAnswer, (admin) =>
      Effect.map(admin.decide(id.trim(), deny ? "denied" : "approved"), ({ approval, isNew }) => ({
        data: { approval: approvalRow(approval), changed: isNew },
        next: command("admin approve", json)
      }))
    )
  })
