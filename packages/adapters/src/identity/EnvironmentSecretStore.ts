import { variables } from "@image-skill/core/envelope/Product"
import type { SecretStore } from "@image-skill/core/identity/SecretStore"
import * as Effect from "effect/Effect"
import { sendable } from "./SendableToken.ts"

/** The token variable, or its older name while the first is unset; blank is unset (decision D3.10). Good for any origin. */
export const make = (variable: (name: string) => string | null | undefined): SecretStore => ({
  source: "env",
  read: () => {
    const held = [variables.token, variables.tokenAlias].map((name) => (variable(name) ?? "").trim())
    const token = held.find((text) => text !== "")
    return token === undefined ? Effect.succeedNone : Effect.asSome(sendable("env", token))
  },
  write: null,
  remove: null
})
