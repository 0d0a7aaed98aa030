import { registerHooks } from "node:module"
import * as Effect from "effect/Effect"
import { main, tell } from "../../Program.ts"
import { order } from "../Orders.ts"

// Tells which modules of the payment adapters, and whether the SDK, are loaded by configuring rails, by describing them,
// and by the first payment; then, with the SDK hidden, what a payment answers.
const seen = new Set<string>()
let isHidden = false
registerHooks({
  resolve: (specifier, context, next) => {
    if (isHidden && specifier === "stripe") throw new Error("stripe is hidden from this program")
    return next(specifier, context)
  },
  load: (url, context, next) => {
    const name = /(?:adapters\/src\/payments\/|node_modules\/)(?:internal\/)?(Stripe\w+|stripe)\b/u.exec(url)?.[1]
    if (name !== undefined) seen.add(name)
    return next(url, context)
  }
})

const { configured } = await import("@image-skill/adapters/payments/StripeRails")
const variables = new Map([
  ["STRIPE_SECRET_KEY", "sk_test_0123456789"],
  // Nobody listens on the port of "discard" here.
  ["STRIPE_BASE_URL", "http://127.0.0.1:9"]
])

main(
  Effect.gen(function* () {
    const { rails } = configured((name) => variables.get(name) ?? null)
    const [rail] = rails
    if (rail === undefined) return yield* Effect.die("there is no rail")
    yield* rail.describe
    tell([...seen].toSorted())
    isHidden = true
    const expiresAt = "2999-01-01T00:00:00.000Z"
    const hidden = yield* Effect.flip(rail.open({ ...order, expiresAt }))
    tell([hidden.reason, hidden.message])
    isHidden = false
    const unreachable = yield* Effect.flip(rail.open({ ...order, expiresAt }))
    tell([unreachable.reason, unreachable.message])
    tell(["StripeCheckoutRail", "stripe"].filter((name) => seen.has(name)))
  })
)
