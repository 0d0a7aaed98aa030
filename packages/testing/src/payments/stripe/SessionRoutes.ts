import * as Lists from "./Lists.ts"
import * as Promotions from "./Promotions.ts"
import type { Route } from "./Router.ts"
import * as SessionRequest from "./SessionRequest.ts"
import * as Sessions from "./Sessions.ts"

const path = "/v1/checkout/sessions"

/** https://docs.stripe.com/api/checkout/sessions. */
export const routes: ReadonlyArray<Route> = [
  {
    method: "POST",
    path,
    permission: "checkout_sessions",
    read: ({ params, version, world }) => {
      const { intentData, lineItems, promotion, session } = SessionRequest.read(world, params, version)
      return () => {
        const opened = Sessions.enter(world, session, lineItems, intentData)
        return promotion === undefined ? opened : Promotions.apply(world, opened, promotion)
      }
    }
  },
  {
    method: "GET",
    path,
    permission: "checkout_sessions",
    read: (call) => {
      const intent = call.params.text("payment_intent")
      const status = call.params.oneOf("status", ["open", "complete", "expired"])
      return Lists.page(
        call,
        path,
        () => call.world.sessions.newest(),
        (session) =>
          (intent === undefined || session.payment_intent === intent) &&
          (status === undefined || session.status === status)
      )
    }
  },
  {
    method: "GET",
    path: `${path}/*/line_items`,
    permission: "checkout_sessions",
    read: (call) => {
      const { id, world } = call
      world.sessions.get(id, "session")
      return Lists.page(call, `${path}/${id}/line_items`, () => world.lineItems.get(id) ?? [])
    }
  },
  {
    method: "GET",
    path: `${path}/*`,
    permission: "checkout_sessions",
    read:
      ({ id, world }) =>
      () =>
        world.sessions.get(id, "session")
  },
  {
    method: "POST",
    path: `${path}/*/expire`,
    permission: "checkout_sessions",
    read:
      ({ id, world }) =>
      () =>
        Sessions.expire(world, id)
  }
]
