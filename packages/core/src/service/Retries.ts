import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { type HttpReply, type HttpRequest, HttpTransportError } from "./HttpTransport.ts"

/** What became of one request. */
export type Attempt =
  | { readonly _tag: "Replied"; readonly reply: HttpReply }
  | { readonly _tag: "Failed"; readonly error: HttpTransportError }

/** The first request and two more. */
export const maxAttempts = 3

/** A service that asks for a longer wait is not waited for: its answer says how long. */
const longestPauseMs = 5_000

/** Doubled with every attempt, and halved by chance, so that many clients do not come back in step. */
const firstPauseMs = 100

/**
 * How long to wait before the same request goes out again; null where it must not. Only what a repeat cannot make twice
 * is repeated: reads, and writes that carry an idempotency key. A connection that nobody takes, a timeout and every
 * answer of the service itself are reported at once; only a busy service that names a short time is waited for.
 */
export const pauseAfter = (attempt: Attempt, count: number, chance: number): Duration.Duration | null => {
  if (count >= maxAttempts) return null
  const pauseMs = firstPauseMs * 2 ** (count - 1) * (0.5 + chance / 2)
  if (attempt._tag === "Failed") return attempt.error.reason === "reset" ? Duration.millis(pauseMs) : null
  const { headers, status, text } = attempt.reply
  const isBusy = status === 429 || status === 503
  const askedMs = isBusy ? secondsOf(headers["retry-after"]) * 1_000 : Number.NaN
  if (askedMs <= longestPauseMs) return Duration.millis(Math.max(askedMs, pauseMs))
  const isGateway = status === 502 || status === 503 || status === 504
  return Number.isNaN(askedMs) && isGateway && !text.trimStart().startsWith("{") ? Duration.millis(pauseMs) : null
}

/** A number of seconds; a date is not read, since clocks differ. NaN where there is none. */
const secondsOf = (header: string | undefined): number =>
  header !== undefined && /^\d{1,6}$/u.test(header.trim()) ? Number(header) : Number.NaN

/**
 * Sends a request, and again while `pauseAfter` allows it. What was once sent may have been done: a later attempt that
 * never got out does not take that back.
 */
export const sendAgain = <R>(
  send: (request: HttpRequest) => Effect.Effect<HttpReply, HttpTransportError, R>,
  request: HttpRequest,
  mayRepeat: boolean
): Effect.Effect<HttpReply, HttpTransportError, R> =>
  Effect.gen(function* () {
    let sent = false
    for (let count = 1; ; count += 1) {
      const attempt: Attempt = yield* Effect.match(send(request), {
        onFailure: (error) => ({ _tag: "Failed", error }) as const,
        onSuccess: (reply) => ({ _tag: "Replied", reply }) as const
      })
      const pause = mayRepeat ? pauseAfter(attempt, count, yield* Random.next) : null
      if (pause === null) return attempt._tag === "Replied" ? attempt.reply : yield* asSent(attempt.error, sent)
      sent ||= attempt._tag === "Replied" || attempt.error.sent
      yield* Effect.sleep(pause)
    }
  })

const asSent = (error: HttpTransportError, sent: boolean): HttpTransportError =>
  sent && !error.sent ? new HttpTransportError({ reason: error.reason, message: error.message, sent: true }) : error
