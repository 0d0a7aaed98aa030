import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import { CreditLedger } from "../credits/CreditLedger.ts"
import type { DailySlots } from "../credits/DailySlots.ts"
import type { LedgerStore } from "../credits/LedgerStore.ts"
import { Limits } from "../credits/Limits.ts"
import { type Quota, quotaOf } from "../credits/Quota.ts"
import { command, json } from "../envelope/CommandLine.ts"
import { docsUrl } from "../envelope/Product.ts"
import type { RateStanding } from "../envelope/RateStanding.ts"
import { Refusal } from "../envelope/Refusal.ts"
import { normalise } from "../identity/Contact.ts"
import { type Caller, Identity, type SignedUp } from "../identity/Identity.ts"
import { shownOnce, signupDocs, signupTemplate } from "../identity/SignupCommand.ts"
import type { SignupRequest } from "../identity/SignupRequest.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"

export interface Welcome {
  readonly signedUp: SignedUp
  readonly quota: Quota
  readonly warnings: ReadonlyArray<string>
}

/** A signup with what comes with it: the preview credits, given once for a contact or a network, never per signup. */
export class Signups extends Context.Service<
  Signups,
  {
    signup(request: SignupRequest, caller: Caller, traceId: string): Effect.Effect<Welcome, Refusal | StoreUnavailable>
    /** What is left of the signups of a caller's network; null where they are not limited. */
    standing(caller: Caller): Effect.Effect<RateStanding | null>
  }
>()("core/service/Signups") {
  static readonly layer = Layer.effect(
    Signups,
    Effect.gen(function* () {
      const identity = yield* Identity
      const ledger = yield* CreditLedger
      const limits = yield* Limits
      const store = yield* Store
      const quotaContext = yield* Effect.context<LedgerStore | DailySlots | Limits>()
      const recent = yield* Ref.make<ReadonlyMap<string, ReadonlyArray<number>>>(new Map())

      /** Counts the signups of one network in the last hour, in this process only; addresses are never stored. */
      const checkRate = Effect.fnUntraced(function* ({ isLocal, network }: Caller) {
        if (isLocal || network === null || limits.signupsPerHour === null) return
        const { signupsPerHour } = limits
        const now = DateTime.toEpochMillis(yield* DateTime.now)
        // What is refused is not counted, so that no flood of refusals is remembered.
        const times = yield* Ref.modify(recent, (all) => {
          const mine = within(all.get(network), now)
          if (mine.length >= signupsPerHour) return [mine, all]
          const fresh = [...all].filter(([, stamps]) => (stamps.at(-1) ?? 0) > now - hour).slice(-maxNetworks)
          return [mine, new Map([...fresh, [network, [...mine, now]]])]
        })
        if (times.length >= signupsPerHour) return yield* rateLimited(secondsUntilFree(times, now))
      })

      const standing = Effect.fn("Signups.standing")(function* ({ isLocal, network }: Caller) {
        const limit = limits.signupsPerHour
        if (isLocal || network === null || limit === null) return null
        const now = DateTime.toEpochMillis(yield* DateTime.now)
        const times = within((yield* Ref.get(recent)).get(network), now)
        const resetSeconds = times.length === 0 ? 0 : secondsUntilFree(times, now)
        return { limit, remaining: Math.max(0, limit - times.length), resetSeconds }
      })

      const checkTestContact = ({ agentContact, humanEmail }: SignupRequest, { isLocal }: Caller) => {
        const contact = Option.getOrElse(normalise(agentContact ?? humanEmail ?? ""), () => "")
        return /[@.]example\.invalid$/u.test(contact) && !limits.acceptTestContacts && !isLocal
          ? Effect.fail(testContact())
          : Effect.void
      }

      const signup = Effect.fn("Signups.signup")(function* (request: SignupRequest, caller: Caller, traceId: string) {
        yield* checkTestContact(request, caller)
        yield* checkRate(caller)
        return yield* Effect.gen(function* () {
          const signedUp = yield* identity.signup(request, caller)
          const { agent } = signedUp
          const granted =
            limits.previewCredits > 0 &&
            (yield* ledger.grantPreview({
              organizationId: agent.organizationId,
              key: `preview_grant:${agent.allowanceKey}`,
              credits: limits.previewCredits,
              traceId
            }))
          const quota = yield* Effect.provide(quotaOf(agent), quotaContext)
          const warnings = [
            ...(signedUp.token === null ? [] : [shownOnce]),
            ...(signedUp.isNew && !granted && limits.previewCredits > 0 ? [grantWarning] : [])
          ]
          return { signedUp, quota, warnings }
        }).pipe(store.transaction)
      })

      return Signups.of({ signup, standing })
    })
  )
}

const hour = 3_600_000

const within = (stamps: ReadonlyArray<number> | undefined, now: number): ReadonlyArray<number> =>
  (stamps ?? []).filter((stamp) => stamp > now - hour)

/** Until the first of them no longer counts. */
const secondsUntilFree = ([first]: ReadonlyArray<number>, now: number): number =>
  Math.max(1, Math.ceil(((first ?? now) + hour - now) / 1000))

const maxNetworks = 10_000

const grantWarning =
  "the free preview credits of this contact or network were given before, so this identity starts without them"

const rateLimited = (seconds: number): Refusal =>
  new Refusal({
    code: "RATE_LIMITED",
    message: "too many signups came from this network in the last hour",
    recovery: {
      retryAfterSeconds: seconds,
      suggestedCommand: command("auth status", json),
      docsUrl: signupDocs
    }
  })

const testContact = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "`agent_contact` (--agent-contact) is under example.invalid, which this service accepts in test runs only",
    recovery: { suggestedCommand: signupTemplate, docsUrl: docsUrl("image-skill-signup-agent") }
  })
