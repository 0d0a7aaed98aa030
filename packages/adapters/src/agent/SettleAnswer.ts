import { command, flag, json } from "@image-skill/core/envelope/CommandLine"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, withFields } from "@image-skill/core/envelope/JsonFields"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { decimalOf } from "@image-skill/core/payments/BaseUsdc"
import { settleCommand, statusCommand } from "@image-skill/core/payments/PaymentCommands"
import type * as Schema from "effect/Schema"
import type { SettleOutcome } from "../payments/wallet/SettleOutcome.ts"
import type { WalletFailed } from "../payments/wallet/WalletFailed.ts"

/** How a settlement ends is said with these codes; their exit codes are decision D3.8. */
const codes = {
  policy: "WALLET_POLICY_DENIED",
  expired: "PAYMENT_ATTEMPT_EXPIRED",
  funds: "WALLET_FUNDS_INSUFFICIENT",
  refused: "PAYMENT_NOT_SETTLEABLE",
  pending: "TIMEOUT",
  unknown: "SETTLEMENT_UNKNOWN",
  wallet: "WALLET_UNAVAILABLE"
} as const

const docs = docsUrl("image-skill-credits-settle")
const methods = command("credits methods", json)

/** The commands that go on with an attempt. Each is safe to run at any time. */
const rerun = (id: string) => settleCommand({ id })
const look = (id: string) => statusCommand({ id })
const print = (id: string) => command("credits settle", flag("payment-attempt-id", id), flag("print"), json)

/** Where a person can pay instead. */
const otherRails = command("credits plan", json)

/** An outcome without a payment, as a refusal. */
export const refusalOf = (
  attemptId: string,
  outcome: Exclude<SettleOutcome, { readonly _tag: "Paid" | "AlreadyPaid" | "Pending" }>
): Refusal => {
  switch (outcome._tag) {
    case "PolicyRefused":
      return nothingPaid(codes.policy, reasonsOf(outcome.objections), {
        reason: "wallet_policy",
        objections: outcome.objections.map(({ code }) => code)
      })
    case "AttemptExpired":
      return nothingPaid(codes.expired, "the payment attempt has expired, and nothing was paid", {
        reason: "attempt_expired"
      })
    case "InsufficientUsdc":
      return nothingPaid(
        codes.funds,
        `the wallet holds ${decimalOf(outcome.held)} USDC on Base, and ${decimalOf(outcome.needed)} are needed; nothing was paid`,
        { reason: "insufficient_usdc", held_atomic: `${outcome.held}`, needed_atomic: `${outcome.needed}` },
        attemptId
      )
    case "InsufficientGas":
      return nothingPaid(
        codes.funds,
        `the wallet holds ${outcome.held} wei on Base, and the fee may need ${outcome.needed}; nothing was paid`,
        { reason: "insufficient_gas", held_wei: `${outcome.held}`, needed_wei: `${outcome.needed}` },
        attemptId
      )
    case "Refused":
      return new Refusal({
        code: codes.refused,
        message: `the attempt is not paid: ${reasonsOf(outcome.reasons)}`,
        outcome: "rejected",
        moneyMoved: "no",
        recovery: {
          suggestedCommand: outcome.reasons.some(({ code }) => code === "no_gas_key")
            ? print(attemptId)
            : look(attemptId),
          docsUrl: docs
        },
        details: { reason: "not_payable", objections: outcome.reasons.map(({ code }) => code) }
      })
    case "Unknown":
      return new Refusal({
        code: codes.unknown,
        message: `${outcome.message}; whether money moved is unknown, and running it again is safe: it never pays twice`,
        outcome: "unknown",
        moneyMoved: outcome.transaction === null ? "no" : "unknown",
        retryable: true,
        recovery: { suggestedCommand: rerun(attemptId), docsUrl: docs },
        details: { reason: "chain_unreachable" }
      })
  }
}

const nothingPaid = (
  code: (typeof codes)[keyof typeof codes],
  message: string,
  details: { readonly [field: string]: Schema.Json },
  attemptId?: string
): Refusal =>
  new Refusal({
    code,
    message,
    outcome: "rejected",
    moneyMoved: "no",
    recovery: { suggestedCommand: attemptId === undefined ? methods : rerun(attemptId), docsUrl: docs },
    details
  })

const reasonsOf = (reasons: ReadonlyArray<{ readonly message: string }>): string =>
  reasons.map(({ message }) => message).join("; ")

/** The wallet cannot be used, and nothing was signed or sent. Other wallets can still pay. */
export const walletRefusal = (attemptId: string, { message, reason }: WalletFailed): Refusal =>
  new Refusal({
    code: codes.wallet,
    message: `${message}; nothing was paid`,
    outcome: "not_sent",
    moneyMoved: "no",
    recovery: {
      suggestedCommand: print(attemptId),
      ...(reason === "missing" ? { suggestedCommands: [print(attemptId), otherRails] } : {}),
      docsUrl: docs
    },
    details: { reason: `wallet_${reason}` }
  })

/** Sent, and the credits are not there yet. */
export const pendingRefusal = (attemptId: string, isPaid: boolean, timeoutMs: number): Refusal =>
  new Refusal({
    code: codes.pending,
    message: isPaid
      ? `paid, and not credited after ${timeoutMs} ms of waiting; the credits follow, and running it again never pays twice`
      : `sent, and not confirmed after ${timeoutMs} ms of waiting; running it again goes on and never pays twice`,
    outcome: "unknown",
    moneyMoved: isPaid ? "yes" : "unknown",
    recovery: {
      suggestedCommand: rerun(attemptId),
      fallbackCommand: look(attemptId),
      retryAfterSeconds: 15,
      docsUrl: docs
    },
    details: { reason: isPaid ? "not_credited_yet" : "not_confirmed_yet" }
  })

/** What is known of the payment in the chain. */
export const settlementOf = (outcome: SettleOutcome): Schema.JsonObject => {
  const paid = outcome._tag === "Paid" || outcome._tag === "AlreadyPaid" ? outcome.transaction : null
  const sent = outcome._tag === "Pending" || outcome._tag === "Unknown" ? outcome.transaction : null
  return {
    outcome: names[outcome._tag],
    network: "base",
    transaction: paid?.hash ?? sent,
    block_number: paid === null ? null : `${paid.blockNumber}`,
    explorer_path: paid?.explorerPath ?? null
  }
}

const names: { readonly [T in SettleOutcome["_tag"]]: string } = {
  Paid: "paid",
  AlreadyPaid: "already_paid",
  Pending: "pending",
  PolicyRefused: "policy_refused",
  AttemptExpired: "attempt_expired",
  InsufficientUsdc: "insufficient_usdc",
  InsufficientGas: "insufficient_gas",
  Refused: "refused",
  Unknown: "unknown"
}

/** The answer with the payment in it. A transaction's hash is public, unlike other text of that shape. */
export const withSettlement = (answer: Answer, outcome: SettleOutcome, warnings: ReadonlyArray<string>): Answer => {
  const { data, error, ok } = answer.envelope
  const settlement = settlementOf(outcome)
  const details = withFields(jsonField(error, "details"), { settlement })
  return {
    ...answer,
    envelope: {
      ...answer.envelope,
      ...(ok ? { data: withFields(data, { settlement }) } : { error: withFields(error, { details }) }),
      warnings: [...answer.envelope.warnings, ...warnings]
    }
  }
}
