import type { WalletFacts } from "@image-skill/core/payments/SettlementBlockers"
import type { WalletPolicy } from "@image-skill/core/payments/WalletPolicy"
import type { HttpTransport } from "@image-skill/core/service/HttpTransport"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as BaseChain from "./BaseChain.ts"
import * as JsonRpc from "./JsonRpc.ts"
import { isLocal } from "./LocalNode.ts"
import { usualGas } from "./SettleSend.ts"
import type { Wallet } from "./Wallet.ts"
import type { WalletFailed } from "./WalletFailed.ts"
import type { WalletJournal } from "./WalletJournal.ts"

export interface WalletParts {
  readonly wallet: Wallet
  readonly policy: WalletPolicy
  readonly journal: WalletJournal
  readonly rpcUrl: string
}

/**
 * What a wallet could pay now, for `affordability` and `settlementBlockers` of core. It asks the configured node and
 * nobody else; what the node does not say is null. Signs nothing, moves nothing.
 */
export const facts = Effect.fn("WalletReport.facts")(function* ({
  journal,
  policy,
  rpcUrl,
  wallet
}: WalletParts): Effect.fn.Return<WalletFacts, WalletFailed, HttpTransport> {
  const chain = BaseChain.make(yield* JsonRpc.make(rpcUrl))
  const { authorizer, sender } = wallet
  const fee = Effect.zipWith(chain.latest, chain.tip, ({ baseFee }, tip) => usualGas * (baseFee * 2n + tip))
  const asked = yield* Effect.all(
    {
      chainId: orNull(chain.chainId),
      usdcAtomic: orNull(chain.usdcOf(authorizer.address)),
      gasWei: sender === null ? Effect.succeed(null) : orNull(chain.etherOf(sender.address)),
      gasNeededWei: orNull(fee)
    },
    { concurrency: "unbounded" }
  )
  // Of no attempt in particular, so nothing is left out.
  const { day, month } = yield* journal.reserved("")
  return {
    present: true,
    address: authorizer.address,
    isLocalChain: isLocal(rpcUrl),
    ...asked,
    policy,
    spentDayCents: day,
    spentMonthCents: month,
    now: yield* DateTime.now
  }
})

const orNull = <A>(asked: Effect.Effect<A, JsonRpc.ChainFailed>) => Effect.orElseSucceed(asked, () => null)
