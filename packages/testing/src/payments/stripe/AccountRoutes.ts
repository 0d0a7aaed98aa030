import * as CryptoIntents from "./CryptoIntents.ts"
import * as Endpoints from "./Endpoints.ts"
import * as Ids from "./Ids.ts"
import * as Lists from "./Lists.ts"
import { required } from "./Params.ts"
import type { Route } from "./Router.ts"
import { gate, transactionVerification } from "./Version.ts"
import type { World } from "./World.ts"

/** The account itself, its charges, events, webhook endpoints, promotion codes and reusable deposit addresses. */
export const routes: ReadonlyArray<Route> = [
  {
    method: "GET",
    path: "/v1/account",
    permission: "account",
    read:
      ({ world }) =>
      () =>
        account(world)
  },
  {
    method: "GET",
    path: "/v1/charges",
    permission: "charges",
    read: (call) => {
      const intent = call.params.text("payment_intent")
      return Lists.page(
        call,
        "/v1/charges",
        () => call.world.charges.newest(),
        ({ payment_intent }) => intent === undefined || payment_intent === intent
      )
    }
  },
  {
    method: "GET",
    path: "/v1/charges/*",
    permission: "charges",
    read:
      ({ id, world }) =>
      () =>
        world.charges.get(id)
  },
  {
    method: "GET",
    path: "/v1/events",
    permission: "events",
    read: (call) => {
      const type = call.params.text("type")
      const types = call.params.texts("types")
      const delivered = call.params.flag("delivery_success")
      return Lists.page(
        call,
        "/v1/events",
        () => call.world.events.newest(),
        (event) =>
          (type === undefined || matches(type, event.type)) &&
          (types.length === 0 || types.some((wanted) => matches(wanted, event.type))) &&
          (delivered === undefined || delivered === (event.pending_webhooks === 0))
      )
    }
  },
  {
    method: "GET",
    path: "/v1/events/*",
    permission: "events",
    read:
      ({ id, world }) =>
      () =>
        world.events.get(id)
  },
  ...Endpoints.routes,
  {
    method: "GET",
    path: "/v1/promotion_codes",
    permission: "promotion_codes",
    read: (call) => {
      const code = call.params.text("code")
      return Lists.page(call, "/v1/promotion_codes", () =>
        call.world.promotionCodes.newest().filter((row) => code === undefined || row.code === code)
      )
    }
  },
  {
    method: "POST",
    path: "/v1/crypto/deposit_addresses",
    permission: "crypto_deposit_addresses",
    read: ({ params, version, world }) => {
      gate(version, transactionVerification, "network")
      const network = required(params.oneOf("network", ["base", "solana", "tempo"]), "network")
      const customer = params.text("customer") ?? null
      const metadata = params.metadata("metadata")
      return () =>
        world.depositAddresses.insert({
          id: Ids.id("cda"),
          object: "crypto.deposit_address",
          address: Ids.address(network),
          created: world.now(),
          customer,
          livemode: world.settings.livemode,
          metadata,
          network,
          supported_tokens: CryptoIntents.tokensOf(world, network)
        })
    }
  },
  {
    method: "GET",
    path: "/v1/crypto/deposit_addresses",
    permission: "crypto_deposit_addresses",
    read: (call) => {
      const network = call.params.text("network")
      return Lists.page(
        call,
        "/v1/crypto/deposit_addresses",
        () => call.world.depositAddresses.newest(),
        (row) => network === undefined || row.network === network
      )
    }
  },
  {
    method: "GET",
    path: "/v1/crypto/deposit_addresses/*",
    permission: "crypto_deposit_addresses",
    read:
      ({ id, world }) =>
      () =>
        world.depositAddresses.get(id)
  }
]

/** `charge.*` stands for every event of charges. */
const matches = (wanted: string, type: string): boolean =>
  wanted.endsWith("*") ? type.startsWith(wanted.slice(0, -1)) : wanted === type

const account = (world: World) => ({
  id: world.accountId,
  object: "account",
  business_profile: { name: "Image Skill emulator", url: null },
  capabilities: { card_payments: "active", crypto_payments: "active", transfers: "active" },
  charges_enabled: true,
  country: "US",
  default_currency: "usd",
  details_submitted: true,
  email: "operator@example.com",
  payouts_enabled: true,
  settings: { dashboard: { display_name: "Image Skill emulator", timezone: "Etc/UTC" } },
  type: "standard"
})
