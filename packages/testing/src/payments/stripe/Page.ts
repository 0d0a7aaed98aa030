import * as Promotions from "./Promotions.ts"
import * as Sessions from "./Sessions.ts"
import { StripeFailure } from "./StripeFailure.ts"
import type { Session } from "./StripeObjects.ts"
import type { World } from "./World.ts"

/** What the hosted page answers: a document, or a redirect. */
export interface Shown {
  readonly status: number
  readonly html: string
  readonly location?: string
}

/** Where the hosted page of a session is, the link that recovers an expired one, and the receipt of a charge. */
const prefix = "/c/pay/"
const recoveryPrefix = "/r/"
const receiptPrefix = "/receipts/"

/**
 * The hosted page: `GET` shows it, the forms on it `POST` back to the same path. The forms carry what stands behind the
 * `#` of the address, which a browser does not send by itself; without it the page refuses to act.
 */
export const answer = (world: World, method: string, path: string, body: string): Shown | undefined => {
  world.tick()
  const reading = method === "GET" || method === "HEAD"
  if (path.startsWith(recoveryPrefix) && method === "GET") return recovered(world, path.slice(recoveryPrefix.length))
  if (path.startsWith(receiptPrefix) && reading) return receipt(world, path.slice(receiptPrefix.length))
  if (!path.startsWith(prefix)) return undefined
  const session = world.sessions.find(path.slice(prefix.length))
  if (session === undefined) return { status: 404, html: document("Not found", "<p>There is no such page.</p>") }
  if (reading) return { status: 200, html: shown(world, session) }
  if (method !== "POST")
    return { status: 405, html: document("Not allowed", "<p>This page takes no such request.</p>") }
  const form = new URLSearchParams(body)
  if (session.status !== "open") return { status: 409, html: shown(world, session) }
  const fragment = world.fragments.get(session.id) ?? ""
  if (form.get("fragment") !== fragment)
    return refuse(world, session, "This link is not complete. Open it again from where it was sent.")
  try {
    const next = act(world, session, form, fragment)
    world.tick()
    return next
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error
    return refuse(world, world.sessions.get(session.id), error.message, fragment)
  }
}

/** `fragment` is known to be right, so the next page carries it on. */
const act = (world: World, session: Session, form: URLSearchParams, fragment: string): Shown => {
  const promotion = (form.get("promotion") ?? "").trim()
  switch (form.get("action")) {
    case "pay": {
      const paid =
        form.get("method") === "us_bank_account"
          ? Sessions.payLater(world, session.id)
          : Sessions.pay(world, session.id)
      return redirect(paid.success_url.replaceAll("{CHECKOUT_SESSION_ID}", paid.id))
    }
    case "decline":
      return {
        status: 402,
        html: shown(world, Sessions.decline(world, session.id), "Your card was declined.", fragment)
      }
    case "cancel":
      return session.cancel_url === null
        ? refuse(world, session, "The shop has no page to go back to.", fragment)
        : redirect(session.cancel_url)
    case "promotion": {
      const found = session.allow_promotion_codes === true ? Promotions.withCode(world, promotion) : undefined
      return found === undefined
        ? refuse(world, session, `The code ${promotion} is not valid.`, fragment)
        : { status: 200, html: shown(world, Promotions.apply(world, session, found), undefined, fragment) }
    }
    default:
      return refuse(world, session, "This page does not know that button.", fragment)
  }
}

const recovered = (world: World, id: string): Shown => {
  const url = Sessions.recover(world, id)?.url ?? null
  return url === null
    ? { status: 404, html: document("Not found", "<p>This link recovers no checkout page.</p>") }
    : redirect(url)
}

const receipt = (world: World, id: string): Shown => {
  const charge = world.charges.find(id)
  return charge === undefined
    ? { status: 404, html: document("Not found", "<p>There is no such receipt.</p>") }
    : {
        status: 200,
        html: document(
          "Receipt",
          `<p class="total">${charge.status}<b>${price(charge.amount, charge.currency)}</b></p>`
        )
      }
}

