import { matchesPath } from "./Router.ts"
import { StripeFailure } from "./StripeFailure.ts"

/**
 * What goes wrong with a request. `conflict` 409, `limit` 429 and `error` 500 answer before anything has happened;
 * `errorAfter` answers 500 when it has. `dropBefore` and `dropAfter` close the socket. `delay` does nothing but wait.
 */
export type Kind = "conflict" | "limit" | "error" | "errorAfter" | "dropBefore" | "dropAfter" | "delay"

export const kinds = [
  "conflict",
  "limit",
  "error",
  "errorAfter",
  "dropBefore",
  "dropAfter",
  "delay"
] as const satisfies ReadonlyArray<Kind>

export interface Fault {
  readonly kind: Kind
  /** Any, where it is left out. */
  readonly method?: string | undefined
  /** The whole path; `*` stands for one id. */
  readonly path: string
  /** How many requests it meets; 1 where it is left out. The SDK repeats a dropped request once by itself. */
  readonly count?: number | undefined
  /**
   * How long the request waits first, of whatever kind the fault is; a second for a `delay`, else nothing. It holds its
   * idempotency key meanwhile.
   */
  readonly milliseconds?: number | undefined
  /** Whether the idempotency key keeps a 500; true where it is left out, as with Stripe. */
  readonly remembered?: boolean | undefined
}

export class Faults {
  private planned: ReadonlyArray<{ readonly fault: Fault; readonly left: number }> = []

  plan(fault: Fault): void {
    this.planned = [...this.planned, { fault, left: fault.count ?? 1 }]
  }

  clear(): void {
    this.planned = []
  }

  /** The fault that meets this request, if one is planned. */
  next(method: string, path: string): Fault | undefined {
    const met = this.planned.find(
      ({ fault, left }) =>
        left > 0 && (fault.method === undefined || fault.method === method) && matchesPath(fault.path, path)
    )
    if (met === undefined) return undefined
    this.planned = this.planned.map((entry) => (entry === met ? { ...entry, left: entry.left - 1 } : entry))
    return met.fault
  }
}

/** The refusal a fault answers with before anything has happened. */
export const refusal = ({ kind, remembered }: Fault, key: string | undefined): StripeFailure | undefined => {
  switch (kind) {
    case "conflict":
      return new StripeFailure({
        status: 409,
        type: "idempotency_error",
        code: "idempotency_key_in_use",
        message: `There is currently another in-progress request using this Idempotent Key: ${key ?? "none"}. Please try again later.`,
        remembered: false
      })
    case "limit":
      return new StripeFailure({
        status: 429,
        type: "invalid_request_error",
        code: "rate_limit",
        message: "Request rate limit exceeded.",
        remembered: false
      })
    case "error":
      return internal(remembered)
    default:
      return undefined
  }
}

export const internal = (remembered = true): StripeFailure =>
  new StripeFailure({
    status: 500,
    type: "api_error",
    message: "An error occurred internally with Stripe.",
    remembered
  })
