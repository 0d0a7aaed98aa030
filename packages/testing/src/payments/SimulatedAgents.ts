import { noLinks } from "@image-skill/core/activity/ActivityEvent"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import type { Violation } from "@image-skill/core/credits/CheckCredits"
import { CreditLedger } from "@image-skill/core/credits/CreditLedger"
import { type Hold, sum } from "@image-skill/core/credits/Hold"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { Ids } from "@image-skill/core/envelope/Ids"
import type { Agent } from "@image-skill/core/identity/Actor"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import type { Books } from "@image-skill/core/payments/CheckLedger"
import { CreditQuotes, type QuoteRequest } from "@image-skill/core/payments/CreditQuotes"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { Purchases, type PurchaseRequest } from "@image-skill/core/payments/Purchases"
import { Store } from "@image-skill/core/store/Store"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { event } from "../activity/EventSample.ts"
import { agent } from "../identity/AgentSample.ts"
import type { Dice } from "./Dice.ts"
import { type ProviderWorld, waiting } from "./ProviderWorld.ts"

/** Two agents of one organization, and one of another. */
const agents = [agent("ann"), agent("bob", { organizationId: OrganizationId.make("org_ann") }), agent("eve")] as const

/** What somebody was answered, to be compared with the books afterwards (invariants 14 and 17). */
export type Answered =
  | { readonly _tag: "Quoted"; readonly agent: Agent; readonly request: QuoteRequest; readonly quoteId: string | null }
  | {
      readonly _tag: "Bought"
      readonly agent: Agent
      readonly request: PurchaseRequest
      readonly attemptId: string | null
    }

export interface Scene {
  readonly dice: Dice
  readonly world: ProviderWorld
  /** The books as they were when the round began: what everybody knows. */
  readonly books: Books
  readonly answered: (answer: Answered) => void
}

type Services = CreditQuotes | Purchases | Fulfilment | CreditLedger | LedgerStore | ActivityLog | Store | Ids

/** Something that somebody does. Whatever can go wrong by design is not an error of the simulation. */
export const act = (scene: Scene): Effect.Effect<void, never, Services> => {
  const { dice, world } = scene
  const roll = dice.below(100)
  const deed =
    roll < 16
      ? quote(scene)
      : roll < 36
        ? buy(scene)
        : roll < 48
          ? spend(scene)
          : roll < 60
            ? finish(scene)
            : roll < 62
              ? gift(scene)
              : roll < 66
                ? expireHolds
                : roll < 76
                  ? hear(world.hint)
                  : roll < 78
                    ? hear(world.forge)
                    : roll < 86
                      ? look(scene)
                      : roll < 96
                        ? Effect.flatMap(Fulfilment, ({ sweep }) => sweep(5))
                        : Effect.flatMap(Fulfilment, ({ catchUp }) => catchUp)
  return Effect.ignore(deed)
}

const keyOf = ({ dice }: Scene, what: string): string => `${what}-${dice.below(12)}`

const quote = Effect.fnUntraced(function* (scene: Scene) {
  const { dice } = scene
  const who = dice.pick(...agents)
  const request: QuoteRequest = {
    credits: dice.chance(20) ? null : dice.pick(50, 51, 90, 500),
    packId: null,
    methodId: dice.pick("stripe_checkout", "stripe_x402.exact.usdc"),
    key: keyOf(scene, "quote")
  }
  const asked = request.credits === null ? { ...request, packId: "starter-500" } : request
  const quotes = yield* CreditQuotes
  yield* quotes.quote(who, asked).pipe(
    Effect.tap((quoted) =>
      Effect.sync(() => scene.answered({ _tag: "Quoted", agent: who, request: asked, quoteId: quoted.quote.id }))
    ),
    Effect.tapError((error) =>
      Effect.sync(() => {
        if (error._tag === "Refusal" && error.code === "CREDIT_QUOTE_CONFLICT")
          scene.answered({ _tag: "Quoted", agent: who, request: asked, quoteId: null })
      })
    )
  )
})

const buy = Effect.fnUntraced(function* (scene: Scene) {
  const { books, dice } = scene
  const fresh = books.payments.quotes.filter(({ state }) => state !== "expired")
  const offered = dice.oneOf(dice.chance(80) ? fresh : books.payments.quotes)
  if (offered === null) return
  const who = dice.pick(...agents)
  const request: PurchaseRequest = {
    methodId: dice.chance(95) ? offered.methodId : "stripe_checkout",
    quoteId: offered.id,
    key: keyOf(scene, `buy-${offered.key}`)
  }
  const purchases = yield* Purchases
  yield* purchases.buy(who, request, "trace_buy").pipe(
    Effect.tap(({ attempt }) =>
      Effect.sync(() => scene.answered({ _tag: "Bought", agent: who, request, attemptId: attempt.id }))
    ),
    Effect.tapError((error) =>
      Effect.sync(() => {
        if (error._tag === "Refusal" && error.code === "IDEMPOTENCY_KEY_CONFLICT")
          scene.answered({ _tag: "Bought", agent: who, request, attemptId: null })
      })
    )
  )
})

