/** Credits sold together. One credit costs one US cent, in every pack (contract/api.md 5.2). */
export interface CreditPack {
  readonly id: string
  readonly name: string
  readonly credits: number
}

export const defaultPackId = "starter-500"

export const creditPacks: ReadonlyArray<CreditPack> = [
  { id: defaultPackId, name: "Starter", credits: 500 },
  { id: "builder-2000", name: "Builder", credits: 2_000 },
  { id: "studio-5000", name: "Studio", credits: 5_000 }
]

/** Any number of credits may be quoted, within these bounds. */
export const customQuotes = { minCredits: 1, maxCredits: 5_000 } as const
