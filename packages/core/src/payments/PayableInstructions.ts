import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { isTrue, lenient, maybeBoolean, maybeNumber, maybeText } from "../envelope/Lenient.ts"
import { atomicOf, decimalOf, isAddress, sameAddress, usdcAddress, usdcDecimals, zeroAddress } from "./BaseUsdc.ts"

/** What a service says has to be paid (contract/api.md 5.5). Nothing of it is trusted before `objections` is empty. */
export interface PayableInstructions {
  readonly network: string | null
  readonly tokenCurrency: string | null
  readonly tokenDecimals: number | null
  readonly tokenAmountAtomic: string | null
  readonly amountCents: number | null
  readonly depositAddress: string | null
  readonly tokenContractAddress: string | null
  readonly expiresAt: string | null
  readonly exactAmountRequired: boolean
}

/** A payment attempt as a wallet sees it, read from the answer about its status (contract/api.md 5.7). */
export interface PayableAttempt {
  readonly attemptId: string | null
  readonly state: string | null
  readonly attemptStatus: string | null
  readonly isReceipted: boolean
  readonly priceCents: number | null
  readonly currency: string | null
  readonly liveMoney: boolean | null
  readonly expiresAt: string | null
  readonly instructions: PayableInstructions | null
}

const Instructions = Schema.Struct({
  network: maybeText,
  token_currency: maybeText,
  token_decimals: maybeNumber,
  token_amount_atomic: maybeText,
  amount_cents: maybeNumber,
  deposit_address: maybeText,
  token_contract_address: maybeText,
  expires_at: maybeText,
  exact_amount_required: isTrue
})

const part = <T, E>(schema: Schema.Codec<T, E>) => lenient(Schema.NullOr(schema), null)

const Status = Schema.Struct({
  state: maybeText,
  quote: part(Schema.Struct({ price_amount_cents: maybeNumber, currency: maybeText, live_money: maybeBoolean })),
  payment_attempt: part(
    Schema.Struct({
      payment_attempt_id: maybeText,
      attempt_status: maybeText,
      expires_at: maybeText,
      stripe_x402: part(Schema.Struct({ payable_instructions: part(Instructions) }))
    })
  ),
  receipt: part(Schema.Struct({ receipt_id: maybeText }))
})

/** Reads `data` of a status answer. Whatever is missing or odd is null, and then nothing is paid. */
export const payableAttempt = (data: unknown): PayableAttempt => {
  const read = Option.getOrNull(Schema.decodeUnknownOption(Status)(data))
  const attempt = read?.payment_attempt ?? null
  const payable = attempt?.stripe_x402?.payable_instructions ?? null
  return {
    attemptId: attempt?.payment_attempt_id ?? null,
    state: read?.state ?? null,
    attemptStatus: attempt?.attempt_status ?? null,
    isReceipted: (read?.receipt?.receipt_id ?? null) !== null,
    priceCents: read?.quote?.price_amount_cents ?? null,
    currency: read?.quote?.currency ?? null,
    liveMoney: read?.quote?.live_money ?? null,
    expiresAt: attempt?.expires_at ?? null,
    instructions: payable === null ? null : instructionsOf(payable)
  }
}

const instructionsOf = (wire: typeof Instructions.Type): PayableInstructions => ({
  network: wire.network,
  tokenCurrency: wire.token_currency,
  tokenDecimals: wire.token_decimals,
  tokenAmountAtomic: wire.token_amount_atomic,
  amountCents: wire.amount_cents,
  depositAddress: wire.deposit_address,
  tokenContractAddress: wire.token_contract_address,
  expiresAt: wire.expires_at,
  exactAmountRequired: wire.exact_amount_required
})

export type ObjectionCode =
  | "already_paid"
  | "attempt_closed"
  | "attempt_expired"
  | "attempt_mismatch"
  | "amount_mismatch"
  | "bad_payee"
  | "no_expiry"
  | "no_instructions"
  | "not_exact"
  | "test_money"
  | "wrong_chain"
  | "wrong_decimals"
  | "wrong_token"

/** One reason why an attempt must not be paid. */
export interface Objection {
  readonly code: ObjectionCode
  readonly message: string
}

/** So long before the end a payment is still sent: it has to be mined, seen and matched before the attempt ends. */
export const expiryMarginSeconds = 120

export interface PaymentFacts {
  /** The attempt that was asked about. */
  readonly attemptId: string
  readonly now: DateTime.Utc
  /** The wallet's own address; null where there is no wallet. */
  readonly from: string | null
  /** The chain stands on this machine, so that nothing of value can be lost on it. */
  readonly isLocalChain: boolean
}

