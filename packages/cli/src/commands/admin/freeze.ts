import { command, flag as flagPart, json } from "@image-skill/core/envelope/CommandLine"
import { FreezeAnswer } from "@image-skill/core/service/answers/Administration"
import * as Effect from "effect/Effect"
import { administer } from "../../AdminRun.ts"
import { flagReader, toggle } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { requiredText } from "../../RequiredText.ts"

export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const organizationId = yield* requiredText(context, "organization")
    const frozen = !(yield* flagReader(context.parsed)(toggle("off")))
    return yield* administer(context, FreezeAnswer, (admin) =>
      Effect.map(admin.freeze(organizationId, frozen), ({ changed }) => ({
        data: { organizationId, frozen, changed },
        next: frozen ? command("admin freeze", flagPart("organization", organizationId), flagPart("off"), json) : null
      }))
    )
  })
