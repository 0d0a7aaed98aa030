import { partOf, type Transfer } from "./Chain.ts"
import * as CryptoIntents from "./CryptoIntents.ts"
import * as Intents from "./Intents.ts"
import type { PaymentIntent } from "./StripeObjects.ts"
import type { Taken, World } from "./World.ts"

/** A transfer to a deposit address that pays for nothing, and why. Stripe neither matches nor returns it. */
export type Unmatched = {
  readonly hash: string
  readonly to: string
  /** In the token's smallest unit. */
  readonly amount: string
  readonly intent: string
  readonly reason: "under" | "over" | "late"
}

/** What one look at the chain has changed. */
export type Scanned = {
  readonly seen: ReadonlyArray<string>
  readonly confirmed: ReadonlyArray<string>
  readonly vanished: ReadonlyArray<string>
  readonly unmatched: ReadonlyArray<Unmatched>
}

interface Deposit {
  readonly intent: string
  readonly address: string
  readonly amount: bigint
}

/**
 * One look at the chain, after Stripe's rules (https://docs.stripe.com/payments/deposit-mode-stablecoin-payments): a
 * deposit counts if it is of the right token on the right network, of exactly the amount, and came while the intent was
 * open. It is processing when first seen, and succeeded once its receipt, read again, is deep enough. A transaction that a
 * reorganisation took away before that leaves the intent open again.
 */
export const scan = async (world: World): Promise<Scanned> => {
  const { chain } = world.settings
  if (chain === undefined) return { seen: [], confirmed: [], vanished: [], unmatched: [] }
  const deposits = depositsOf(world)
  const transfers = deposits.length === 0 ? [] : await chain.transfersTo(deposits.map(({ address }) => address))
  const found = transfers.flatMap((transfer) => {
    const deposit = deposits.find(({ address }) => address === transfer.to)
    return deposit === undefined ? [] : [{ deposit, transfer }]
  })
  const seen = found.flatMap(({ deposit, transfer }) => take(world, deposit, transfer))
  const unmatched = found.flatMap(({ deposit, transfer }) => unmatchedBy(world, deposit, transfer))
  const head = await chain.head()
  const waiting = [...world.taken.values()].filter(({ intent }) => world.intents.get(intent).status === "processing")
  const outcomes = await Promise.all(
    waiting.map(async (taken) => ({ taken, receipt: await chain.receipt(taken.transfer.hash) }))
  )
  const confirmed: Array<string> = []
  const vanished: Array<string> = []
  for (const { receipt, taken } of outcomes) {
    const still = receipt?.find(({ amount, to }) => amount === taken.transfer.amount && to === taken.transfer.to)
    if (still === undefined) vanished.push(...forget(world, taken))
    else if (head - still.block + 1 >= chain.confirmations) confirmed.push(...confirm(world, taken))
  }
  return { seen, confirmed, vanished, unmatched }
}

/** Every deposit address that was ever shown on the watched network, with what its intent asks for. */
const depositsOf = (world: World): ReadonlyArray<Deposit> =>
  [...world.deposits].flatMap(([address, intent]) => [
    { intent, address, amount: CryptoIntents.atomicAmount(world.intents.get(intent).amount) }
  ])

const take = (world: World, { amount, intent }: Deposit, transfer: Transfer): ReadonlyArray<string> => {
  if (world.intents.get(intent).status !== "requires_action" || transfer.amount !== amount) return []
  CryptoIntents.seen(world, intent, transfer)
  return [intent]
}

const unmatchedBy = (
  world: World,
  { address, amount, intent }: Deposit,
  transfer: Transfer
): ReadonlyArray<Unmatched> => {
  if (world.taken.get(partOf(transfer))?.intent === intent) return []
  const reason = transfer.amount < amount ? "under" : transfer.amount > amount ? "over" : "late"
  return [{ hash: transfer.hash, to: address, amount: `${transfer.amount}`, intent, reason }]
}

const confirm = (world: World, { intent, transfer }: Taken): ReadonlyArray<string> => {
  if (world.intents.get(intent).status !== "processing") return []
  Intents.succeed(world, intent, CryptoIntents.paidWith({ from: transfer.from, hash: transfer.hash, network: "base" }))
  return [intent]
}

const forget = (world: World, { before, intent, transfer }: Taken): ReadonlyArray<string> => {
  if (world.intents.get(intent).status !== "processing") return []
  world.taken.delete(partOf(transfer))
  const open: Partial<PaymentIntent> =
    before === null
      ? { next_action: null, payment_method: null, status: "requires_payment_method" }
      : { next_action: before, status: "requires_action" }
  const reopened = world.intents.update(intent, open)
  world.emit(before === null ? "payment_intent.payment_failed" : "payment_intent.requires_action", reopened)
  return [intent]
}
