import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { requests } from "@image-skill/core/service/Requests"
import * as Effect from "effect/Effect"
import { askSigned } from "../../AskSigned.ts"
import { withCompactUrl } from "../../CompactUrl.ts"
import type { Context } from "../../Context.ts"
import { flagReader, text } from "../../Flags.ts"
import { judge } from "../../Judge.ts"
import type { Leaf } from "../../Leaf.ts"

/** What became of a quote or a payment; without a reference, what may be spent. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const reference = yield* readReference(context)
    yield* judge(context, requests.creditsStatus, reference)
    return withCompactUrl(yield* askSigned(context, (service, token) => service.creditsStatus(reference, token)))
  })

const readReference = Effect.fnUntraced(function* ({ parsed }: Context) {
  const flag = flagReader(parsed)
  const quoteId = yield* flag(text("quote-id"))
  const paymentAttemptId = yield* flag(text("payment-attempt-id"))
  const checkoutSessionId = yield* flag(text("checkout-session-id"))
  const receiptId = yield* flag(text("receipt-id"))
  const given = [quoteId, paymentAttemptId, checkoutSessionId, receiptId].filter((reference) => reference !== null)
  if (given.length > 1) return yield* oneReference()
  return {
    ...(quoteId === null ? {} : { quoteId }),
    ...(paymentAttemptId === null ? {} : { paymentAttemptId }),
    ...(checkoutSessionId === null ? {} : { checkoutSessionId }),
    ...(receiptId === null ? {} : { receiptId })
  }
})

const oneReference = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "give one of --quote-id, --payment-attempt-id, --checkout-session-id and --receipt-id, not several",
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl("image-skill-credits-status") }
  })
