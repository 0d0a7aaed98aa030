import { describeRest } from "./GenericPage.ts"
import { facts, type Page } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"

export const quotePage = (data: Sheet): Page => {
  data.skip("pack", "price_amount_cents", "currency")
  return {
    title: `A quote for ${data.credits("credits") ?? "credits"}; no money has moved`,
    blocks: [
      ...facts(
        null,
        ["Price", data.money("price_amount_cents", "currency")],
        ["Rail", data.text("accepted_payment_method")],
        ["Money", moneyOf(data)],
        ["Quote", data.text("quote_id")],
        ["State", data.state("state")],
        ["Pack", data.text("pack_id")],
        ["Valid until", data.text("expires_at")],
        ["Key", data.text("idempotency_key")],
        ["Repeated", repeated(data)]
      ),
      ...describeRest(data, "x402", "Payment request")
    ]
  }
}

/** Whatever a payment needs is shown whole: addresses, amounts and deadlines are not for leaving out. */
export const buyPage = (data: Sheet): Page => ({
  title: paidTitle(data),
  blocks: [...purchaseFacts(data), ...describeRest(data, "", "Payment")]
})

export const fakePurchasePage = (data: Sheet): Page => buyPage(data)

const paidTitle = (data: Sheet): string => {
  const granted = data.credits("credits_granted")
  const state = data.state("state") ?? "in an unknown state"
  if (granted !== null && state === "succeeded") return `Payment succeeded: ${granted} added`
  return `Payment: ${state}`
}

const purchaseFacts = (data: Sheet) =>
  facts(
    null,
    ["Amount", data.money("amount_cents", "currency")],
    ["Rail", data.text("accepted_payment_method")],
    ["Money", moneyOf(data)],
    ["Credits now", data.credits("balance_after")],
    ["Quote", data.text("quote_id")],
    ["Attempt", data.text("payment_attempt_id")],
    ["Receipt", data.text("receipt_id")],
    ["Credits by", data.text("credit_event_id")],
    ["Key", data.text("idempotency_key")],
    ["Repeated", repeated(data)]
  )

export const statusPage = (data: Sheet): Page => {
  data.skip("request")
  const quote = data.inside("quote")
  const attempt = data.inside("payment_attempt")
  const receipt = data.inside("receipt")
  return {
    title: `Payment: ${data.state("state") ?? "in an unknown state"}`,
    blocks: [
      ...facts(
        "Quote",
        ["Quote", quote.text("quote_id")],
        ["For", quote.credits("credits")],
        ["Price", quote.money("price_amount_cents", "currency")],
        ["Rail", quote.text("accepted_payment_method")],
        ["Money", quote.value === null ? null : moneyOf(quote)],
        ["State", quote.state("state")],
        ["Valid until", quote.text("expires_at")]
      ),
      ...facts(
        "Payment",
        ["Attempt", attempt.text("payment_attempt_id")],
        ["State", attempt.state("attempt_status")],
        ["Why", attempt.state("reason")],
        ["Begun", attempt.text("created_at")],
        ["Open until", attempt.text("expires_at")]
      ),
      ...describeRest(data, "payment_attempt.stripe_x402", "Deposit"),
      ...facts(
        "Receipt",
        ["Receipt", receipt.text("receipt_id")],
        ["Added", receipt.credits("credits_granted")],
        ["Paid", receipt.money("amount_paid_cents", "currency")],
        ["Taken back", receipt.credits("credits_reversed")],
        ["Owed", receipt.credits("credits_owed")],
        ["Issued", receipt.text("issued_at")]
      ),
      ...describeRest(data, "next", "What follows"),
      ...describeRest(data, "settlement", "Settlement")
    ]
  }
}

export const settlePage = (data: Sheet): Page => {
  const page = statusPage(data)
  const outcome = data.state("settlement.outcome")
  return outcome === null ? page : { ...page, title: `Settled: ${outcome}` }
}

const moneyOf = (data: Sheet): string => (data.is("live_money") ? "real money" : "no real money")

const repeated = (data: Sheet): string | null =>
  data.is("idempotent_replay") ? "an earlier answer for the same key; nothing was paid again" : null
