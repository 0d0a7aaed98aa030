import { command, flag as flagPart, json } from "@image-skill/core/envelope/CommandLine"
import { OwnerTokenAnswer, ownerTokenAnswer } from "@image-skill/core/service/answers/Administration"
import * as Effect from "effect/Effect"
import { administer } from "../../AdminRun.ts"
import type { Leaf } from "../../Leaf.ts"
import { requiredText } from "../../RequiredText.ts"

/** A new token each time; those before it stay good until they are revoked. */
export const leaf: Leaf = (context) =>
  Effect.flatMap(requiredText(context, "organization"), (organization) =>
    administer(context, OwnerTokenAnswer, (admin) =>
      Effect.map(admin.ownerToken(organization), (made) => ({
        data: ownerTokenAnswer(made),
        next: command("admin policy", flagPart("organization", made.organizationId), json),
        warnings: [
          "the owner's token is shown once; give it to the person who answers for the organization, and to no agent"
        ]
      }))
    )
  )