/** Every reason why the attempt must not be paid, by the pinned constants; empty means that it may be. */
export const objections = (attempt: PayableAttempt, facts: PaymentFacts): ReadonlyArray<Objection> => {
  const state = stateObjections(attempt, facts)
  const isOver = attempt.attemptStatus !== null && state.some(({ code }) => ended.has(code))
  // An attempt that is over shows no instructions any more, and what they would be is of no interest.
  return attempt.instructions === null && isOver ? state : [...state, ...instructionObjections(attempt, facts)]
}

const ended: ReadonlySet<ObjectionCode> = new Set(["already_paid", "attempt_closed", "attempt_expired"])

const stateObjections = (attempt: PayableAttempt, facts: PaymentFacts): ReadonlyArray<Objection> => {
  const { attemptId, attemptStatus, isReceipted, state } = attempt
  const end = endOf(attempt)
  const expired = attemptStatus === "expired" || state === "expired" || (end !== null && isTooLate(end, facts.now))
  const isPaid = isReceipted || state === "succeeded" || state === "reversed" || attemptStatus === "succeeded"
  if (isPaid) return [objection("already_paid", "the service says that it is paid")]
  return [
    ...when(attemptId !== facts.attemptId, "attempt_mismatch", "the service answered about another payment attempt"),
    // What has no end might be over already.
    ...when(end === null && !expired, "no_expiry", "the service does not say until when it can be paid"),
    ...when(expired, "attempt_expired", `fewer than ${expiryMarginSeconds} seconds are left to pay it`),
    ...when(
      !expired && (state !== "action_required" || attemptStatus !== "requires_action"),
      "attempt_closed",
      "it does not wait for a payer any more"
    )
  ]
}

const instructionObjections = (attempt: PayableAttempt, facts: PaymentFacts): ReadonlyArray<Objection> => {
  const { currency, instructions, liveMoney, priceCents } = attempt
  if (instructions === null) {
    return [objection("no_instructions", "the service gives no payable instructions for it")]
  }
  const { amountCents, depositAddress, exactAmountRequired, network, tokenAmountAtomic } = instructions
  const price = priceCents !== null && Number.isSafeInteger(priceCents) && priceCents > 0 ? priceCents : null
  const amount = price === null ? null : atomicOf(price)
  return [
    ...when(network !== "base", "wrong_chain", "it is not to be paid on Base"),
    ...when(!isUsdc(instructions), "wrong_token", "it is not to be paid in USDC, or names another contract as USDC"),
    ...when(instructions.tokenDecimals !== usdcDecimals, "wrong_decimals", `USDC has ${usdcDecimals} decimals`),
    ...when(
      amount === null || currency !== "USD" || amountCents !== price || tokenAmountAtomic !== `${amount}`,
      "amount_mismatch",
      amount === null ? "the service names no price" : `the amount is not the price, which is ${decimalOf(amount)} USDC`
    ),
    ...when(!exactAmountRequired, "not_exact", "it does not ask for an exact amount"),
    ...when(
      isBadPayee(depositAddress, facts.from),
      "bad_payee",
      "the deposit address is no address, or the zero, the token's or the wallet's own"
    ),
    ...when(
      liveMoney !== true && !facts.isLocalChain,
      "test_money",
      "it is an attempt in test mode, which real USDC would never settle"
    )
  ]
}

const objection = (code: ObjectionCode, message: string): Objection => ({ code, message })

const when = (applies: boolean, code: ObjectionCode, message: string): ReadonlyArray<Objection> =>
  applies ? [objection(code, message)] : []

const isUsdc = ({ tokenContractAddress, tokenCurrency }: PayableInstructions): boolean =>
  tokenCurrency?.toLowerCase() === "usdc" &&
  (tokenContractAddress === null || sameAddress(tokenContractAddress, usdcAddress))

const isBadPayee = (payee: string | null, from: string | null): boolean =>
  payee === null ||
  !isAddress(payee) ||
  [zeroAddress, usdcAddress, ...(from === null ? [] : [from])].some((address) => sameAddress(address, payee))

/** The earliest end that the service names; null where it names none, or one that cannot be read. */
export const endOf = ({ expiresAt, instructions }: PayableAttempt): DateTime.Utc | null => {
  const named = [expiresAt, instructions?.expiresAt ?? null].filter((text) => text !== null)
  const times = named.flatMap((text) => Option.toArray(Option.map(DateTime.make(text), DateTime.toUtc)))
  const [first, ...rest] = times
  return first === undefined || times.length < named.length ? null : rest.reduce(DateTime.min, first)
}

const isTooLate = (end: DateTime.Utc, now: DateTime.Utc): boolean =>
  DateTime.toEpochMillis(end) - DateTime.toEpochMillis(now) < expiryMarginSeconds * 1_000
