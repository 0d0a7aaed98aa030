import * as Charges from "./Charges.ts"
import * as Ids from "./Ids.ts"
import * as Intents from "./Intents.ts"
import { refused } from "./StripeFailure.ts"
import type { LineItem, PaymentIntent, Session } from "./StripeObjects.ts"
import type { World } from "./World.ts"

/** Opens a session: its page, its line items, and the watch over its expiry. */
export const enter = (
  world: World,
  session: Session,
  lineItems: ReadonlyArray<LineItem>,
  intentData: Partial<PaymentIntent>
): Session => {
  const fragment = `fid${Ids.letters(120)}`
  world.lineItems.set(session.id, lineItems)
  world.fragments.set(session.id, fragment)
  world.intentData.set(session.id, intentData)
  world.schedule(session.expires_at, () => {
    if (world.sessions.get(session.id).status === "open") expire(world, session.id)
  })
  return world.sessions.insert({ ...session, url: `${world.baseUrl}/c/pay/${session.id}#${fragment}` })
}

/** A new session in place of an expired one that asked for recovery: a second thing to pay for the same order. */
export const recover = (world: World, id: string): Session | undefined => {
  const expired = world.sessions.find(id)
  const recovery = expired?.after_expiration?.recovery
  const until = recovery?.expires_at ?? null
  if (expired === undefined || recovery === undefined || until === null || until <= world.now()) return undefined
  const fresh: Session = {
    ...expired,
    id: Ids.session(world.settings.livemode),
    after_expiration: null,
    allow_promotion_codes: recovery.allow_promotion_codes,
    amount_total: expired.amount_subtotal,
    created: world.now(),
    discounts: [],
    expires_at: world.now() + 86_400,
    payment_intent: null,
    recovered_from: id,
    status: "open",
    total_details: { ...expired.total_details, amount_discount: 0 }
  }
  return enter(world, fresh, world.lineItems.get(id) ?? [], world.intentData.get(id) ?? {})
}

/** Pays with a card. A price of nothing completes the session without a PaymentIntent. */
export const pay = (world: World, id: string): Session => {
  const session = open(world, id, "paid")
  if (session.amount_total === 0) return complete(world, session, { payment_status: "no_payment_required" })
  const intent = Intents.succeed(world, intentOf(world, session).id, Charges.card())
  return complete(world, session, { payment_intent: intent.id, payment_status: "paid" })
}

/** Pays with a bank debit: the session is complete, the money is not there yet. */
export const payLater = (world: World, id: string): Session => {
  const session = open(world, id, "paid")
  if (session.amount_total === 0) return pay(world, id)
  if (!session.payment_method_types.includes("us_bank_account"))
    throw refused("This Checkout Session does not take bank debits.")
  const intent = Intents.process(world, intentOf(world, session).id, Charges.bankDebit)
  return complete(world, session, { payment_intent: intent.id, payment_status: "unpaid" })
}

/** The bank has answered for a session that was paid with a debit. */
export const settle = (world: World, id: string, outcome: "succeeded" | "failed"): Session => {
  const session = world.sessions.get(id, "session")
  const intent = session.payment_intent
  if (intent === null || session.status !== "complete" || world.intents.get(intent).status !== "processing")
    throw refused(`No bank debit is on its way for ${id}.`)
  if (outcome === "failed") {
    Intents.fail(world, intent, Charges.bankDebit, {
      code: "payment_intent_payment_attempt_failed",
      message: "The customer's bank account has insufficient funds."
    })
    world.emit("checkout.session.async_payment_failed", session)
    return session
  }
  Intents.succeed(world, intent, Charges.bankDebit)
  const paid = world.sessions.update(id, { payment_status: "paid" })
  world.emit("checkout.session.async_payment_succeeded", paid)
  return paid
}

/** The bank refuses the card. The session stays open. */
export const decline = (world: World, id: string, declineCode = "generic_decline"): Session => {
  const session = open(world, id, "paid")
  if (session.amount_total === 0) throw refused("There is nothing to decline: the price is zero.")
  const intent = intentOf(world, session)
  Intents.fail(world, intent.id, Charges.card("0002"), { code: "card_declined", declineCode })
  return world.sessions.update(id, { payment_intent: intent.id })
}

/** Closes an open session; a PaymentIntent it had begun is canceled. */
export const expire = (world: World, id: string): Session => {
  const session = open(world, id, "expired")
  const intent = session.payment_intent === null ? undefined : world.intents.find(session.payment_intent)
  if (intent !== undefined) Intents.cancel(world, intent.id, "expired")
  const recovery = session.after_expiration?.recovery
  const expired = world.sessions.update(id, {
    status: "expired",
    url: null,
    ...(recovery?.enabled === true
      ? {
          after_expiration: {
            recovery: {
              ...recovery,
              expires_at: world.now() + 30 * 86_400,
              url: `${world.baseUrl}/r/${id}`
            }
          }
        }
      : {})
  })
  world.emit("checkout.session.expired", expired)
  return expired
}

/** Shows the buyer another currency (adaptive pricing). The session's own currency and amounts do not change. */
export const present = (world: World, id: string, currency: string, amount: number): Session => {
  open(world, id, "paid")
  return world.sessions.update(id, {
    presentment_details: { presentment_amount: amount, presentment_currency: currency }
  })
}

const open = (world: World, id: string, verb: "paid" | "expired"): Session => {
  const session = world.sessions.get(id, "session")
  if (session.status !== "open")
    throw refused(
      `Only Checkout Sessions with a status in ["open"] can be ${verb}. This Checkout Session has a status of \`${session.status}\`.`
    )
  return session
}

/** The PaymentIntent appears with the first try to pay. */
const intentOf = (world: World, session: Session): PaymentIntent => {
  const asked = {
    amount: session.amount_total,
    currency: session.currency,
    payment_method_types: session.payment_method_types,
    ...(session.presentment_details === undefined ? {} : { presentment_details: session.presentment_details })
  }
  return session.payment_intent === null
    ? Intents.create(world, { ...world.intentData.get(session.id), ...asked })
    : world.intents.update(session.payment_intent, asked)
}

const complete = (world: World, session: Session, change: Partial<Session>): Session => {
  const done = world.sessions.update(session.id, {
    ...change,
    customer_details: {
      address: null,
      email: session.customer_email ?? "buyer@example.com",
      name: null,
      phone: null,
      tax_exempt: "none",
      tax_ids: []
    },
    status: "complete",
    url: null
  })
  world.emit("checkout.session.completed", done)
  return done
}
