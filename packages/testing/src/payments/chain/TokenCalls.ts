/**
 * Call data of the token, by the Solidity ABI: a selector of four bytes, then each argument in 32 bytes. The selectors
 * are the first bytes of the Keccak-256 hash of the signature that stands beside each.
 */
const selectors = {
  balanceOf: "0x70a08231", // balanceOf(address)
  domainSeparator: "0x3644e515", // DOMAIN_SEPARATOR()
  mint: "0x40c10f19", // mint(address,uint256)
  transfer: "0xa9059cbb" // transfer(address,uint256)
} as const

const word = (hex: string): string => hex.padStart(64, "0")
const addressWord = (address: string): string => word(address.slice(2).toLowerCase())
const amountWord = (amount: bigint): string => word(amount.toString(16))

export const balanceOfCall = (holder: string): string => `${selectors.balanceOf}${addressWord(holder)}`
export const domainSeparatorCall: string = selectors.domainSeparator
export const mintCall = (to: string, amount: bigint): string =>
  `${selectors.mint}${addressWord(to)}${amountWord(amount)}`
export const transferCall = (to: string, amount: bigint): string =>
  `${selectors.transfer}${addressWord(to)}${amountWord(amount)}`
