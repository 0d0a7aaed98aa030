import { partOf, type Transfer } from "./Chain.ts"
import * as Charges from "./Charges.ts"
import * as Ids from "./Ids.ts"
import * as Intents from "./Intents.ts"
import { type Params, required } from "./Params.ts"
import { invalid, refused } from "./StripeFailure.ts"
import type { DepositAddresses, PaymentIntent } from "./StripeObjects.ts"
import { depositMode, gate, transactionVerification, type Version } from "./Version.ts"
import type { World } from "./World.ts"

/** How a crypto PaymentIntent is to be paid: to fresh addresses, or by a transaction that already stands on the chain. */
export type CryptoOptions =
  | { readonly mode: "deposit"; readonly networks: ReadonlyArray<string> }
  | { readonly mode: "transaction_verification"; readonly network: string; readonly hash: string }

/** USDC's contract on each network Stripe takes it on: https://docs.stripe.com/payments/deposit-mode-stablecoin-payments. */
export const usdc: ReadonlyMap<string, string> = new Map([
  ["base", "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"],
  ["tempo", "0x20c000000000000000000000b9537d11c60e8b50"],
  ["solana", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"]
])

const networks = ["base", "solana", "tempo"] as const

/** Reads `payment_method_options[crypto]`. Without a preview version its parts are unknown parameters. */
export const read = (crypto: Params, version: Version): CryptoOptions | undefined => {
  if (!crypto.has("mode")) return undefined
  gate(version, depositMode, crypto.name("mode"))
  const mode = crypto.oneOf("mode", ["deposit", "transaction_verification"])
  if (mode === "deposit") {
    const options = required(crypto.object("deposit_options"), crypto.name("deposit_options"))
    const asked = options.texts("networks")
    const other = asked.find((network) => networks.every((known) => known !== network))
    if (asked.length === 0 || other !== undefined)
      throw invalid(options.name("networks"), `Invalid networks: must be one of ${networks.join(", ")}`)
    return { mode, networks: asked }
  }
  gate(version, transactionVerification, crypto.name("mode"))
  const key = "transaction_verification_options"
  const options = required(crypto.object(key), crypto.name(key))
  const network = required(options.oneOf("network", networks), options.name("network"))
  const hash = options.requiredText("transaction_hash").toLowerCase()
  return { mode: "transaction_verification", network, hash }
}

/** What the intent repeats of its options. */
export const optionsOf = (options: CryptoOptions): PaymentIntent["payment_method_options"] =>
  options.mode === "deposit"
    ? { crypto: { mode: "deposit", deposit_options: { networks: options.networks } } }
    : {
        crypto: {
          mode: "transaction_verification",
          transaction_verification_options: { network: options.network, transaction_hash: options.hash }
        }
      }

/** Opens fresh deposit addresses: the intent asks for the payer's transfer. */
export const awaitDeposit = (world: World, id: string, asked: ReadonlyArray<string>): PaymentIntent => {
  const addresses: DepositAddresses = Object.fromEntries(
    asked.map((network) => [network, { address: Ids.address(network), supported_tokens: tokensOf(world, network) }])
  )
  const intent = Intents.step(world, id, "confirm", ["requires_payment_method", "requires_confirmation"], {
    next_action: { type: "crypto_display_details", crypto_display_details: { deposit_addresses: addresses } },
    payment_method: Ids.id("pm"),
    status: "requires_action"
  })
  const watched = addresses["base"]?.address.toLowerCase()
  if (watched !== undefined) world.deposits.set(watched, id)
  world.emit("payment_intent.requires_action", intent)
  return intent
}

export const tokensOf = (world: World, network: string): DepositAddresses[string]["supported_tokens"] => {
  const pinned = network === "base" ? world.settings.chain?.token : undefined
  const contract = pinned ?? usdc.get(network)
  return contract === undefined ? [] : [{ token_currency: "usdc", token_contract_address: contract }]
}

/** Cents as the six decimals of USDC. */
export const atomicAmount = (cents: number): bigint => BigInt(cents) * 10_000n

/**
 * The transfer a PaymentIntent names, if it is exactly what is due: on the chain, to one of the account's deposit
 * addresses, of the right amount, and not taken for another payment. Confirmation is the watcher's matter.
 */
export const verify = async (world: World, amount: number, network: string, hash: string): Promise<Transfer> => {
  const { chain } = world.settings
  const transfers = network === "base" ? await chain?.receipt(hash) : undefined
  const ours = new Set(world.depositAddresses.newest().map(({ address }) => address.toLowerCase()))
  const transfer = transfers?.find((candidate) => ours.has(candidate.to))
  const param = "payment_method_options[crypto][transaction_verification_options][transaction_hash]"
  if (transfer === undefined)
    throw refused(`No transfer to a deposit address of this account was found in transaction ${hash}.`, { param })
  if (transfer.amount !== atomicAmount(amount))
    throw refused(`Transaction ${hash} does not transfer the amount of this PaymentIntent.`, { param })
  return transfer
}

/** Refuses a transaction that already pays for another PaymentIntent. */
export const claim = (world: World, transfer: Transfer): void => {
  if (world.taken.has(partOf(transfer)))
    throw refused(`Transaction ${transfer.hash} has already been used for a PaymentIntent.`, {
      param: "payment_method_options[crypto][transaction_verification_options][transaction_hash]"
    })
}

/** A transfer has been seen: the intent waits for its confirmation. */
export const seen = (world: World, id: string, transfer: Transfer): PaymentIntent => {
  world.taken.set(partOf(transfer), { intent: id, transfer, before: world.intents.get(id).next_action })
  return Intents.process(world, id)
}

/** How a deposit was paid, for its charge. */
export const paidWith = (facts: {
  readonly from: string
  readonly hash: string
  readonly network: string
  readonly token?: string
}) => Charges.crypto({ buyer: facts.from, network: facts.network, token: facts.token ?? "usdc", hash: facts.hash })
