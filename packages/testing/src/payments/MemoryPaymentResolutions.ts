import {
  type PaymentCase,
  type PaymentResolution,
  PaymentResolutions
} from "@image-skill/core/payments/PaymentResolutions"
import { type PaymentDump, PaymentStore } from "@image-skill/core/payments/PaymentStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { MemoryStore } from "../store/MemoryStore.ts"

export const layer: Layer.Layer<PaymentResolutions, never, MemoryStore | PaymentStore> = Layer.effect(
  PaymentResolutions,
  Effect.gen(function* () {
    const { cell } = yield* MemoryStore
    const payments = yield* PaymentStore
    // Newest first.
    const made = cell<ReadonlyArray<PaymentResolution>>([])
    return PaymentResolutions.of({
      open: (limit) =>
        Effect.map(Effect.all([payments.dump, made.get]), ([dump, done]) =>
          casesOf(dump)
            .filter(({ facts, id }) => !done.some((other) => other.subject === id && other.facts === facts))
            .toSorted((left, right) => (`${left.at} ${left.id}` < `${right.at} ${right.id}` ? -1 : 1))
            .slice(0, limit)
        ),
      resolve: (resolution) =>
        made.modify((all) =>
          Result.succeed(
            all.some(({ facts, subject }) => facts === resolution.facts && subject === resolution.subject)
              ? [false, all]
              : [true, [resolution, ...all]]
          )
        ),
      of: (subject) => Effect.map(made.get, (all) => all.filter((resolution) => resolution.subject === subject))
    })
  })
)

const casesOf = ({ attempts, events, receipts }: PaymentDump): ReadonlyArray<PaymentCase> => [
  ...attempts.flatMap(({ amountCents, createdAt, exception, id, organizationId, status }): ReadonlyArray<PaymentCase> =>
    exception === null
      ? []
      : [
          {
            id,
            kind: "exception",
            facts: `${status}:${exception}`,
            organizationId,
            cents: amountCents,
            about: exception,
            at: createdAt
          }
        ]
  ),
  ...receipts.flatMap((receipt): ReadonlyArray<PaymentCase> => {
    const { disputedCents, id, organizationId, refundedCents, rejectedCents, reversalState } = receipt
    return reversalState === "pending" || reversalState === "rejected"
      ? [
          {
            id,
            kind: `reversal_${reversalState}`,
            facts: `${reversalState}:${refundedCents}:${disputedCents}:${rejectedCents}`,
            organizationId,
            cents: refundedCents + disputedCents + rejectedCents,
            about: `${receipt.reversedCredits} credits were reversed`,
            at: receipt.issuedAt
          }
        ]
      : []
  }),
  ...events.flatMap(({ id, problem, processedAt, receivedAt, type }): ReadonlyArray<PaymentCase> =>
    processedAt === null || problem === null
      ? []
      : [
          {
            id,
            kind: "event_unmatched",
            facts: type,
            organizationId: null,
            cents: null,
            about: `${type}: ${problem}`,
            at: receivedAt
          }
        ]
  )
]
