import { isAbsolute, join, resolve } from "node:path"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import { docsUrl, variables } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { words } from "@image-skill/core/envelope/ShellWords"
import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import type { WalletFacts } from "@image-skill/core/payments/SettlementBlockers"
import { defaultPolicy } from "@image-skill/core/payments/WalletPolicy"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Machine } from "./Machine.ts"

// Loaded by the runs that pay, and by no other.
const loadWallet = Effect.promise(() => import("@image-skill/adapters/payments/wallet/Wallet"))
const loadSigners = Effect.promise(() => import("@image-skill/adapters/payments/wallet/WalletSigners"))
const loadPolicy = Effect.promise(() => import("@image-skill/adapters/payments/wallet/PolicyFile"))
const loadJournal = Effect.promise(() => import("@image-skill/adapters/payments/wallet/WalletJournal"))
const loadReport = Effect.promise(() => import("@image-skill/adapters/payments/wallet/WalletReport"))
const loadKeychain = Effect.promise(() => import("@image-skill/adapters/identity/KeychainSecretStore"))

/** The wallet of this machine, what its owner allows, what it has done, and the node it asks. */
export const openWallet = Effect.fnUntraced(function* (machine: Machine) {
  const { open } = yield* loadWallet
  const wallet = yield* open({
    signer: yield* signerOf(machine),
    keychain: yield* keychainOf(machine),
    keyFile: pathOf(machine, variables.walletKeyFile),
    key: Option.getOrNull(
      Option.map(Option.fromNullishOr(machine.variable(variables.walletKey)), (key) => Redacted.make(key))
    )
  })
  const rpcUrl = yield* rpcUrlOf(machine)
  const policyFile = pathOf(machine, variables.walletPolicy) ?? join(machine.dataHome, "wallet-policy.json")
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

/**
 * What the wallet of this machine could pay now; without a configured one nothing is loaded or asked. Stays on this machine.
 * A wallet that is configured and cannot be used is none, and `problem` says why.
 */
export const walletFacts = (
  machine: Machine
): Effect.Effect<{ readonly facts: WalletFacts; readonly problem: string | null }> =>
  isConfigured(machine)
    ? openWallet(machine).pipe(
        Effect.flatMap((opened) => Effect.flatMap(loadReport, ({ facts }) => facts(opened))),
        Effect.provide(NodeHttpTransport.layer),
        Effect.map((facts) => ({ facts, problem: null })),
        Effect.catch(({ message }) => Effect.map(withoutWallet, (facts) => ({ facts, problem: message })))
      )
    : Effect.map(withoutWallet, (facts) => ({ facts, problem: null }))

const isConfigured = (machine: Machine): boolean =>
  [variables.walletSigner, variables.walletKeychain, variables.walletKeyFile, variables.walletKey].some(
    (name) => machine.variable(name) !== null
  )

const withoutWallet: Effect.Effect<WalletFacts> = Effect.map(DateTime.now, (now) => ({
  present: false,
  address: null,
  chainId: null,
  isLocalChain: false,
  usdcAtomic: null,
  gasWei: null,
  gasNeededWei: null,
  policy: defaultPolicy,
  spentDayCents: 0,
  spentMonthCents: 0,
  now
}))

const pathOf = (machine: Machine, variable: string): string | null => {
  const path = machine.variable(variable)
  return path === null ? null : resolve(machine.workingDirectory, path)
}

const rpcUrlOf = (machine: Machine): Effect.Effect<string, Refusal> => {
  const given = machine.variable(variables.baseRpcUrl)?.trim() ?? ""
  return isPlainUrl(given)
    ? Effect.succeed(given)
    : Effect.fail(unusable(`${variables.baseRpcUrl} must be the http(s) URL of a node of Base, without user name`))
}

const isPlainUrl = (text: string): boolean => {
  const url = parseUrl(text)
  return url !== null && (url.protocol === "https:" || url.protocol === "http:") && url.username === ""
}

const signerOf = Effect.fnUntraced(function* (machine: Machine) {
  const given = machine.variable(variables.walletSigner)?.trim() ?? null
  if (given === null) return null
  const { signerAt, signerProgram } = yield* loadSigners
  if (isPlainUrl(given)) return yield* signerAt(given)
  const [program, ...rest] = given.startsWith("command:") ? Option.getOrElse(words(given.slice(8)), () => []) : []
  if (program !== undefined && (isAbsolute(program) || !program.includes("/"))) return signerProgram(program, rest)
  return yield* unusable(
    `${variables.walletSigner} must be the http(s) URL of a signer, or command:PROGRAM with its arguments; a program is named by an absolute path or found on PATH`
  )
})

const keychainOf = Effect.fnUntraced(function* (machine: Machine) {
  const name = machine.variable(variables.walletKeychain)
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
