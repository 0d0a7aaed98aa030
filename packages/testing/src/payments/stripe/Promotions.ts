import * as Ids from "./Ids.ts"
import { refused } from "./StripeFailure.ts"
import type { PromotionCode, Session } from "./StripeObjects.ts"
import type { World } from "./World.ts"

/** A code a buyer may type into the hosted page: percent of the price, or an amount off it in US cents. */
export const add = (
  world: World,
  { amount, code, percent }: { readonly code: string; readonly percent?: number; readonly amount?: number }
): PromotionCode =>
  world.promotionCodes.insert({
    id: Ids.id("promo"),
    object: "promotion_code",
    active: true,
    code,
    created: world.now(),
    livemode: world.settings.livemode,
    metadata: {},
    promotion: {
      coupon: {
        id: Ids.letters(8),
        object: "coupon",
        amount_off: amount ?? null,
        currency: amount === undefined ? null : "usd",
        duration: "once",
        percent_off: percent ?? null,
        valid: true
      },
      type: "coupon"
    }
  })

export const withCode = (world: World, code: string): PromotionCode | undefined =>
  world.promotionCodes.newest().find((promotion) => promotion.code.toLowerCase() === code.trim().toLowerCase())

/** The session at its reduced price. Stripe takes nothing between zero and its minimum charge. */
export const apply = (world: World, session: Session, { id, promotion: { coupon } }: PromotionCode): Session => {
  const percent = Math.round((session.amount_subtotal * (coupon.percent_off ?? 0)) / 100)
  const discount = Math.min(session.amount_subtotal, percent + (coupon.amount_off ?? 0))
  const total = session.amount_subtotal - discount
  if (total > 0 && total < minimumCharge(session.currency))
    throw refused(tooSmall(session.currency), { code: "amount_too_small" })
  return world.sessions.update(session.id, {
    amount_total: total,
    discounts: [{ coupon: coupon.id, promotion_code: id }],
    total_details: { ...session.total_details, amount_discount: discount }
  })
}

/** Least amounts per currency, in its smallest unit: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. */
export const minimumCharge = (currency: string): number => minimums.get(currency) ?? 50

const minimums = new Map([
  ["eur", 50],
  ["gbp", 30],
  ["jpy", 50],
  ["usd", 50]
])

export const tooSmall = (currency: string): string =>
  `The Checkout Session's total amount due must add up to at least ${(minimumCharge(currency) / 100).toFixed(2)} ${currency}`