/** Leads the browser away with a fresh `GET`. */
const redirect = (location: string): Shown => ({ status: 303, html: "", location })

const refuse = (world: World, session: Session, notice: string, fragment?: string): Shown => ({
  status: 400,
  html: shown(world, session, notice, fragment)
})

const shown = (world: World, session: Session, notice?: string, fragment = ""): string => {
  // Without an address of its own a form would carry the `#` along, and the shop behind the redirect would see it.
  const start = `<form method="post" action="${prefix}${session.id}"><input type="hidden" name="fragment" value="${escaped(fragment)}">`
  if (session.status === "complete") return document("Paid", "<p>You are all done here. This payment is complete.</p>")
  if (session.status === "expired")
    return document("Expired", "<p>This checkout page has expired. Nothing was paid.</p>")
  const items = (world.lineItems.get(session.id) ?? [])
    .map((item) => `<li>${escaped(item.description)}<b>${price(item.amount_subtotal, session.currency)}</b></li>`)
    .join("")
  const { amount_discount: discount } = session.total_details
  const total = presented(session)
  const later = session.payment_method_types.includes("us_bank_account")
  return document(
    "Pay",
    `${notice === undefined ? "" : `<p class="notice" role="alert">${escaped(notice)}</p>`}
<ul>${items}${discount === 0 ? "" : `<li>Discount<b>-${price(discount, session.currency)}</b></li>`}</ul>
<p class="total">Total <b id="total">${total}</b></p>
${session.allow_promotion_codes === true ? promotionForm(start) : ""}
${start}
${later ? methodChoice : ""}
<button id="pay" name="action" value="pay">${session.amount_total === 0 ? "Complete order" : `Pay ${total}`}</button>
<button id="decline" name="action" value="decline" class="quiet">Decline</button>
${session.cancel_url === null ? "" : `<button id="cancel" name="action" value="cancel" class="quiet">Cancel</button>`}
</form>`
  )
}

const promotionForm = (start: string): string => `${start}
<label for="promotion">Promotion code</label><input id="promotion" name="promotion" autocomplete="off" required>
<button id="apply" name="action" value="promotion" class="quiet">Apply</button></form>`

const methodChoice = `<fieldset><legend>Pay with</legend>
<label><input type="radio" name="method" value="card" checked> Card ending 4242</label>
<label><input type="radio" name="method" value="us_bank_account" id="delayed"> Bank debit, arrives in a few days</label></fieldset>`

const presented = ({ amount_total, currency, presentment_details }: Session): string =>
  presentment_details === undefined
    ? price(amount_total, currency)
    : price(presentment_details.presentment_amount, presentment_details.presentment_currency)

const price = (amount: number, currency: string): string => `${(amount / 100).toFixed(2)} ${currency.toUpperCase()}`

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

/** Puts what stands behind the `#` into the forms: nothing else on the page needs a script. */
const script = `for (const field of document.querySelectorAll("input[name=fragment]")) if (location.hash.length > 1) field.value = location.hash.slice(1)`

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{margin:0 auto;max-width:26rem;padding:1.5rem 1rem}
h1{font-size:1.25rem}ul{list-style:none;padding:0}li,.total{display:flex;justify-content:space-between;gap:1rem;margin:.25rem 0}b{white-space:nowrap}
.total{border-top:1px solid #8886;padding-top:.5rem;font-size:1.125rem}.notice{border-left:3px solid #c33;padding-left:.75rem}
form{margin:1rem 0}label{display:block;padding:.25rem 0}fieldset{border:1px solid #8886;border-radius:.5rem;margin:0 0 1rem}
button,#promotion{box-sizing:border-box;width:100%;font:inherit;padding:.75rem;border-radius:.5rem;border:1px solid #8886;margin:.25rem 0}
button{background:#4b45c6;color:#fff;cursor:pointer}button.quiet{background:none;color:inherit}`

const document = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Checkout emulator</title><style>${style}</style></head>
<body><h1>${title}</h1>${body}<p><small>Test kit: no money moves here.</small></p><script>${script}</script></body></html>
`
