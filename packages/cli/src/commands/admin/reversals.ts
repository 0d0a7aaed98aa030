import { command, json } from "@image-skill/core/envelope/CommandLine"
import { resolutions } from "@image-skill/core/payments/PaymentResolutions"
import { CasesAnswer, ResolutionAnswer } from "@image-skill/core/service/answers/Administration"
import * as Effect from "effect/Effect"
import { administer } from "../../AdminRun.ts"
import { choice, flagReader, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { wrong } from "../../PolicyFlags.ts"

const most = 50

/** What a person has to look at, or a note of what was done about one. Neither money nor credits move. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const subject = yield* flag(text("resolve"))
    const resolution = yield* flag(choice("as", resolutions))
    const note = yield* flag(text("note"))
    if (subject === null && resolution === null && note === null)
      return yield* administer(context, CasesAnswer, (admin) =>
        Effect.map(admin.cases(most), (cases) => ({
          data: { cases: cases.map(({ cents, ...found }) => ({ ...found, amountCents: cents })) },
          next: null,
          warnings: cases.length === most ? [`only the ${most} oldest are listed; resolve some to see others`] : []
        }))
      )
    if (subject === null || resolution === null)
      return yield* wrong(context.parsed, subject === null ? "--resolve" : "--as", "given beside the other one")
    if ((note ?? "").length > 500) return yield* wrong(context.parsed, "--note", "at most 500 characters")
    return yield* administer(context, ResolutionAnswer, (admin) =>
      Effect.map(admin.resolve(subject, resolution, note), ({ changed, resolution: made }) => ({
        data: {
          resolution: { ...made, resolutionId: made.id, id: made.subject },
          changed,
          creditsMoved: 0 as const
        },
        next: command("admin reversals", json)
      }))
    )
  })
