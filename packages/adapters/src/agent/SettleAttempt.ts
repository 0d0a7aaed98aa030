import type { Answer } from "@image-skill/core/envelope/Envelope"
import { textField } from "@image-skill/core/envelope/JsonFields"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { payableAttempt } from "@image-skill/core/payments/PayableInstructions"
import { lowered } from "@image-skill/core/payments/WalletPolicy"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { SettleOutcome } from "../payments/wallet/SettleOutcome.ts"
import * as NodeHttpTransport from "../service/NodeHttpTransport.ts"
import { pendingRefusal, refusalOf, walletRefusal, withSettlement } from "./SettleAnswer.ts"
import { openWallet, type WalletPlace } from "./WalletPlaces.ts"

export interface Settling {
  readonly place: WalletPlace
  readonly attemptId: string
  /** Of the service that opened the attempt. */
  readonly origin: string
  readonly timeoutMs: number
  /** Lowers what the owner's policy allows; null leaves it. */
  readonly maxUsdCents: number | null
  /** What the service says of the attempt now. */
  readonly ask: Effect.Effect<Answer>
  /** What has to be done before each look at the credits, e.g. the service's own work where it is in this process. */
  readonly before: Effect.Effect<void>
  /** Told once: from now on money may move. */
  readonly submitted: Effect.Effect<void>
  /** Told after each look. */
  readonly seen: (state: string | null) => Effect.Effect<void>
  /** An answer of the service, as this program gives it on. */
  readonly relayed: (answer: Answer) => Answer
  readonly refused: (refusal: Refusal) => Effect.Effect<Answer>
}

const pause = Duration.seconds(2)
const pollMs = 1_000

/** Pays a deposit from a wallet of this machine, and waits until its credits are there (decision D3.8). */
export const settleAttempt = Effect.fnUntraced(function* (settling: Settling): Effect.fn.Return<Answer, Refusal> {
  const { ask, attemptId, place, refused, relayed, timeoutMs } = settling
  const status = yield* ask
  if (!status.envelope.ok || isCredited(status)) return relayed(status)
  const opened = yield* Effect.catchTag(openWallet(place), "WalletFailed", (failed) =>
    Effect.fail(walletRefusal(attemptId, failed))
  ).pipe(Effect.provide(NodeHttpTransport.layer))
  const { warnings } = opened
  const deadline = (yield* Clock.currentTimeMillis) + timeoutMs
  yield* settling.submitted
  const outcome = yield* paid(settling, status, opened)
  if (outcome._tag === "Paid" || outcome._tag === "AlreadyPaid" || outcome._tag === "Pending") {
    const last = yield* untilCredited(settling, deadline)
    if (isCredited(last)) return withSettlement(relayed(last), outcome, warnings)
    const pending = pendingRefusal(attemptId, outcome._tag !== "Pending", timeoutMs)
    return withSettlement(yield* refused(pending), outcome, warnings)
  }
  return withSettlement(yield* refused(refusalOf(attemptId, outcome)), outcome, warnings)
})

type Opened = Effect.Success<ReturnType<typeof openWallet>>

const paid = Effect.fnUntraced(function* (
  { attemptId, maxUsdCents, origin, timeoutMs }: Settling,
  status: Answer,
  { journal, policy, rpcUrl, wallet }: Opened
): Effect.fn.Return<SettleOutcome, Refusal> {
  const { settle } = yield* Effect.promise(() => import("../payments/wallet/Settle.ts"))
  return yield* settle({
    attemptId,
    attempt: payableAttempt(status.envelope.data),
    origin,
    wallet,
    policy: lowered(policy, { maxUsdCents }),
    rpcUrl,
    journal,
    waitMs: timeoutMs,
    pollMs
  }).pipe(
    Effect.catchTag("WalletFailed", (failed) => Effect.fail(walletRefusal(attemptId, failed))),
    Effect.provide(NodeHttpTransport.layer)
  )
})

/** The last answer of the service before the credits were there, or the time was up. */
const untilCredited = Effect.fnUntraced(function* (settling: Settling, deadline: number) {
  let last: Answer
  let left = 0
  do {
    yield* settling.before
    last = yield* settling.ask
    yield* settling.seen(textField(last.envelope.data, "state") || null)
    left = deadline - (yield* Clock.currentTimeMillis)
    if (isCredited(last) || left <= 0) return last
    yield* Effect.sleep(Duration.min(pause, Duration.millis(left)))
  } while (left > 0)
  return last
})

/** Only what the service says counts: a payment in the chain is not yet a credit. */
export const isCredited = ({ envelope }: Answer): boolean =>
  envelope.ok && textField(envelope.data, "state") === "succeeded"
