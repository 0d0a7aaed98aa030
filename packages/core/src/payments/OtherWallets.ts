import type * as Schema from "effect/Schema"
import { baseChainId, decimalOf, type Hex, usdcAddress, usdcDecimals } from "./BaseUsdc.ts"

/**
 * What any other wallet needs to pay a deposit: the facts, a payment link (EIP-681) and a line for `cast` of Foundry. The
 * values are checked ones: an address and whole numbers, so that nothing of a service's text gets into a shell.
 */
export const otherWallets = (to: Hex, amount: bigint, expiresAt: string): Schema.JsonObject => ({
  network: "base",
  chain_id: baseChainId,
  token: usdcAddress,
  token_symbol: "USDC",
  token_decimals: usdcDecimals,
  to,
  amount: decimalOf(amount),
  amount_atomic: `${amount}`,
  pay_before: expiresAt,
  payment_uri: `ethereum:${usdcAddress}@${baseChainId}/transfer?address=${to}&uint256=${amount}`,
  cast_command: `cast send ${usdcAddress} 'transfer(address,uint256)' ${to} ${amount} --chain ${baseChainId} --rpc-url RPC_URL --account ACCOUNT`,
  rules: [
    "Send exactly this amount in one transfer, once. A plain transfer that is sent twice pays twice.",
    "What arrives late, on another network, in another token or amount is not matched, and may be lost."
  ]
})
