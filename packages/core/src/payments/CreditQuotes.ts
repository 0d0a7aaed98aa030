import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Ids } from "../envelope/Ids.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Agent } from "../identity/Actor.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import { creditPacks } from "./CreditPack.ts"
import { quoteCommand } from "./PaymentCommands.ts"
import { PaymentRails } from "./PaymentRails.ts"
import * as Refusals from "./PaymentRefusals.ts"
import { PaymentStore } from "./PaymentStore.ts"
import { hasSameTerms, type Quote, type QuoteTerms } from "./Quote.ts"
import type { Rail } from "./Rail.ts"
import { isUsable } from "./RailChoice.ts"
import { railPolicy } from "./RailPolicy.ts"

/** How long a quote may be bought (contract/api.md 5.3). */
export const quoteLifetime = Duration.minutes(60)

/** What is asked for, as it was given: one of `credits` and `packId`. */
export interface QuoteRequest {
  readonly credits: number | null
  readonly packId: string | null
  readonly methodId: string
  /** Null makes one. */
  readonly key: string | null
}

export interface Quoted {
  readonly quote: Quote
  readonly replayed: boolean
  readonly rail: Rail | null
  readonly warnings: ReadonlyArray<string>
}

/** Offers prices. A quote moves no money and grants no credits. */
export class CreditQuotes extends Context.Service<
  CreditQuotes,
  {
    /** A repeated key with the same terms is the same quote, whatever became of it. */
    quote(agent: Agent, request: QuoteRequest): Effect.Effect<Quoted, Refusal | StoreUnavailable>
  }
>()("core/payments/CreditQuotes") {
  static readonly layer = Layer.effect(
    CreditQuotes,
    Effect.gen(function* () {
      const rows = yield* PaymentStore
      const store = yield* Store
      const rails = yield* PaymentRails
      const ids = yield* Ids
      const policy = yield* railPolicy

      const freshKey = Effect.map(ids.hex(20), (digits) => `quote_auto_${digits}`)

      const quote = Effect.fn("CreditQuotes.quote")(
        function* (agent: Agent, request: QuoteRequest) {
          const terms = yield* termsOf(request)
          const listed = yield* rails.described
          const rail = listed.find(({ methodId }) => methodId === terms.methodId) ?? null
          const key = request.key ?? (yield* freshKey)
          const known = yield* rows.quoteByKey(agent.id, key)
          if (Option.isSome(known)) {
            if (hasSameTerms(known.value, terms))
              return { quote: known.value, replayed: true, rail, warnings: noticeOf(rail) }
            return yield* Refusals.quoteConflict(known.value, terms, yield* freshKey)
          }
          if (rail === null || !isUsable(rail)) {
            return yield* Refusals.methodUnavailable(terms.methodId, rail, elsewhere(listed, terms))
          }
          if (isOutside(rail, terms)) return yield* Refusals.outsideLimits(rail, terms, elsewhere(listed, terms))
          yield* policy.look(agent, terms)
          const now = yield* DateTime.now
          const made: Quote = {
            id: yield* ids.next("quote"),
            organizationId: agent.organizationId,
            agentId: agent.id,
            key,
            ...terms,
            liveMoney: rail.liveMoney,
            state: "created",
            createdAt: DateTime.formatIso(now),
            expiresAt: DateTime.formatIso(DateTime.addDuration(now, quoteLifetime))
          }
          yield* rows.insertQuote(made)
          const warnings = [
            ...noticeOf(rail),
            ...(request.key === null ? [`no idempotency key was given, so ${key} was made; use it to ask again`] : [])
          ]
          return { quote: made, replayed: false, rail, warnings }
        },
        store.transaction,
        Effect.catchTag("SpendBlocked", policy.ask)
      )

      return CreditQuotes.of({ quote })
    })
  )
}

const termsOf = ({ credits, methodId, packId }: QuoteRequest): Effect.Effect<QuoteTerms, Refusal> => {
  if ((credits === null) === (packId === null)) return Effect.fail(Refusals.packOrCredits())
  if (credits !== null) return Effect.succeed({ credits, packId: null, methodId })
  const pack = creditPacks.find(({ id }) => id === packId)
  return pack === undefined
    ? Effect.fail(Refusals.unknownPack(creditPacks.map(({ id }) => id)))
    : Effect.succeed({ credits: pack.credits, packId: pack.id, methodId })
}

const isOutside = ({ limits }: Rail, { credits }: QuoteTerms): boolean =>
  credits < limits.minCredits || credits > limits.maxCredits

/** The same credits on the first rail that sells so many; null where none does. */
const elsewhere = (rails: ReadonlyArray<Rail>, terms: QuoteTerms) => {
  const other = rails.find((rail) => rail.methodId !== terms.methodId && isUsable(rail) && !isOutside(rail, terms))
  return other === undefined ? null : quoteCommand({ ...terms, methodId: other.methodId }, null)
}

const noticeOf = (rail: Rail | null): ReadonlyArray<string> => (typeof rail?.notice === "string" ? [rail.notice] : [])
