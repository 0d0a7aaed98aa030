import * as Schema from "effect/Schema"
import type { PolicyView } from "../../credits/PolicyDesk.ts"
import { policySources, SpendPolicy } from "../../credits/SpendPolicy.ts"
import { wire } from "../../envelope/Wire.ts"

/**
 * What may be spent, in credits. `effective` is the strictest of the sources, null while the owner's file cannot be used
 * and nothing may be spent; each source is null where it says nothing. `today` counts the UTC day: credits that jobs
 * reserved or captured, and credits that were bought or still may be, apart.
 */
export const SpendPolicyAnswer = wire({
  effective: Schema.NullOr(SpendPolicy),
  sources: wire({
    ownerFile: wire({
      state: Schema.Literals(["absent", "read", "unreadable"]),
      policy: Schema.NullOr(SpendPolicy),
      problem: Schema.NullOr(Schema.String)
    }),
    owner: Schema.NullOr(SpendPolicy),
    agent: Schema.NullOr(SpendPolicy)
  }),
  today: wire({
    resetsAt: Schema.String,
    jobsCredits: Schema.Number,
    purchasedCredits: Schema.Record(Schema.String, Schema.Number)
  }),
  mayRaise: Schema.Boolean,
  setBy: Schema.NullOr(Schema.Literals(policySources))
})

export const spendPolicyAnswer = (
  { agent, effective, file, jobsToday, owner }: PolicyView,
  facts: {
    readonly purchased: { readonly [rail: string]: number }
    readonly resetsAt: string
    readonly isOwner: boolean
    readonly setBy: "owner" | "agent" | null
  }
): typeof SpendPolicyAnswer.Type => ({
  effective,
  sources: {
    ownerFile: {
      state: file._tag === "Absent" ? "absent" : file._tag === "Read" ? "read" : "unreadable",
      policy: file._tag === "Read" ? file.policy : null,
      // Where the file is, and what stands in it, is the owner's business: an agent learns that it cannot be used.
      problem: file._tag === "Broken" ? (facts.isOwner ? file.problem : "it cannot be used") : null
    },
    owner,
    agent
  },
  today: { resetsAt: facts.resetsAt, jobsCredits: jobsToday, purchasedCredits: facts.purchased },
  mayRaise: facts.isOwner,
  setBy: facts.setBy
})
