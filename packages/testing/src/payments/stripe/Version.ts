import { StripeFailure, unknown } from "./StripeFailure.ts"
import { accountVersion } from "./World.ts"

/** A version of the API: the date and name of the `Stripe-Version` header. */
export interface Version {
  readonly date: string
  readonly preview: boolean
}

export const parse = (header: string | undefined): Version => {
  const text = header ?? accountVersion
  const [date = "", name = ""] = text.split(".")
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(date) || !/^[a-z_]*$/u.test(name))
    throw new StripeFailure({
      status: 400,
      type: "invalid_request_error",
      message: `Invalid Stripe API version: ${text}`,
      remembered: false
    })
  return { date, preview: name === "preview" }
}

/** The first preview with the deposit mode of crypto payments. */
export const depositMode = "2026-03-04"

/** The first preview with reusable deposit addresses and payments that name their transaction. */
export const transactionVerification = "2026-05-27"

export const knows = ({ date, preview }: Version, since: string): boolean => preview && date >= since

/** A parameter of a preview is unknown to a version without it. */
export const gate = (version: Version, since: string, param: string): void => {
  if (!knows(version, since)) throw unknown(param)
}
