import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import * as Effect from "effect/Effect"
import type { FakeLives } from "./FakeLives.ts"
import type { FaultBoard } from "./FaultPlan.ts"
import type { ScriptedRail } from "./ScriptedRail.ts"

/** A payment as it stands in the rows of the service. */
export interface FakePayment {
  readonly id: string
  readonly methodId: string
  readonly status: string
  readonly credits: number
  readonly quoteId: string
  /** What a person opens; null on rails without a page. */
  readonly checkoutUrl: string | null
}

/**
 * The hands of those who pay, on the rails `hosted` and `deposit`. Each tells the service as the provider would, by an
 * event; with a fault at `rail.event` the service finds out by itself, when its clock has moved.
 */
export interface FakePayments {
  /** Oldest first; without those by which the agents got their credits beforehand. */
  readonly list: () => Promise<ReadonlyArray<FakePayment>>
  /** The exact amount arrives. */
  readonly pay: (attemptId: string) => Promise<void>
  readonly decline: (attemptId: string) => Promise<void>
  /** Gives back so many cents. */
  readonly refund: (attemptId: string, cents: number) => Promise<void>
  /** Takes the payment back, until the dispute is won. */
  readonly dispute: (attemptId: string) => Promise<void>
  readonly winDispute: (attemptId: string) => Promise<void>
}

export const make = ({ inLife, prepared, world: { scripted } }: FakeLives, faults: FaultBoard): FakePayments => {
  let events = 0
  const railOf = (attemptId: string): ScriptedRail => {
    const rails = [scripted.hosted, scripted.deposit]
    const rail = rails.find(({ opened }) => opened().includes(attemptId))
    if (rail !== undefined) return rail
    const known = rails.flatMap(({ opened }) => opened())
    throw new Error(
      `nobody can pay ${attemptId}: on the rails hosted and deposit were opened ${known.join(", ") || "none"}`
    )
  }
  const happen = async (attemptId: string, type: string, change: (rail: ScriptedRail) => void): Promise<void> => {
    const rail = railOf(attemptId)
    change(rail)
    events += 1
    const blow = faults.take("rail.event")
    if (blow?._tag === "fail") return
    const id = `evt_fake_${events}`
    const event = { id, type, attemptId, handles: rail.handles(attemptId), payload: JSON.stringify({ id }) }
    const told = Effect.flatMap(Fulfilment, ({ take, workOff }) =>
      Effect.andThen(take(event), Effect.exit(workOff(eventsAtOnce)))
    )
    await inLife(blow?._tag === "duplicate" ? Effect.andThen(told, told) : told)
  }
  return {
    list: () =>
      inLife(
        Effect.flatMap(PaymentStore, ({ dump }) =>
          Effect.map(dump, ({ attempts }) =>
            attempts.slice(prepared.payments).map(({ checkout, credits, id, methodId, quoteId, status }) => ({
              id,
              methodId,
              status,
              credits,
              quoteId,
              checkoutUrl: checkout?.url ?? null
            }))
          )
        )
      ),
    pay: (id) => happen(id, "payment.paid", ({ pay }) => pay(id)),
    decline: (id) => happen(id, "payment.declined", ({ decline }) => decline(id)),
    refund: (id, cents) => happen(id, "payment.refunded", ({ refund }) => refund(id, cents)),
    dispute: (id) => happen(id, "payment.disputed", ({ dispute }) => dispute(id)),
    winDispute: (id) => happen(id, "payment.reinstated", ({ winDispute }) => winDispute(id))
  }
}

const eventsAtOnce = 16
