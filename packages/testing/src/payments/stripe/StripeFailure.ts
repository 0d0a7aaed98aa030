/** The JSON that crosses the wire in either direction. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject
export type JsonObject = { readonly [name: string]: Json | undefined }

interface Facts {
  readonly status: number
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly param?: string
  /** Further fields of the error object: `decline_code`, `payment_intent`, `charge`. */
  readonly more?: JsonObject
  /** Whether the endpoint had begun its work, so that its idempotency key remembers this answer. */
  readonly remembered?: boolean
}

/** A refusal in Stripe's envelope: https://docs.stripe.com/api/errors. */
export class StripeFailure extends Error {
  readonly status: number
  readonly remembered: boolean
  private readonly facts: Facts

  constructor(facts: Facts) {
    super(facts.message)
    this.facts = facts
    this.status = facts.status
    this.remembered = facts.remembered ?? true
  }

  envelope(requestLogUrl: string): JsonObject {
    const { code, message, more, param, type } = this.facts
    return {
      error: {
        ...(code === undefined
          ? {}
          : { code, doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}` }),
        message,
        ...(param === undefined ? {} : { param }),
        request_log_url: requestLogUrl,
        type,
        ...more
      }
    }
  }
}

/** A parameter whose shape is wrong. The endpoint does not begin, so its idempotency key stays free. */
const malformed = (param: string, code: string | undefined, message: string) =>
  new StripeFailure({
    status: 400,
    type: "invalid_request_error",
    ...(code === undefined ? {} : { code }),
    param,
    message,
    remembered: false
  })

export const missing = (param: string) => malformed(param, "parameter_missing", `Missing required param: ${param}.`)

export const unknown = (param: string) => malformed(param, "parameter_unknown", `Received unknown parameter: ${param}`)

export const notAnInteger = (param: string, value: string) =>
  malformed(param, "parameter_invalid_integer", `Invalid integer: ${value}`)

export const invalid = (param: string, message: string, code?: string) => malformed(param, code, message)

/** A request that is well-formed and cannot be granted as things stand. Its idempotency key remembers the refusal. */
export const refused = (
  message: string,
  facts: { readonly code?: string; readonly param?: string; readonly more?: JsonObject } = {}
) => new StripeFailure({ status: 400, type: "invalid_request_error", message, ...facts })

export const notFound = (object: string, id: string, param = "id") =>
  new StripeFailure({
    status: 404,
    type: "invalid_request_error",
    code: "resource_missing",
    param,
    message: `No such ${object}: '${id}'`
  })

export const noSuchUrl = (method: string, path: string) =>
  new StripeFailure({
    status: 404,
    type: "invalid_request_error",
    message: `Unrecognized request URL (${method}: ${path}).`,
    remembered: false
  })

export const unauthorized = (message: string) =>
  new StripeFailure({ status: 401, type: "invalid_request_error", message, remembered: false })

export const forbidden = (message: string) =>
  new StripeFailure({ status: 403, type: "invalid_request_error", message, remembered: false })

export const cardDeclined = (declineCode: string, more: JsonObject) =>
  new StripeFailure({
    status: 402,
    type: "card_error",
    code: "card_declined",
    message: declinedMessage(declineCode),
    more: { decline_code: declineCode, ...more }
  })

export const declinedMessage = (declineCode: string) =>
  declineCode === "insufficient_funds" ? "Your card has insufficient funds." : "Your card was declined."

export const idempotencyMismatch = (key: string) =>
  new StripeFailure({
    status: 400,
    type: "idempotency_error",
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`
  })
