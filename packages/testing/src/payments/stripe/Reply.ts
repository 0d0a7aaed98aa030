import { type JsonObject, StripeFailure } from "./StripeFailure.ts"

/** What goes back to a client. */
export interface Reply {
  readonly status: number
  readonly body: string
  readonly headers: { readonly [name: string]: string }
  readonly requestId: string
  /** Whether an idempotency key keeps this answer. */
  readonly remembered: boolean
  /** The socket is closed in place of an answer. */
  readonly dropped: boolean
}

export const success = (body: JsonObject, requestId: string): Reply => ({
  status: 200,
  body: JSON.stringify(body, null, 2),
  headers: { "content-type": "application/json" },
  requestId,
  remembered: true,
  dropped: false
})

/** A refusal in Stripe's envelope; anything else is a fault of the emulator itself, and says so. */
export const failure = (error: unknown, requestId: string): Reply => {
  const stated =
    error instanceof StripeFailure
      ? error
      : new StripeFailure({ status: 500, type: "api_error", message: `The emulator itself failed: ${String(error)}` })
  const url = `https://dashboard.stripe.com/test/logs/${requestId}`
  return {
    status: stated.status,
    body: JSON.stringify(stated.envelope(url), null, 2),
    headers: { "content-type": "application/json" },
    requestId,
    remembered: stated.remembered,
    dropped: false
  }
}
