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
import { docsUrl } from "../envelope/Product.ts"
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
        const now = DateTime.toEpochMillis(yield* DateTime.now)
        const times = yield* Ref.modify(recent, (all) => {
          const fresh = [...all].filter(([, stamps]) => (stamps.at(-1) ?? 0) > now - hour).slice(-maxNetworks)
          const mine = (all.get(network) ?? []).filter((stamp) => stamp > now - hour)
          return [mine, new Map([...fresh, [network, [...mine, now]]])]
        })
        if (times.length >= limits.signupsPerHour) {
          return yield* rateLimited(Math.max(1, Math.ceil(((times[0] ?? now) + hour - now) / 1000)))
        }
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

      return Signups.of({ signup })
    })
  )
}

const hour = 3_600_000
const maxNetworks = 10_000

const grantWarning =
  "the free preview credits of this contact or network were given before, so this identity starts without them"

const rateLimited = (seconds: number): Refusal =>
  new Refusal({
    code: "RATE_LIMITED",
    message: "too many signups came from this network in the last hour",
    recovery: { retryAfterSeconds: seconds, docsUrl: signupDocs }
  })

const testContact = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "`agent_contact` (--agent-contact) is under example.invalid, which this service accepts in test runs only",
    recovery: { suggestedCommand: signupTemplate, docsUrl: docsUrl("image-skill-signup-agent") }
  })
