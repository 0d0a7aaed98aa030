import * as Effect from "effect/Effect"
import { at, gives, holds, numberAt } from "../Expect.ts"
import { type Chapter, must, should } from "../Rule.ts"
import { holding, id, is, list, number, object, positive, text, time, whole } from "../Shape.ts"
import { quotaNow } from "../Subjects.ts"

const whoami = { path: "/v1/whoami", as: "agent" } as const
const quota = { path: "/v1/quota", as: "agent" } as const

export const accountRules: Chapter = {
  id: "account",
  title: "Identity and quota",
  rules: [
    must("A3.6-authenticated", "Whoami says that the token is good", gives(whoami, { "data.authenticated": is(true) })),
    must(
      "A3.6-actor",
      "It says which agent of which organization asks",
      gives(whoami, {
        "data.actor.actor_id": id("agt", "own"),
        "data.organization.organization_id": id("org"),
        "actor.actor_type": is("human", "agent", "session", "system")
      })
    ),
    must(
      "A3.6-envelope",
      "The actor of its envelope is the actor of its data",
      Effect.flatMap(gives(whoami), (heard) =>
        holds(
          at(heard, "actor.actor_id") === at(heard, "data.actor.actor_id"),
          heard,
          "one and the same actor_id",
          at(heard, "actor.actor_id")
        )
      )
    ),
    must(
      "A3.6-claim",
      "It says whether the agent is claimed",
      gives(whoami, { "data.claim_state": is("unclaimed", "payment_backed_unclaimed", "claimed") })
    ),
    must("A3.6-grants", "It lists the grants", gives(whoami, { "data.grants": holding("identity.read") })),
    should(
      "A3.6-token",
      "It says of which class the token is, and that it is active",
      gives(whoami, { "data.token_class": text, "data.token_status": is("active") })
    ),
    must(
      "A3.6-secret",
      "It never shows the token",
      Effect.flatMap(gives(whoami), (heard) =>
        holds(!/isk_[ro]_[A-Za-z0-9]{12}/u.test(heard.text), heard, "no token", "one that begins with isk_")
      )
    ),
    must(
      "A4.1-authenticated",
      "The quota says that the token is good",
      gives(quota, { "data.authenticated": is(true) })
    ),
    must(
      "A4.1-remaining",
      "Free and paid credits that remain are two whole numbers",
      gives(quota, {
        "data.limits.remaining_credits": whole,
        "data.limits.payment_backed_remaining_credits": whole
      })
    ),
    should(
      "A4.1-total",
      "Their sum is given, too",
      Effect.flatMap(gives(quota), (heard) =>
        holds(
          numberAt(heard, "data.limits.total_remaining_credits") ===
            numberAt(heard, "data.limits.remaining_credits") +
              numberAt(heard, "data.limits.payment_backed_remaining_credits"),
          heard,
          "data.limits.total_remaining_credits is the sum of both",
          at(heard, "data.limits.total_remaining_credits")
        )
      )
    ),
    must(
      "A4.1-daily",
      "The daily jobs are an object with a number that remains, never null",
      gives(quota, { "data.daily_jobs": object, "data.daily_jobs.remaining": number })
    ),
    should(
      "A4.1-reset",
      "It says when the daily jobs are counted anew",
      gives(quota, { "data.daily_jobs.resets_at": time, "data.reset_windows": object })
    ),
    should(
      "A4.1-models",
      "It says what one job may be",
      gives(quota, {
        "data.model_limits.max_outputs_per_request": positive,
        "data.model_limits.max_credits_per_job": positive,
        "data.model_limits.operations": list(1)
      })
    ),
    must(
      "A4.1-states",
      "It gives the states that the guide shows",
      gives(quota, { "data.claim_state": text, "data.token_status": text })
    ),
    must("A4.3-unit", "A credit is one cent", gives(quota, { "data.credit_unit_usd": is(0.01) })),
    must(
      "A4.1-read",
      "Asking for the quota costs nothing",
      Effect.flatMap(Effect.all([quotaNow(101), quotaNow(102)]), ([before, after]) =>
        holds(
          at(before, "data.limits.remaining_credits") === at(after, "data.limits.remaining_credits"),
          after,
          "as many credits as before",
          at(after, "data.limits.remaining_credits")
        )
      )
    )
  ]
}
