import * as CryptoIntents from "./CryptoIntents.ts"
import * as Intents from "./Intents.ts"
import { type Params, required } from "./Params.ts"
import type { Act, Route } from "./Router.ts"
import { invalid, refused, unknown } from "./StripeFailure.ts"
import { depositMode, knows } from "./Version.ts"
import type { World } from "./World.ts"

/** Ends of the two hashes that decide a simulated deposit: https://docs.stripe.com/payments/deposit-mode-stablecoin-payments#test-your-integration. */
const outcomes = ["testsuccess", "testfailed"] as const

/** A sandbox watches no chain; this helper says how a deposit ends. It is processing first, then decided. */
export const route: Route = {
  method: "POST",
  path: "/v1/test_helpers/payment_intents/*/simulate_crypto_deposit",
  permission: "payment_intents",
  read: ({ id, params, version, world }) => {
    if (!knows(version, depositMode)) throw unknown("transaction_hash")
    return simulate(world, id, params)
  }
}

const simulate = (world: World, id: string, params: Params): Act => {
  const hash = params.requiredText("transaction_hash")
  const network = required(params.oneOf("network", ["base", "solana", "tempo"]), "network")
  const token = params.oneOf("token_currency", ["usdc"]) ?? "usdc"
  const buyer = params.requiredText("buyer_wallet")
  const outcome = outcomes.find((end) => hash.endsWith(end))
  if (outcome === undefined) throw invalid("transaction_hash", `${hash} is not a valid testmode transaction hash.`)
  return () => {
    if (world.settings.livemode) throw refused("You can only use test helpers with a test mode key.")
    const addresses = world.intents.get(id, "intent").next_action?.crypto_display_details?.deposit_addresses
    if (addresses === undefined)
      throw refused("This PaymentIntent does not wait for a crypto deposit.", {
        code: "payment_intent_unexpected_state"
      })
    if (addresses[network] === undefined) throw refused(`This PaymentIntent takes no deposit on ${network}.`)
    const intent = Intents.process(world, id)
    world.schedule(world.now() + world.settings.depositSeconds, () => {
      const paidWith = CryptoIntents.paidWith({ from: buyer, hash, network, token })
      if (outcome === "testsuccess") Intents.succeed(world, id, paidWith)
      else
        Intents.fail(world, id, paidWith, {
          code: "payment_intent_payment_attempt_failed",
          message: "The crypto deposit could not be validated."
        })
    })
    return intent
  }
}
