import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { Limits } from "../credits/Limits.ts"
import { command, json } from "../envelope/CommandLine.ts"
import type { Answer } from "../envelope/Envelope.ts"
import { docsUrl } from "../envelope/Product.ts"
import type { RateStanding } from "../envelope/RateStanding.ts"
import { Refusal } from "../envelope/Refusal.ts"
import type { Session } from "../identity/Agents.ts"
import type { Caller } from "../identity/Identity.ts"
import { JobStore } from "../jobs/JobStore.ts"
import { secondsUntilFree } from "../jobs/UploadJob.ts"
import type { OperationId } from "./Operations.ts"
import * as RequestWindows from "./RequestWindows.ts"
import { Signups } from "./Signups.ts"

/**
 * The limit of requests by token, and what answers say about the limits that apply to them: that of signups, of uploads,
 * else that of the token. Callers on this machine are never limited (decision D1.5).
 */
export const rateLimits = Effect.gen(function* () {
  const { requestsPerMinute, uploadsPerHour } = yield* Limits
  const signups = yield* Signups
  const jobs = yield* JobStore
  const windows =
    requestsPerMinute === null
      ? null
      : RequestWindows.make({ limit: requestsPerMinute, duration: Duration.minutes(1), maxKeys: maxTokens })

  /** Counts one request of the token. */
  const take = Effect.fnUntraced(function* (session: Session | null, { isLocal }: Caller) {
    if (windows === null || session === null || isLocal) return
    const { granted, standing } = yield* windows.take(session.token.hash)
    if (!granted) return yield* requestsLimited(standing)
  })

  const uploadStanding = Effect.fnUntraced(function* ({ agent }: Session, limit: number) {
    const now = yield* DateTime.now
    const since = DateTime.formatIso(DateTime.subtractDuration(now, Duration.hours(1)))
    const used = yield* jobs.countSince(agent.organizationId, "upload", since)
    const first = yield* jobs.firstSince(agent.organizationId, "upload", since)
    const standing: RateStanding = {
      limit,
      remaining: Math.max(0, limit - used),
      resetSeconds: first === null ? 0 : secondsUntilFree(first, now)
    }
    return standing
  })

  const standingOf = (id: OperationId, session: Session | null, caller: Caller) => {
    if (caller.isLocal) return Effect.succeed(null)
    if (id === "signup") return signups.standing(caller)
    if (session === null) return Effect.succeed(null)
    if ((id === "upload" || id === "uploadStream") && uploadsPerHour !== null)
      return uploadStanding(session, uploadsPerHour)
    return windows === null ? Effect.succeed(null) : windows.standing(session.token.hash)
  }

  /** The answer with what is left of its limit. An answer is given even where nobody can count. */
  const told = (answer: Answer, id: OperationId, session: Session | null, caller: Caller): Effect.Effect<Answer> =>
    Effect.map(
      Effect.orElseSucceed(standingOf(id, session, caller), () => null),
      (rateLimit) => (rateLimit === null ? answer : { ...answer, rateLimit })
    )

  return { take, told }
})

const maxTokens = 10_000

const requestsLimited = ({ limit, resetSeconds }: RateStanding): Refusal =>
  new Refusal({
    code: "RATE_LIMITED",
    message: `${limit} requests a minute are allowed with one token, and they are used up for ${resetSeconds} s; nothing was done`,
    recovery: { retryAfterSeconds: resetSeconds, suggestedCommand: command("doctor", json), docsUrl: docsUrl() },
    details: { limit }
  })
