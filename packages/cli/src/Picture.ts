import * as Pictures from "@image-skill/adapters/media/Picture"
import { docsUrl, variables } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Effect from "effect/Effect"
import type { Context } from "./Context.ts"

export type Named = Pictures.Named

export const { sources } = Pictures

export const openPicture = (context: Context, named: Named) => Pictures.openPicture(named, trustedOrigins(context))

export const judgePicture = (context: Context, named: Named) => Pictures.judgePicture(named, trustedOrigins(context))

/** The variable is for a developer's own machine; a service of others is never in it by itself. */
export const trustedOrigins = ({ machine }: Context): Pictures.TrustedOrigins => {
  const given = (machine.variable(variables.trustedFetchOrigins) ?? "")
    .split(",")
    .map((origin) => origin.trim())
    .filter((origin) => origin !== "")
  return given.every(isOrigin) ? Effect.succeed(given) : Effect.fail(badOrigins())
}

const isOrigin = (text: string): boolean =>
  /^https?:/u.test(text) && URL.canParse(text) && new URL(text).origin === text

const badOrigins = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${variables.trustedFetchOrigins} must be origins such as http://127.0.0.1:8080, separated by commas`,
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl("image-skill-upload") }
  })
