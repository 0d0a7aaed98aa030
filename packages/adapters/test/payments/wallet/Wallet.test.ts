import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as OwnerFile from "@image-skill/adapters/payments/wallet/OwnerFile"
import * as PolicyFile from "@image-skill/adapters/payments/wallet/PolicyFile"
import * as Wallet from "@image-skill/adapters/payments/wallet/Wallet"
import { signerAt, signerProgram } from "@image-skill/adapters/payments/wallet/WalletSigners"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import type { SecretStore } from "@image-skill/core/identity/SecretStore"
import { defaultPolicy } from "@image-skill/core/payments/WalletPolicy"
import { answering, loopback } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { temporaryFolder } from "../../Folder.ts"
import { payer, payerKey } from "./Payment.ts"

const nowhere = { signer: null, keychain: null, keyFile: null, key: null }
const otherKey = `0x${"7".repeat(64)}`
const signer = fileURLToPath(new URL("SignerProgram.ts", import.meta.url))
const authorization = {
  from: payer,
  to: "0x7A1c0E5b3D9f42C68e1B7a90F3d5C2468bE0a1D4",
  value: 1n,
  validAfter: 0n,
  validBefore: 2n,
  nonce: `0x${"1".repeat(64)}`
} as const

const keychain = (held: string | null): SecretStore => ({
  source: "keychain",
  read: (name) => Effect.succeed(held === null || name !== "base" ? Option.none() : Option.some(Redacted.make(held))),
  write: null,
  remove: null
})

describe("Wallet", () => {
  it.effect("the safest place that is configured is used", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const keyFile = join(folder, "key")
      writeFileSync(keyFile, payerKey.slice(2), { mode: 0o600 })
      const key = Redacted.make(payerKey)
      const fromKey = yield* Wallet.open({ ...nowhere, key })
      const fromFile = yield* Wallet.open({ ...nowhere, key: Redacted.make(otherKey), keyFile })
      const chained = { store: keychain(payerKey), name: "base" }
      const fromKeychain = yield* Wallet.open({ ...nowhere, keychain: chained, keyFile: "/nowhere" })
      for (const wallet of [fromKey, fromFile, fromKeychain]) assert.strictEqual(wallet.authorizer.address, payer)
      assert.deepStrictEqual(
        [fromKey, fromFile, fromKeychain].map(({ source }) => source),
        ["environment", "file", "keychain"]
      )
      assert.deepStrictEqual(
        [fromKey, fromFile, fromKeychain].map(({ warnings }) => warnings.length),
        [1, 0, 0]
      )
    })
  )

  it.effect("a place that is configured and empty is never passed over", () =>
    Effect.gen(function* () {
      const key = Redacted.make(payerKey)
      const empty = yield* Effect.flip(
        Wallet.open({ ...nowhere, key, keychain: { store: keychain(null), name: "base" } })
      )
      const none = yield* Effect.flip(Wallet.open({ ...nowhere, key, keyFile: join(yield* temporaryFolder, "none") }))
      assert.deepStrictEqual([empty.reason, none.reason], ["missing", "missing"])
      assert.strictEqual((yield* Effect.flip(Wallet.open(nowhere))).reason, "missing")
    })
  )

  it.effect("what is no key is refused without being repeated", () =>
    Effect.gen(function* () {
      const notKeys = [
        "",
        "0x12",
        `${payerKey}0`,
        `0x${"f".repeat(64)}`,
        `0x${"0".repeat(64)}`,
        "correct horse battery"
      ]
      for (const text of notKeys) {
        const { message, reason } = yield* Effect.flip(Wallet.open({ ...nowhere, key: Redacted.make(text) }))
        assert.strictEqual(reason, "malformed")
        if (text !== "") assert.notInclude(message, text)
      }
    })
  )

  it.live("an external program signs for its own account, and a key beside it pays the fee", () =>
    Effect.gen(function* () {
      const program = signerProgram(process.execPath, [signer, payerKey.slice(2)])
      const alone = yield* Wallet.open({ ...nowhere, signer: program })
      assert.deepInclude(alone, { source: "signer", sender: null })
      assert.strictEqual(alone.authorizer.address, payer)
      const local = yield* Wallet.open({ ...nowhere, key: Redacted.make(payerKey) })
      const signature = yield* alone.authorizer.authorize(authorization)
      assert.strictEqual(signature, yield* local.authorizer.authorize(authorization))
      const both = yield* Wallet.open({ ...nowhere, signer: program, key: Redacted.make(otherKey) })
      assert.strictEqual(both.authorizer.address, payer)
      assert.notStrictEqual(both.sender?.address, payer)
    })
  )

  it.live("a signer that signs with another account, says nothing or cannot be run is not believed", () =>
    Effect.gen(function* () {
      // It says that it is the payer, and signs with a signature of somebody else.
      const other = yield* Wallet.open({ ...nowhere, key: Redacted.make(otherKey) })
      const forged = yield* other.authorizer.authorize(authorization)
      const { origin } = yield* loopback((response, { body }) =>
        answering(200, JSON.stringify({ result: body.includes("eth_accounts") ? [payer] : forged }))(response, {
          method: "",
          path: "",
          headers: {},
          body
        })
      )
      const asked = yield* Effect.provide(signerAt(origin), NodeHttpTransport.layer)
      const liar = yield* Wallet.open({ ...nowhere, signer: asked })
      const { message } = yield* Effect.flip(liar.authorizer.authorize(authorization))
      assert.include(message, "another account")
      for (const silent of [
        signerProgram("/bin/true", []),
        signerProgram("/bin/false", []),
        signerProgram("/no", [])
      ]) {
        assert.strictEqual((yield* Effect.flip(Wallet.open({ ...nowhere, signer: silent }))).reason, "unavailable")
      }
    })
  )
})

