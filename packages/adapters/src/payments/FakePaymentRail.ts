import { type Attempt, isOpen } from "@image-skill/core/payments/Attempt"
import { fake } from "@image-skill/core/payments/KnownRails"
import type { Opened, PaymentRail, PaymentTruth, Settled } from "@image-skill/core/payments/PaymentRail"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/**
 * What becomes of a payment on the fake rail: paid at once; refused; paid three seconds later; never paid; or paid at
 * once and reported again by every look, which the others do too, after it was first called `processing`.
 */
export const fakeOutcomes = ["succeed", "decline", "delay", "vanish", "duplicate"] as const
export type FakeOutcome = (typeof fakeOutcomes)[number]

/** `fake` succeeds, `fake:OUTCOME` does as it says; null for anything else. */
export const parseScript = (text: string): FakeOutcome | null =>
  text === "fake" ? "succeed" : (fakeOutcomes.find((outcome) => text === `fake:${outcome}`) ?? null)

/**
 * Moves no money, and has no provider: everything follows from the attempt and the clock, so every process that looks
 * sees the same.
 */
export const make = ({ script }: { readonly script: FakeOutcome }): PaymentRail => {
  const read = (attempt: Attempt): Effect.Effect<PaymentTruth> =>
    Effect.map(DateTime.now, (now) => truthOf(script, attempt, DateTime.formatIso(now)))
  return {
    methodId: fake.methodId,
    provider: "fake",
    purchaseProvider: "fake",
    describe: Effect.succeed(fake),
    open: ({ attemptId }) =>
      Effect.succeed({
        ...openings[script],
        handles: [handleOf(attemptId)],
        checkout: null,
        deposit: null
      }),
    read,
    close: (attempt) =>
      Effect.map(read(attempt), (truth) =>
        truth.status === "requires_action" ? { ...truth, status: "canceled", reason: "nobody paid it" } : truth
      )
  }
}

const declined = "the fake rail was told to decline"

const openings: { readonly [O in FakeOutcome]: Pick<Opened, "status" | "reason"> } = {
  succeed: { status: "succeeded", reason: null },
  decline: { status: "failed", reason: declined },
  delay: { status: "processing", reason: null },
  vanish: { status: "requires_action", reason: null },
  duplicate: { status: "processing", reason: null }
}

const delay = Duration.seconds(3)

const truthOf = (script: FakeOutcome, attempt: Attempt, now: string): PaymentTruth => {
  const unsettled = { reason: null, handles: [handleOf(attempt.id)], settled: null, refundedCents: 0, disputedCents: 0 }
  const paid: PaymentTruth = { ...unsettled, status: "succeeded", settled: settledBy(attempt) }
  switch (script) {
    case "succeed":
    case "duplicate":
      return paid
    case "decline":
      return { ...unsettled, status: "failed", reason: declined }
    case "delay":
      return now >= DateTime.formatIso(DateTime.addDuration(DateTime.makeUnsafe(attempt.createdAt), delay))
        ? paid
        : { ...unsettled, status: "processing" }
    case "vanish":
      if (attempt.status === "canceled") return { ...unsettled, status: "canceled", reason: attempt.reason }
      return !isOpen(attempt) || now >= attempt.expiresAt
        ? { ...unsettled, status: "expired", reason: "nobody paid it in time" }
        : { ...unsettled, status: "requires_action" }
  }
}

const handleOf = (attemptId: string): string => `fake_${attemptId}`

const settledBy = ({ amountCents }: Attempt): Settled => ({
  quotedCents: amountCents,
  paidCents: amountCents,
  currency: "usd",
  liveMoney: false,
  chain: null
})
