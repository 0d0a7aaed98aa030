import type { SettleOutcome } from "@image-skill/adapters/payments/wallet/SettleOutcome"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import { type Seen, unseen } from "@image-skill/core/agent/WatchJob"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { textField, withFields } from "@image-skill/core/envelope/JsonFields"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { typedCommand } from "@image-skill/core/envelope/TypedCommand"
import { atomicOf, isAddress } from "@image-skill/core/payments/BaseUsdc"
import { centsOf } from "@image-skill/core/payments/Cents"
import { otherWallets } from "@image-skill/core/payments/OtherWallets"
import { endOf, objections, payableAttempt } from "@image-skill/core/payments/PayableInstructions"
import { settleCommand } from "@image-skill/core/payments/PaymentCommands"
import { lowered } from "@image-skill/core/payments/WalletPolicy"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type { Context } from "../../Context.ts"
import { flagReader, number, text, toggle } from "../../Flags.ts"
import { ticking } from "../../JobWatch.ts"
import type { Leaf } from "../../Leaf.ts"
import { answerLocally, labelOf, relay } from "../../Relay.ts"
import { requiredWord } from "../../RequiredWord.ts"
import { tell } from "../../RunEvents.ts"
import { pendingRefusal, refusalOf, walletRefusal, withSettlement } from "../../SettleAnswer.ts"
import { resolveTarget } from "../../Target.ts"
import { requireToken } from "../../Tokens.ts"
import { Upkeep } from "../../Upkeep.ts"
import { openWallet } from "../../WalletPlaces.ts"
import { withService } from "../../Wiring.ts"

const pause = Duration.seconds(2)
const pollMs = 1_000

interface Settling {
  readonly context: Context
  readonly attemptId: string
  readonly origin: string
  readonly token: Redacted.Redacted
  readonly timeoutMs: number
  readonly maxUsdCents: number | null
  readonly seen: Ref.Ref<Seen>
}

/** Pays a deposit from a wallet of this machine, and waits until its credits are there. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const named = yield* flag(text("payment-attempt-id"))
    const isPrinted = yield* flag(toggle("print"))
    const maxUsd = yield* flag(number("max-usd"))
    const timeoutMs = (yield* flag(number("timeout-ms"))) ?? 120_000
    const attemptId = yield* requiredWord(context, named, "payment-attempt-id", "a payment attempt id")
    if (!isNameable.test(attemptId))
      return yield* wrong("--payment-attempt-id takes an id that credits buy answered with")
    if (timeoutMs < 0) return yield* wrong("--timeout-ms must not be negative; 0 pays and looks once")
    if (maxUsd !== null && maxUsd < 0) return yield* wrong("--max-usd must not be negative; 0 pays nothing")
    const target = yield* resolveTarget(context)
    const { value: token } = yield* requireToken(context, target)
    const maxUsdCents = maxUsd === null ? null : centsOf(maxUsd)
    const seen = yield* Ref.make(unseen)
    const settling: Settling = { context, attemptId, origin: target.origin, token, timeoutMs, maxUsdCents, seen }
    const again = { command: isPrinted ? typedCommand(context.parsed) : settleCommand({ id: attemptId }), key: null }
    yield* tell({ type: "started", again })
    return yield* withService(
      context,
      target,
      isPrinted ? printed(settling) : Effect.raceFirst(settled(settling), ticking(seen))
    )
  })

const isNameable = /^[A-Za-z0-9_-]{1,100}$/u

const ask = Effect.fnUntraced(function* ({ attemptId, token }: Settling) {
  const service = yield* ServiceApi
  return yield* service.creditsStatus({ paymentAttemptId: attemptId }, token)
})

const settled = Effect.fnUntraced(function* (settling: Settling) {
  const { attemptId, context } = settling
  const status = yield* ask(settling)
  if (!status.envelope.ok || isCredited(status)) return relayed(context, status)
  const opened = yield* Effect.catchTag(openWallet(context.machine), "WalletFailed", (failed) =>
    Effect.fail(walletRefusal(attemptId, failed))
  ).pipe(Effect.provide(NodeHttpTransport.layer))
  const { warnings } = opened
  const deadline = (yield* Clock.currentTimeMillis) + settling.timeoutMs
  const again = { command: settleCommand({ id: attemptId }), key: null }
  yield* tell({ type: "submitted", again, goesOn: "service" })
  const outcome = yield* paid(settling, status, opened)
  if (outcome._tag === "Paid" || outcome._tag === "AlreadyPaid" || outcome._tag === "Pending") {
    const last = yield* untilCredited(settling, deadline)
    if (isCredited(last)) return withSettlement(relayed(context, last), outcome, warnings)
    const pending = pendingRefusal(attemptId, outcome._tag !== "Pending", settling.timeoutMs)
    return withSettlement(yield* answerLocally(context, pending, "spend"), outcome, warnings)
  }
  return withSettlement(yield* answerLocally(context, refusalOf(attemptId, outcome), "spend"), outcome, warnings)
})

type Opened = Effect.Success<ReturnType<typeof openWallet>>

const paid = Effect.fnUntraced(function* (
  { attemptId, maxUsdCents, origin, timeoutMs }: Settling,
  status: Answer,
  { journal, policy, rpcUrl, wallet }: Opened
): Effect.fn.Return<SettleOutcome, Refusal> {
  const { settle } = yield* Effect.promise(() => import("@image-skill/adapters/payments/wallet/Settle"))
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
  const upkeep = yield* Upkeep
  let last: Answer
  let left = 0
  do {
    yield* upkeep.sweep
    last = yield* ask(settling)
    yield* Ref.set(settling.seen, { jobId: null, status: textField(last.envelope.data, "state") || null })
    left = deadline - (yield* Clock.currentTimeMillis)
    if (isCredited(last) || left <= 0) return last
    yield* Effect.sleep(Duration.min(pause, Duration.millis(left)))
  } while (left > 0)
  return last
})

/** Only what the service says counts: a payment in the chain is not yet a credit. */
const isCredited = ({ envelope }: Answer): boolean => envelope.ok && textField(envelope.data, "state") === "succeeded"

const relayed = (context: Context, answer: Answer): Answer => relay(context, answer, { label: labelOf(context) })

/** What other wallets need to pay it. No key is looked for, and nothing is paid. */
const printed = Effect.fnUntraced(function* (settling: Settling) {
  const { attemptId, context } = settling
  const status = yield* ask(settling)
  if (!status.envelope.ok || isCredited(status)) return relayed(context, status)
  const attempt = payableAttempt(status.envelope.data)
  const now = yield* DateTime.now
  const isLocalChain = attempt.liveMoney !== true
  const against = objections(attempt, { attemptId, now, from: null, isLocalChain })
  const to = attempt.instructions?.depositAddress ?? ""
  const end = endOf(attempt)
  if (against.some(({ code }) => code === "attempt_expired")) {
    return yield* refusalOf(attemptId, { _tag: "AttemptExpired" })
  }
  if (against.length > 0 || !isAddress(to) || end === null) {
    return yield* refusalOf(attemptId, { _tag: "Refused", reasons: against })
  }
  const wallets = otherWallets(to, atomicOf(attempt.priceCents ?? 0), DateTime.formatIso(end))
  const answer = relayed(context, status)
  const { data, warnings } = answer.envelope
  const test = isLocalChain ? ["this attempt moves no real money: real USDC would not settle it"] : []
  return {
    ...answer,
    envelope: {
      ...answer.envelope,
      data: withFields(data, { other_wallets: wallets }),
      warnings: [...warnings, ...test]
    }
  }
})

const wrong = (message: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message,
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl("image-skill-credits-settle") }
  })
