import { command, flag, json } from "../envelope/CommandLine.ts"
import { placeholders } from "../envelope/Placeholders.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import { fromStore } from "../store/StoreRefusal.ts"

/** How a report is given, with its two texts still to be filled in. */
export const feedbackTemplate = command(
  "feedback create",
  flag("title", placeholders.TITLE),
  flag("body", placeholders.BODY),
  json
)

export const feedbackDocs = docsUrl("image-skill-feedback-create")

/** A report of nothing. A client says the same before it sends anything. */
export const nothingSaid = (outcome: "rejected" | "not_sent" = "rejected"): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "one of `title` (--title) and `body` (--body) is needed, and both are blank or missing",
    outcome,
    recovery: { requiredFlags: ["--title"], suggestedCommand: feedbackTemplate, docsUrl: feedbackDocs }
  })

/** Fail closed (contract/api.md 11.1): what is not stored is not accepted. */
export const storageUnavailable = (error: StoreUnavailable): Refusal => {
  const { reason } = error
  const isPassing = reason === "busy" || reason === "conflict"
  return new Refusal({
    code: "FEEDBACK_STORAGE_UNAVAILABLE",
    message: `the report could not be stored and was not accepted: ${fromStore(error).message}`,
    recovery: {
      suggestedCommand: command("doctor", json),
      docsUrl: feedbackDocs,
      retryAfterSeconds: isPassing ? 5 : 60
    },
    details: { reason }
  })
}
