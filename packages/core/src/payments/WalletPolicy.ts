import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { wire } from "../envelope/Wire.ts"
import { Address, baseChainId, type Hex, sameAddress, usdcAddress } from "./BaseUsdc.ts"

const Cents = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** Left out of the file, a field is this. */
const otherwise = <T, E>(schema: Schema.Codec<T, E>, value: T) =>
  schema.pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(value)))

/**
 * What the owner of a wallet allows, in whole US cents. It stands in a file that the agent cannot change, and a flag can
 * only lower it. The fields on disk are written in snake_case.
 */
const Policy = wire({
  /** Of one payment. */
  perPaymentUsdCents: Cents,
  /** Of all payments of the last 24 hours, those included whose end nobody knows yet. */
  perDayUsdCents: Cents,
  /** Of all payments of the last 30 days. */
  perMonthUsdCents: Cents,
  /** Origins of services that may be paid; null allows each that the agent has a token for. */
  serviceOrigins: otherwise(Schema.NullOr(Schema.Array(Schema.String)), null),
  chains: otherwise(Schema.Array(Schema.Int), [baseChainId]),
  tokens: otherwise(Schema.Array(Address), [usdcAddress]),
  /** A dearer payment waits until the owner has written its attempt into `confirmedAttempts`; null never waits. */
  requireConfirmAboveUsdCents: otherwise(Schema.NullOr(Cents), null),
  confirmedAttempts: otherwise(Schema.Array(Schema.String), [])
})

export type WalletPolicy = typeof Policy.Type

/** Where the owner has written nothing: low caps. */
export const defaultPolicy: WalletPolicy = {
  perPaymentUsdCents: 500,
  perDayUsdCents: 1_000,
  perMonthUsdCents: 5_000,
  serviceOrigins: null,
  chains: [baseChainId],
  tokens: [usdcAddress],
  requireConfirmAboveUsdCents: null,
  confirmedAttempts: []
}

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Policy), { onExcessProperty: "error", errors: "all" })

/**
 * Reads the text of a policy file. A key that is not known is an error: whoever mistypes a cap must not be left without
 * one. The failure says what is wrong, with the names that stand in the file.
 */
export const readPolicy = (text: string): Result.Result<WalletPolicy, string> =>
  Result.mapError(decode(text), ({ message }) => message)

export interface Lowering {
  readonly maxUsdCents: number | null
}

/** The policy under the flags of one run, which can only lower it. */
export const lowered = (policy: WalletPolicy, { maxUsdCents }: Lowering): WalletPolicy =>
  maxUsdCents === null
    ? policy
    : { ...policy, perPaymentUsdCents: Math.min(policy.perPaymentUsdCents, Math.max(0, Math.floor(maxUsdCents))) }

/** A payment that is about to be made, with what was already reserved before it. */
export interface Spending {
  readonly attemptId: string
  readonly cents: number
  readonly origin: string
  readonly chainId: number
  readonly token: Hex
  readonly spentDayCents: number
  readonly spentMonthCents: number
}

export type PolicyObjectionCode =
  | "chain_not_allowed"
  | "confirmation_required"
  | "over_day_cap"
  | "over_month_cap"
  | "over_payment_cap"
  | "service_not_allowed"
  | "token_not_allowed"

export interface PolicyObjection {
  readonly code: PolicyObjectionCode
  readonly message: string
}

/** Every reason why the policy does not allow a payment; empty means that it does. */
export const policyObjections = (policy: WalletPolicy, spending: Spending): ReadonlyArray<PolicyObjection> => {
  const { attemptId, cents, chainId, origin, spentDayCents, spentMonthCents, token } = spending
  const confirmAbove = policy.requireConfirmAboveUsdCents
  return [
    ...when(
      cents > policy.perPaymentUsdCents,
      "over_payment_cap",
      `${usd(cents)} is more than the ${usd(policy.perPaymentUsdCents)} that one payment may cost`
    ),
    ...overCap("over_day_cap", cents, spentDayCents, policy.perDayUsdCents, "24 hours"),
    ...overCap("over_month_cap", cents, spentMonthCents, policy.perMonthUsdCents, "30 days"),
    ...when(
      policy.serviceOrigins !== null && !policy.serviceOrigins.includes(origin),
      "service_not_allowed",
      `${origin} is not among the services that may be paid`
    ),
    ...when(!policy.chains.includes(chainId), "chain_not_allowed", `chain ${chainId} is not among the chains allowed`),
    ...when(
      !policy.tokens.some((allowed) => sameAddress(allowed, token)),
      "token_not_allowed",
      `${token} is not among the tokens allowed`
    ),
    ...when(
      confirmAbove !== null && cents > confirmAbove && !policy.confirmedAttempts.includes(attemptId),
      "confirmation_required",
      `the owner has to confirm ${attemptId}, because ${usd(cents)} is more than ${usd(confirmAbove ?? 0)}`
    )
  ]
}

const overCap = (
  code: PolicyObjectionCode,
  cents: number,
  spentCents: number,
  capCents: number,
  period: string
): ReadonlyArray<PolicyObjection> =>
  when(
    cents + spentCents > capCents,
    code,
    `${usd(cents)} would make it ${usd(cents + spentCents)} in ${period}, and ${usd(capCents)} are allowed`
  )

const when = (applies: boolean, code: PolicyObjectionCode, message: string): ReadonlyArray<PolicyObjection> =>
  applies ? [{ code, message }] : []

/** Cents as people write dollars, without a float on the way. */
const usd = (cents: number): string => {
  const digits = `${cents}`.padStart(3, "0")
  return `USD ${digits.slice(0, -2)}.${digits.slice(-2)}`
}
