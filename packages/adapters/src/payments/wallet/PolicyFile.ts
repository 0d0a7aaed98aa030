import { defaultPolicy, readPolicy, type WalletPolicy } from "@image-skill/core/payments/WalletPolicy"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { readOwnerFile } from "./OwnerFile.ts"
import { WalletFailed } from "./WalletFailed.ts"

export interface ReadPolicy {
  readonly policy: WalletPolicy
  /** False: there is no such file, and the default applies. */
  readonly isOwners: boolean
}

/**
 * The policy that the wallet's owner wrote. One that cannot be read, or that others could have written, stops every
 * payment; only where there is none at all do the default caps apply.
 */
export const read = Effect.fn("PolicyFile.read")(function* (path: string): Effect.fn.Return<ReadPolicy, WalletFailed> {
  const text = yield* readOwnerFile(path)
  if (Option.isNone(text)) return { policy: defaultPolicy, isOwners: false }
  return yield* Result.match(readPolicy(text.value), {
    onSuccess: (policy) => Effect.succeed({ policy, isOwners: true }),
    onFailure: (why) => Effect.fail(new WalletFailed({ reason: "malformed", message: `${path} is no policy: ${why}` }))
  })
})
