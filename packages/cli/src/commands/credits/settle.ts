import { refusalOf } from "@image-skill/adapters/agent/SettleAnswer"
import { isCredited, settleAttempt } from "@image-skill/adapters/agent/SettleAttempt"
import { type Seen, unseen } from "@image-skill/core/agent/WatchJob"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { withFields } from "@image-skill/core/envelope/JsonFields"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { typedCommand } from "@image-skill/core/envelope/TypedCommand"
import { atomicOf, isAddress } from "@image-skill/core/payments/BaseUsdc"
import { centsOf } from "@image-skill/core/payments/Cents"
import { otherWallets } from "@image-skill/core/payments/OtherWallets"
import { endOf, objections, payableAttempt } from "@image-skill/core/payments/PayableInstructions"
import { settleCommand } from "@image-skill/core/payments/PaymentCommands"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as DateTime from "effect/DateTime"
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
import { resolveTarget } from "../../Target.ts"
import { requireToken } from "../../Tokens.ts"
import { Upkeep } from "../../Upkeep.ts"
import { withService } from "../../Wiring.ts"

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

const settled = (settling: Settling) =>
  Effect.gen(function* () {
    const { attemptId, context, maxUsdCents, origin, seen, timeoutMs } = settling
    const service = yield* ServiceApi
    const ids = yield* Ids
    const { sweep } = yield* Upkeep
    const again = { command: settleCommand({ id: attemptId }), key: null }
    return yield* settleAttempt({
      place: context.machine,
      attemptId,
      origin,
      timeoutMs,
      maxUsdCents,
      ask: Effect.provideService(ask(settling), ServiceApi, service),
      before: sweep,
      submitted: tell({ type: "submitted", again, goesOn: "service" }),
      seen: (state) => Ref.set(seen, { jobId: null, status: state }),
      relayed: (answer) => relayed(context, answer),
      refused: (refusal) => Effect.provideService(answerLocally(context, refusal, "spend"), Ids, ids)
    })
  })

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
