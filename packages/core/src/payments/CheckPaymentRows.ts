import { groupBy, type Violation } from "../credits/CheckCredits.ts"
import { isOpen } from "./Attempt.ts"
import type { PaymentDump } from "./PaymentStore.ts"
import type { Receipt, Reversal } from "./Receipt.ts"

/** The invariants of payments that their own rows decide. */
export const checkPaymentRows = (dump: PaymentDump): ReadonlyArray<Violation> => [
  ...uniqueThings(dump),
  ...receiptsFitAttempts(dump),
  ...reversalsAreBounded(dump),
  ...quotesGoOneWay(dump),
  ...noSecrets(dump)
]

const violation = (invariant: number, message: string): Violation => ({ invariant, message })

/** A violation for each value that is there more than once. */
const repeated = (invariant: number, what: string, values: ReadonlyArray<string>): ReadonlyArray<Violation> =>
  [...groupBy(values, (value) => value)]
    .filter(([, rows]) => rows.length > 1)
    .map(([value]) => violation(invariant, `${what} ${value} is there more than once`))

const keyOf = ({ agentId, key }: { readonly agentId: string; readonly key: string }): string => `${agentId} ${key}`

/** 7, 14 and 15: one receipt for a payment, a quote and a transaction; one owner of an object; one open try; one key. */
const uniqueThings = ({ attempts, quotes, receipts }: PaymentDump): ReadonlyArray<Violation> => {
  const chain = receipts.flatMap((receipt) =>
    receipt.chain === null ? [] : [`${receipt.chain.network} ${receipt.chain.transaction}`]
  )
  const open = attempts.filter(isOpen).map(({ quoteId }) => quoteId)
  const handles = attempts.flatMap((attempt) => [...new Set(attempt.handles)])
  return [
    ...repeated(
      7,
      "a receipt of payment",
      receipts.map(({ attemptId }) => attemptId)
    ),
    ...repeated(
      7,
      "a receipt of quote",
      receipts.map(({ quoteId }) => quoteId)
    ),
    ...repeated(7, "a receipt of transaction", chain),
    ...repeated(7, "an object of the provider, of which this is one,", handles),
    ...repeated(15, "an open attempt of quote", open),
    ...repeated(14, "a quote under key", quotes.map(keyOf)),
    ...repeated(14, "an attempt under key", attempts.map(keyOf))
  ]
}

/** 8: a receipt says what its attempt and its quote asked for, and only a succeeded attempt has one. */
const receiptsFitAttempts = ({ attempts, quotes, receipts }: PaymentDump): ReadonlyArray<Violation> => {
  const proved = new Set(receipts.map(({ attemptId }) => attemptId))
  const attemptsById = new Map(attempts.map((attempt) => [attempt.id, attempt]))
  const quotesById = new Map(quotes.map((quote) => [quote.id, quote]))
  return [
    ...receipts.flatMap((receipt) => {
      const attempt = attemptsById.get(receipt.attemptId)
      const quote = quotesById.get(receipt.quoteId)
      const fits =
        attempt !== undefined &&
        quote !== undefined &&
        attempt.status === "succeeded" &&
        attempt.quoteId === quote.id &&
        attempt.organizationId === receipt.organizationId &&
        receipt.credits === quote.credits &&
        receipt.amountCents === attempt.amountCents &&
        receipt.liveMoney === quote.liveMoney &&
        receipt.paidCents >= 0 &&
        (receipt.paidCents <= receipt.amountCents || attempt.exception !== null)
      return fits ? [] : [violation(8, `receipt ${receipt.id} does not fit its payment`)]
    }),
    ...attempts
      .filter(({ id, status }) => status === "succeeded" && !proved.has(id))
      .map(({ id }) => violation(9, `payment ${id} succeeded and has no receipt`))
  ]
}

const signed = ({ credits, kind }: Reversal): number => (kind === "reinstatement" ? -credits : credits)

