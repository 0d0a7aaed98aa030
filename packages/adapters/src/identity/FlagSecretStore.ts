import type { SecretStore } from "@image-skill/core/identity/SecretStore"
import * as Effect from "effect/Effect"
import { sendable } from "./SendableToken.ts"

/** The value of `--token`, as it was given: nothing is trimmed off it (contract/cli.md 4.3). Good for any origin. */
export const make = (value: string): SecretStore => ({
  source: "flag",
  read: () => Effect.asSome(sendable("flag", value)),
  write: null,
  remove: null
})
