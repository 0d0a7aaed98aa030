import { OrganizationId } from "@image-skill/core/identity/Actor"
import type { Attempt } from "@image-skill/core/payments/Attempt"
import type { PaymentOrder } from "@image-skill/core/payments/PaymentRail"
import * as Sample from "@image-skill/testing/payments/PaymentSample"

/** An order of the first hour of the day on which the emulator's clock begins. */
export const order: PaymentOrder = {
  attemptId: "payatt_order",
  quoteId: "quote_order",
  organizationId: OrganizationId.make("org_order"),
  credits: 240,
  amountCents: 240,
  expiresAt: "2026-11-21T01:00:00.000Z",
  returnUrl: "https://service.example/pay/payatt_order"
}

/** Its attempt, before anybody was asked. */
export const attemptOn = (methodId: string): Attempt =>
  Sample.attempt("order", {
    id: order.attemptId,
    methodId,
    provider: "stripe",
    amountCents: order.amountCents,
    credits: order.credits,
    liveMoney: true,
    createdAt: "2026-11-21T00:00:00.000Z",
    expiresAt: order.expiresAt
  })
