import * as Data from "effect/Data"

/**
 * The wallet on this machine cannot be used. Nothing was signed or sent.
 *
 * - `missing`: none is configured. `unsafe`: a file or its folder is open to others. `malformed`: what was found is no
 *   key, no policy or no journal. `unavailable`: the keychain, the signer or the disk did not do its work.
 *
 * A message names places and rules, never what was found there.
 */
export class WalletFailed extends Data.TaggedError("WalletFailed")<{
  readonly reason: "missing" | "unsafe" | "malformed" | "unavailable"
  readonly message: string
}> {}
