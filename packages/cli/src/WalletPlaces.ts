import { isAbsolute, join, resolve } from "node:path"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { words } from "@image-skill/core/envelope/ShellWords"
import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Machine } from "./Machine.ts"

/** Where a wallet's key, its policy and its node are named. A key is never taken from a flag. */
export const walletVariables = {
  signer: "IMAGE_SKILL_WALLET_SIGNER",
  keychain: "IMAGE_SKILL_WALLET_KEYCHAIN",
  keyFile: "IMAGE_SKILL_WALLET_KEY_FILE",
  key: "IMAGE_SKILL_WALLET_KEY",
  policy: "IMAGE_SKILL_WALLET_POLICY",
  rpcUrl: "IMAGE_SKILL_BASE_RPC_URL"
} as const

// Loaded by the runs that pay, and by no other.
const loadWallet = Effect.promise(() => import("@image-skill/adapters/payments/wallet/Wallet"))
const loadSigners = Effect.promise(() => import("@image-skill/adapters/payments/wallet/WalletSigners"))
const loadPolicy = Effect.promise(() => import("@image-skill/adapters/payments/wallet/PolicyFile"))
const loadJournal = Effect.promise(() => import("@image-skill/adapters/payments/wallet/WalletJournal"))
const loadKeychain = Effect.promise(() => import("@image-skill/adapters/identity/KeychainSecretStore"))

/** The wallet of this machine, what its owner allows, what it has done, and the node it asks. */
export const openWallet = Effect.fnUntraced(function* (machine: Machine) {
  const rpcUrl = yield* rpcUrlOf(machine)
  const { open } = yield* loadWallet
  const wallet = yield* open({
    signer: yield* signerOf(machine),
    keychain: yield* keychainOf(machine),
    keyFile: pathOf(machine, walletVariables.keyFile),
    key: Option.getOrNull(
      Option.map(Option.fromNullishOr(machine.variable(walletVariables.key)), (key) => Redacted.make(key))
    )
  })
  const policyFile = pathOf(machine, walletVariables.policy) ?? join(machine.dataHome, "wallet-policy.json")
  const { isOwners, policy } = yield* Effect.flatMap(loadPolicy, ({ read }) => read(policyFile))
  const journal = yield* Effect.flatMap(loadJournal, ({ open: openJournal }) =>
    openJournal(join(machine.dataHome, "wallet"))
  )
  const warnings = [
    ...wallet.warnings,
    ...(isOwners ? [] : [`the default limits apply, because there is no ${policyFile}`])
  ]
  return { wallet, policy, journal, rpcUrl, warnings }
})

const pathOf = (machine: Machine, variable: string): string | null => {
  const path = machine.variable(variable)
  return path === null ? null : resolve(machine.workingDirectory, path)
}

const rpcUrlOf = (machine: Machine): Effect.Effect<string, Refusal> => {
  const given = machine.variable(walletVariables.rpcUrl)?.trim() ?? ""
  return isPlainUrl(given)
    ? Effect.succeed(given)
    : Effect.fail(unusable(`${walletVariables.rpcUrl} must be the http(s) URL of a node of Base, without user name`))
}

const isPlainUrl = (text: string): boolean => {
  const url = parseUrl(text)
  return url !== null && (url.protocol === "https:" || url.protocol === "http:") && url.username === ""
}

const signerOf = Effect.fnUntraced(function* (machine: Machine) {
  const given = machine.variable(walletVariables.signer)?.trim() ?? null
  if (given === null) return null
  const { signerAt, signerProgram } = yield* loadSigners
  if (isPlainUrl(given)) return yield* signerAt(given)
  const [program, ...rest] = given.startsWith("command:") ? Option.getOrElse(words(given.slice(8)), () => []) : []
  if (program !== undefined && (isAbsolute(program) || !program.includes("/"))) return signerProgram(program, rest)
  return yield* unusable(
    `${walletVariables.signer} must be the http(s) URL of a signer, or command:PROGRAM with its arguments; a program is named by an absolute path or found on PATH`
  )
})

const keychainOf = Effect.fnUntraced(function* (machine: Machine) {
  const name = machine.variable(walletVariables.keychain)
  if (name === null) return null
  const { make } = yield* loadKeychain
  return { store: make(machine.variable("PATH") ?? ""), name }
})

const unusable = (message: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message,
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl("image-skill-credits-settle") }
  })