const spend = Effect.fnUntraced(function* ({ dice }: Scene) {
  const ledger = yield* CreditLedger
  const ids = yield* Ids
  yield* ledger.hold({
    organizationId: dice.pick(...agents).organizationId,
    jobId: yield* ids.next("job"),
    credits: dice.chance(70) ? dice.between(1, 60) : dice.between(60, 400),
    traceId: "trace_spend"
  })
})

/** Ends a hold, often one that was ended before, and by two at once. */
const finish = Effect.fnUntraced(function* ({ books, dice }: Scene) {
  const held = dice.oneOf(books.ledger.holds)
  if (held === null) return
  const ledger = yield* CreditLedger
  const credits = sum(held.held)
  if (dice.chance(25)) yield* ledger.release(held.id, "trace_finish")
  else yield* capture(held, dice.chance(60) ? credits : dice.between(0, credits + 5))
})

/** As a job does: the capture and what is said of it are one. */
const capture = Effect.fnUntraced(function* ({ id, jobId, organizationId }: Hold, credits: number) {
  const ledger = yield* CreditLedger
  const rows = yield* LedgerStore
  const activity = yield* ActivityLog
  const store = yield* Store
  const ids = yield* Ids
  const eventId = yield* ids.next("evt")
  yield* store.transaction(
    Effect.gen(function* () {
      const before = yield* rows.hold(id)
      if (before._tag === "None" || before.value.state !== "open") return
      const captured = yield* ledger.capture(id, credits, "trace_finish")
      if (sum(captured.captured) === 0) return
      yield* activity.append(
        event(jobId, {
          id: eventId,
          organizationId,
          type: "usage.credit_consumed",
          links: { ...noLinks, jobId },
          cost: { estimatedUsd: null, credits: sum(captured.captured) }
        })
      )
    })
  )
})

const gift = Effect.fnUntraced(function* ({ dice }: Scene) {
  const ledger = yield* CreditLedger
  const { organizationId } = dice.pick(...agents)
  yield* ledger.grantPreview({
    organizationId,
    key: `gift:${organizationId}`,
    credits: 50,
    traceId: "trace_gift"
  })
})

const expireHolds = Effect.gen(function* () {
  const rows = yield* LedgerStore
  const ledger = yield* CreditLedger
  const late = yield* rows.expiredHolds(DateTime.formatIso(yield* DateTime.now), 5)
  yield* Effect.forEach(late, ({ id }) => ledger.release(id, "trace_expire", "expired"), { discard: true })
})

/** As a webhook does: keep the event, and then work on what waits. */
const hear = Effect.fnUntraced(function* (next: ProviderWorld["hint"]) {
  const fulfilment = yield* Fulfilment
  yield* waiting(10)
  const hint = next()
  if (hint === null) return
  yield* fulfilment.take(hint)
  yield* fulfilment.sweep(5)
})

/** Several look at one payment while something happens to it, and the newest hint arrives. */
const look = Effect.fnUntraced(function* ({ books, dice, world }: Scene) {
  const granted = books.payments.attempts.filter(({ status }) => status === "succeeded")
  const attempt = dice.oneOf(dice.chance(60) && granted.length > 0 ? granted : books.payments.attempts)
  if (attempt === null) return
  const fulfilment = yield* Fulfilment
  const others = Array.from({ length: dice.below(3) }, () => fulfilment.look(attempt, null))
  const change = Effect.andThen(waiting(dice.below(8)), world.happenTo(attempt.id))
  yield* Effect.all([fulfilment.look(attempt, null), ...others, Effect.andThen(change, hear(world.newest))], {
    concurrency: "unbounded",
    mode: "result"
  })
})

/** 14: a key means one thing, and whoever repeats it is told the same; another thing under it is refused. */
export const checkAnswers = (answers: ReadonlyArray<Answered>, { payments }: Books): ReadonlyArray<Violation> => {
  const broken = (answer: Answered, message: string): Violation => ({
    invariant: 14,
    message: `${answer._tag} ${answer.agent.id} ${answer.request.key}: ${message}`
  })
  return answers.flatMap((answer): ReadonlyArray<Violation> => {
    if (answer._tag === "Bought") {
      const attempt = payments.attempts.find(({ id }) => id === answer.attemptId)
      if (answer.attemptId === null) return []
      return attempt?.quoteId === answer.request.quoteId ? [] : [broken(answer, "it is not a purchase of that quote")]
    }
    const { credits, key, methodId, packId } = answer.request
    const quoted = payments.quotes.find((row) => row.agentId === answer.agent.id && row.key === key)
    if (quoted === undefined) return [broken(answer, "no quote has the key")]
    const isSame =
      quoted.methodId === methodId && quoted.packId === packId && (packId !== null || quoted.credits === credits)
    if (answer.quoteId === null) return isSame ? [broken(answer, "the same terms were refused")] : []
    return isSame && quoted.id === answer.quoteId ? [] : [broken(answer, "the key leads to another quote")]
  })
}