/** 11 and 13: what is reversed stays between nothing and all, step by step, and all the money back is all the credits. */
const reversalsAreBounded = ({ receipts, reversals }: PaymentDump): ReadonlyArray<Violation> => {
  const steps = groupBy(reversals, ({ receiptId }) => receiptId)
  return receipts.flatMap((receipt) => {
    let total = 0
    for (const step of steps.get(receipt.id) ?? []) {
      total += signed(step)
      if (total < 0) return [violation(13, `receipt ${receipt.id} was given back more than was taken`)]
    }
    const problems = [
      ...(total === receipt.reversedCredits
        ? []
        : [violation(16, `receipt ${receipt.id} says ${receipt.reversedCredits} reversed, its steps say ${total}`)]),
      ...(receipt.reversedCredits >= 0 && receipt.reversedCredits <= receipt.credits
        ? []
        : [
            violation(11, `receipt ${receipt.id} has ${receipt.reversedCredits} of ${receipt.credits} credits reversed`)
          ])
    ]
    return [...problems, ...sharesAgree(receipt)]
  })
}

/** 11 and 21: the credits reversed are the share of the money that went back, and the last cent takes the last credit. */
const sharesAgree = (receipt: Receipt): ReadonlyArray<Violation> => {
  const { credits, disputedCents, id, paidCents, refundedCents, reversedCredits } = receipt
  const back = refundedCents + disputedCents
  if (back > paidCents) return [violation(11, `receipt ${id} has ${back} of ${paidCents} cents reversed`)]
  const share = paidCents === 0 ? 0 : Math.floor((credits * back) / paidCents)
  return share === reversedCredits
    ? []
    : [violation(21, `receipt ${id} has ${reversedCredits} credits reversed for ${back} of ${paidCents} cents`)]
}

/** 17: a quote is fulfilled exactly when it has a receipt, and nothing was begun on one that was over. */
const quotesGoOneWay = ({ attempts, quotes, receipts }: PaymentDump): ReadonlyArray<Violation> => {
  const byQuote = groupBy(attempts, ({ quoteId }) => quoteId)
  const paid = new Set(receipts.map(({ quoteId }) => quoteId))
  return quotes.flatMap((quote) => {
    const mine = byQuote.get(quote.id) ?? []
    const isPaid = paid.has(quote.id)
    const isBegun = quote.state !== "created" || mine.length === 0
    const inTime = mine.every(({ createdAt }) => createdAt < quote.expiresAt)
    const closed = quote.state !== "expired" || !mine.some(isOpen)
    return isPaid === (quote.state === "fulfilled") && isBegun && inTime && closed
      ? []
      : [violation(17, `quote ${quote.id} is ${quote.state} and its attempts say otherwise`)]
  })
}

const secret = /isk_[a-z]_|\bsk_(?:live|test)_|\brk_(?:live|test)_|whsec_|_secret_[A-Za-z0-9]|\b(?:0x)?[0-9a-f]{64}\b/u

/** 19: no event, receipt, key, handle, reason or exception carries what looks like a secret. A settled transaction is public. */
const noSecrets = ({ attempts, events, quotes, receipts }: PaymentDump): ReadonlyArray<Violation> => [
  ...events
    .filter(({ payload, problem }) => secret.test(withoutTransactions(payload)) || secret.test(problem ?? ""))
    .map(({ id }) => violation(19, `event ${id} carries something that looks like a secret`)),
  ...receipts
    .filter(({ creditEventId, event, id }) => secret.test(`${id} ${creditEventId} ${event?.type ?? ""}`))
    .map(({ id }) => violation(19, `receipt ${id} carries something that looks like a secret`)),
  ...attempts
    .filter(({ checkout, exception, handles, key, reason }) =>
      secret.test([key, reason, exception, checkout?.sessionId, ...handles].join(" "))
    )
    .map(({ id }) => violation(19, `attempt ${id} carries something that looks like a secret`)),
  ...quotes
    .filter(({ key }) => secret.test(key))
    .map(({ id }) => violation(19, `quote ${id} carries something that looks like a secret`))
]

const withoutTransactions = (payload: string): string =>
  payload.replaceAll(/"transaction_hash":\s*"0x[0-9a-fA-F]{64}"/gu, "")
