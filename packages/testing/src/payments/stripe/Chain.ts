/** A token transfer as it stands in a block. */
export interface Transfer {
  /** Lower case, as every address and hash here. */
  readonly hash: string
  readonly from: string
  readonly to: string
  /** In the token's smallest unit. */
  readonly amount: bigint
  readonly block: number
}

/** Names a transfer: one transaction may pay several addresses. */
export const partOf = ({ hash, to }: Transfer): string => `${hash} ${to}`

/** What the emulator needs of a blockchain. */
export interface Chain {
  /** How many blocks, its own among them, a transfer must have before its money counts. */
  readonly confirmations: number
  readonly token: string
  head(): Promise<number>
  /** Transfers of the token to any of the addresses, oldest first. */
  transfersTo(addresses: ReadonlyArray<string>): Promise<ReadonlyArray<Transfer>>
  /** The transfers of the token in a transaction that has succeeded and is still part of the chain. */
  receipt(hash: string): Promise<ReadonlyArray<Transfer> | undefined>
}
