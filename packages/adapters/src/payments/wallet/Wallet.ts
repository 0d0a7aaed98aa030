import type { SecretStore } from "@image-skill/core/identity/SecretStore"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { readOwnerFile } from "./OwnerFile.ts"
import { WalletFailed } from "./WalletFailed.ts"
import { type AskSigner, type Authorizer, external, type KeySigner, ofKey, type Sender } from "./WalletSigners.ts"

/** The places that a wallet may be in, safest first. Each is null where it is not configured. */
export interface WalletPlaces {
  readonly signer: AskSigner | null
  readonly keychain: { readonly store: SecretStore; readonly name: string } | null
  readonly keyFile: string | null
  readonly key: Redacted.Redacted | null
}

export type KeySource = "signer" | "keychain" | "file" | "environment"

export interface Wallet {
  readonly source: KeySource
  readonly authorizer: Authorizer
  /** Null: there is a signer for the amount, and no key that could pay the fee. */
  readonly sender: Sender | null
  readonly warnings: ReadonlyArray<string>
}

/**
 * Opens the wallet in the safest place that is configured. A place that is configured and cannot be used is an error, and
 * never a reason to look into the next one. Beside an external signer, a key only pays the fee.
 */
export const open = Effect.fn("Wallet.open")(function* (places: WalletPlaces) {
  const found = yield* ownKey(places)
  if (places.signer !== null) {
    const authorizer = yield* external(places.signer)
    return {
      source: "signer",
      authorizer,
      sender: found?.signer.sender ?? null,
      warnings: found?.warnings ?? []
    } satisfies Wallet
  }
  if (found === null) {
    return yield* new WalletFailed({ reason: "missing", message: "no wallet is configured on this machine" })
  }
  return { source: found.source, ...found.signer, warnings: found.warnings } satisfies Wallet
})

interface OwnKey {
  readonly source: KeySource
  readonly signer: KeySigner
  readonly warnings: ReadonlyArray<string>
}

const ownKey = Effect.fnUntraced(function* ({
  key,
  keyFile,
  keychain
}: WalletPlaces): Effect.fn.Return<OwnKey | null, WalletFailed> {
  if (keychain !== null) {
    const secret = yield* fromKeychain(keychain)
    return { source: "keychain", signer: yield* ofKey(secret, "the keychain"), warnings: [] }
  }
  if (keyFile !== null) {
    const text = yield* readOwnerFile(keyFile)
    if (Option.isNone(text)) return yield* new WalletFailed({ reason: "missing", message: `there is no ${keyFile}` })
    return { source: "file", signer: yield* ofKey(Redacted.make(text.value), keyFile), warnings: [] }
  }
  if (key === null) return null
  return { source: "environment", signer: yield* ofKey(key, "the environment"), warnings: [visible] }
})

const visible =
  "the wallet's key stands in the environment, where every program started from here can read it; a file or the keychain is safer"

const fromKeychain = Effect.fnUntraced(function* ({ name, store }: NonNullable<WalletPlaces["keychain"]>) {
  const held = yield* Effect.mapError(
    store.read(name),
    () => new WalletFailed({ reason: "unavailable", message: "the keychain could not be read" })
  )
  if (Option.isSome(held)) return held.value
  return yield* new WalletFailed({ reason: "missing", message: `the keychain holds nothing under ${name}` })
})