describe("OwnerFile", () => {
  const written = Effect.map(temporaryFolder, (folder) => {
    const path = join(folder, "file")
    writeFileSync(path, "text", { mode: 0o600 })
    return { folder, path }
  })

  it.effect("a file of its owner alone is read, and none where there is none", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      assert.deepStrictEqual(yield* OwnerFile.readOwnerFile(path), Option.some("text"))
      assert.deepStrictEqual(yield* OwnerFile.readOwnerFile(join(folder, "none")), Option.none())
      assert.deepStrictEqual(yield* OwnerFile.readOwnerFile(join(folder, "no", "folder")), Option.none())
    })
  )

  it.effect("a file that others may use in any way is refused", () =>
    Effect.gen(function* () {
      const { path } = yield* written
      for (const mode of [0o644, 0o640, 0o620, 0o604, 0o601, 0o777]) {
        chmodSync(path, mode)
        assert.strictEqual((yield* Effect.flip(OwnerFile.readOwnerFile(path))).reason, "unsafe")
      }
    })
  )

  it.effect("a file in a folder that others may write to is refused", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      for (const mode of [0o770, 0o702, 0o777, 0o1777]) {
        chmodSync(folder, mode)
        assert.strictEqual((yield* Effect.flip(OwnerFile.readOwnerFile(path))).reason, "unsafe")
      }
      chmodSync(folder, 0o755)
      assert.deepStrictEqual(yield* OwnerFile.readOwnerFile(path), Option.some("text"))
    })
  )

  it.effect("a link, a folder and what has no end are refused", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      symlinkSync(path, join(folder, "link"))
      mkdirSync(join(folder, "inner"))
      writeFileSync(join(folder, "large"), "x".repeat(65_537), { mode: 0o600 })
      for (const name of ["link", "inner", "large"]) {
        assert.strictEqual((yield* Effect.flip(OwnerFile.readOwnerFile(join(folder, name)))).reason, "unsafe")
      }
    })
  )
})

const policyWith = (text: string, mode = 0o600) =>
  Effect.map(temporaryFolder, (folder) => {
    const path = join(folder, "wallet-policy.json")
    writeFileSync(path, text, { mode })
    chmodSync(path, mode)
    return path
  })

describe("PolicyFile", () => {
  const caps = { per_payment_usd_cents: 1, per_day_usd_cents: 2, per_month_usd_cents: 3 }

  it.effect("the owner's caps replace the default, and without a file the default applies", () =>
    Effect.gen(function* () {
      const { isOwners, policy } = yield* PolicyFile.read(yield* policyWith(JSON.stringify(caps)))
      assert.deepInclude(policy, { perPaymentUsdCents: 1, perDayUsdCents: 2, perMonthUsdCents: 3 })
      assert.isTrue(isOwners)
      const none = yield* PolicyFile.read(join(yield* temporaryFolder, "none"))
      assert.deepStrictEqual(none, { policy: defaultPolicy, isOwners: false })
    })
  )

  it.effect("a policy that others could have written, or that has a mistake in it, stops everything", () =>
    Effect.gen(function* () {
      const text = JSON.stringify(caps)
      assert.strictEqual((yield* Effect.flip(PolicyFile.read(yield* policyWith(text, 0o622)))).reason, "unsafe")
      const mistyped = JSON.stringify({ ...caps, per_day_usd_cent: 1 })
      const { message, reason } = yield* Effect.flip(PolicyFile.read(yield* policyWith(mistyped)))
      assert.strictEqual(reason, "malformed")
      assert.include(message, "per_day_usd_cent")
      assert.strictEqual((yield* Effect.flip(PolicyFile.read(yield* policyWith("")))).reason, "malformed")
    })
  )
})
