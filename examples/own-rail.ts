/**
 * A way to pay of your own: here the account of a company, which is charged when an agent buys credits. A rail never
 * moves money twice for one order, since every method may be repeated: after a crash, a lost answer, or to look again.
 *
 * The contract knows three rails by name, and one of yours takes the place of one of them. This one moves nobody's money
 * outside of the company, so it stands where the contract has its rail without live money, `fake`.
 */
import { ImageSkill } from "@image-skill/adapters/agent/ImageSkill"
import { railFrom } from "@image-skill/adapters/agent/OwnRail"

/** Your ledger. `charge` does its work once for each `orderId`, whoever asks again. */
export interface CompanyAccount {
  readonly charge: (orderId: string, cents: number) => Promise<"charged" | "over_budget">
  /** What was charged for the order, and what of it was given back since; null while nothing was. */
  readonly find: (orderId: string) => Promise<{ readonly cents: number; readonly refundedCents: number } | null>
}

export const companyRail = (account: CompanyAccount) =>
  railFrom({
    methodId: "fake",
    notice: "charged to the account of the company",
    open: async ({ amountCents, orderId }) => {
      const outcome = await account.charge(orderId, amountCents)
      return outcome === "charged"
        ? { status: "succeeded" }
        : { status: "failed", reason: "the account of the company is over its budget" }
    },
    read: async ({ orderId }) => {
      const entry = await account.find(orderId)
      // Nothing yet is no refusal: the charge may be on its way.
      return entry === null ? null : { status: "succeeded", paidCents: entry.cents, refundedCents: entry.refundedCents }
    }
  })

export const openWithAccount = (folder: string, account: CompanyAccount): Promise<ImageSkill> =>
  ImageSkill.open({ folder, rails: [companyRail(account)] })

/** Credits for the agent, paid by the company. The key makes it one purchase, however often this is called with it. */
export const buyCredits = async (skill: ImageSkill, credits: number, key: string): Promise<number> => {
  const quote = await skill.credits.quote({ credits, payment_method: "fake", idempotency_key: `${key}-quote` })
  await skill.credits.buy({ quote_id: quote.quote_id, provider: "fake", idempotency_key: key })
  return (await skill.quota()).limits.total_remaining_credits
}
