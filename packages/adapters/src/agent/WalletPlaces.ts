import { isAbsolute, join, resolve } from "node:path"
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
import * as NodeHttpTransport from "../service/NodeHttpTransport.ts"

/** Where a machine keeps its wallet: by the variables of its owner, else in the data folder. */
export interface WalletPlace {
  readonly variable: (name: string) => string | null
  readonly dataHome: string
  readonly workingDirectory: string
}

// Loaded by the runs that pay, and by no other.
const loadWallet = Effect.promise(() => import("../payments/wallet/Wallet.ts"))
const loadSigners = Effect.promise(() => import("../payments/wallet/WalletSigners.ts"))
const loadPolicy = Effect.promise(() => import("../payments/wallet/PolicyFile.ts"))
const loadJournal = Effect.promise(() => import("../payments/wallet/WalletJournal.ts"))
const loadReport = Effect.promise(() => import("../payments/wallet/WalletReport.ts"))
const loadKeychain = Effect.promise(() => import("../identity/KeychainSecretStore.ts"))

/** The wallet of this machine, what its owner allows, what it has done, and the node it asks. */
export const openWallet = Effect.fnUntraced(function* (place: WalletPlace) {
  const { open } = yield* loadWallet
  const wallet = yield* open({
    signer: yield* signerOf(place),
    keychain: yield* keychainOf(place),
    keyFile: pathOf(place, variables.walletKeyFile),
    key: Option.getOrNull(
      Option.map(Option.fromNullishOr(place.variable(variables.walletKey)), (key) => Redacted.make(key))
    )
  })
  const rpcUrl = yield* rpcUrlOf(place)
  const policyFile = pathOf(place, variables.walletPolicy) ?? join(place.dataHome, "wallet-policy.json")
  const { isOwners, policy } = yield* Effect.flatMap(loadPolicy, ({ read }) => read(policyFile))
  const journal = yield* Effect.flatMap(loadJournal, ({ open: openJournal }) =>
    openJournal(join(place.dataHome, "wallet"))
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
  place: WalletPlace
): Effect.Effect<{ readonly facts: WalletFacts; readonly problem: string | null }> =>
  isConfigured(place)
    ? openWallet(place).pipe(
        Effect.flatMap((opened) => Effect.flatMap(loadReport, ({ facts }) => facts(opened))),
        Effect.provide(NodeHttpTransport.layer),
        Effect.map((facts) => ({ facts, problem: null })),
        Effect.catch(({ message }) => Effect.map(withoutWallet, (facts) => ({ facts, problem: message })))
      )
    : Effect.map(withoutWallet, (facts) => ({ facts, problem: null }))

const isConfigured = (place: WalletPlace): boolean =>
  [variables.walletSigner, variables.walletKeychain, variables.walletKeyFile, variables.walletKey].some(
    (name) => place.variable(name) !== null
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

const pathOf = (place: WalletPlace, variable: string): string | null => {
  const path = place.variable(variable)
  return path === null ? null : resolve(place.workingDirectory, path)
}

const rpcUrlOf = (place: WalletPlace): Effect.Effect<string, Refusal> => {
  const given = place.variable(variables.baseRpcUrl)?.trim() ?? ""
  return isPlainUrl(given)
    ? Effect.succeed(given)
    : Effect.fail(unusable(`${variables.baseRpcUrl} must be the http(s) URL of a node of Base, without user name`))
}

const isPlainUrl = (text: string): boolean => {
  const url = parseUrl(text)
  return url !== null && (url.protocol === "https:" || url.protocol === "http:") && url.username === ""
}

const signerOf = Effect.fnUntraced(function* (place: WalletPlace) {
  const given = place.variable(variables.walletSigner)?.trim() ?? null
  if (given === null) return null
  const { signerAt, signerProgram } = yield* loadSigners
  if (isPlainUrl(given)) return yield* signerAt(given)
  const [program, ...rest] = given.startsWith("command:") ? Option.getOrElse(words(given.slice(8)), () => []) : []
  if (program !== undefined && (isAbsolute(program) || !program.includes("/"))) return signerProgram(program, rest)
  return yield* unusable(
    `${variables.walletSigner} must be the http(s) URL of a signer, or command:PROGRAM with its arguments; a program is named by an absolute path or found on PATH`
  )
})

const keychainOf = Effect.fnUntraced(function* (place: WalletPlace) {
  const name = place.variable(variables.walletKeychain)
  if (name === null) return null
  const { make } = yield* loadKeychain
  return { store: make(place.variable("PATH") ?? ""), name }
})

const unusable = (message: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message,
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl("image-skill-credits-settle") }
  })
