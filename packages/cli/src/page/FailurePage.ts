import { describeRest } from "./GenericPage.ts"
import { facts, type Page, paragraph } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"

/** What happened, why, and whether money moved. */
export const failurePage = (command: string, error: Sheet): Page => {
  const outcome = error.text("outcome")
  const moved = error.text("money_moved")
  const wait = error.number("recovery.retry_after_seconds")
  const code = error.text("code") ?? "no error code"
  return {
    title: `${command} ${outcome === "succeeded" ? "took effect, yet answered with" : "failed:"} ${code}`,
    blocks: [
      ...paragraph(null, error.text("message")),
      ...facts(
        null,
        ["Outcome", outcome === null ? null : (outcomes[outcome] ?? outcome)],
        ["Money", moved === null ? null : (moneyMoved[moved] ?? moved)],
        ["Worth repeating", repeatable(error)],
        ["Wait", wait === null ? null : `${wait} second${wait === 1 ? "" : "s"}`],
        ["Key", error.text("recovery.idempotency_key")],
        ["Documentation", error.text("recovery.docs_url")]
      ),
      ...describeRest(error, "details", "Details"),
      ...describeRest(error, "recovery", "What helps")
    ]
  }
}

const repeatable = (error: Sheet): string | null => {
  const value = error.take("retryable")
  return typeof value === "boolean" ? (value ? "yes" : "not as it is") : error.text("retryable")
}

const outcomes: { readonly [outcome: string]: string } = {
  not_sent: "nothing was sent",
  rejected: "refused; nothing was changed",
  succeeded: "it took effect",
  unknown: "not known yet: look it up, and repeat it only under the same key"
}

const moneyMoved: { readonly [moved: string]: string } = {
  no: "no money or credits moved",
  yes: "money or credits moved",
  unknown: "not known whether money or credits moved"
}
