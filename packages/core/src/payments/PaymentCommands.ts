import { type Command, command, flag, json } from "../envelope/CommandLine.ts"
import { placeholders } from "../envelope/Placeholders.ts"
import type { Attempt } from "./Attempt.ts"
import type { PaymentRail } from "./PaymentRail.ts"
import type { QuoteTerms } from "./Quote.ts"

/** The commands of a payment, from the quote to the credits. Keys are derived, so that running one again repeats nothing. */

/** Without a key the client makes one, so that the command runs as it is printed. */
export const quoteCommand = ({ credits, methodId, packId }: QuoteTerms, key: string | null): Command =>
  command(
    "credits quote",
    packId === null ? flag("credits", `${credits}`) : flag("pack", packId),
    flag("payment-method", methodId),
    key === null ? null : flag("idempotency-key", key),
    json
  )

/** The key under which a quote is bought when nobody chose another. */
export const purchaseKey = (quoteId: string): string => `purchase:${quoteId}`

export const buyCommand = (
  rail: Pick<PaymentRail, "purchaseProvider">,
  quoteId: string,
  key = purchaseKey(quoteId)
): Command =>
  command(
    "credits buy",
    flag("provider", rail.purchaseProvider),
    flag("quote-id", quoteId),
    flag("idempotency-key", key),
    json
  )

export const statusCommand = ({ id }: Pick<Attempt, "id">): Command =>
  command("credits status", flag("payment-attempt-id", id), json)

export const settleCommand = ({ id }: Pick<Attempt, "id">): Command =>
  command("credits settle", flag("payment-attempt-id", id), json)

/** The rails once more, ranked, with the first of them as the next command. */
export const planCommand = (credits: number): Command => command("credits plan", flag("credits", `${credits}`), json)

export const quotaCommand = command("usage quota", json)
export const methodsCommand = command("credits methods", json)
export const packsCommand = command("credits packs list", json)

/** What to do with credits. */
export const guideCommand = command("create", flag("guide"), flag("prompt", placeholders.PROMPT), json)
