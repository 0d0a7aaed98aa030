import type { Params } from "./Params.ts"
import { invalid, unknown } from "./StripeFailure.ts"
import type { Version } from "./Version.ts"

/** `payment_method_types` is no parameter of creating or confirming from this version on (stripe-node 23.0.0). */
const withoutStaticTypes = "2026-09-30"
/** `allowed_payment_method_types` of a PaymentIntent (stripe-node 22.4.0) and of a session (23.0.0). */
const allowedSince = { intent: "2026-07-29", session: "2026-09-30" }

/** The payment method types a request names, or none: each version has its own parameter for them. */
export const read = (
  params: Params,
  version: Version,
  object: "intent" | "session",
  known: ReadonlyArray<string>
): ReadonlyArray<string> => {
  if (version.date >= withoutStaticTypes && params.has("payment_method_types")) throw unknown("payment_method_types")
  if (version.date < allowedSince[object] && params.has("allowed_payment_method_types"))
    throw unknown("allowed_payment_method_types")
  const asked = [...params.texts("payment_method_types"), ...params.texts("allowed_payment_method_types")]
  const other = asked.find((name) => !known.includes(name))
  if (other !== undefined)
    throw invalid("payment_method_types", `The payment method type "${other}" is none of ${known.join(", ")}.`)
  return asked
}
