import type { Chain, Transfer } from "./Chain.ts"
import type { Secrets } from "./Endpoints.ts"
import * as Ids from "./Ids.ts"
import type { JsonObject } from "./StripeFailure.ts"
import type {
  Cause,
  Charge,
  DepositAddress,
  Dispute,
  LineItem,
  NextAction,
  PaymentIntent,
  PromotionCode,
  Refund,
  Session,
  StripeEvent,
  WebhookEndpoint
} from "./StripeObjects.ts"
import { Table } from "./Table.ts"

export interface WorldSettings {
  readonly livemode: boolean
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Seconds a simulated deposit stays in `processing`. */
  readonly depositSeconds: number
  readonly chain: Chain | undefined
}

/** The version the account is pinned to: what a request without `Stripe-Version` gets, and a webhook endpoint too. */
export const accountVersion = "2026-10-28.endive"

/** A transfer on the chain that pays for an intent. */
export interface Taken {
  readonly intent: string
  readonly transfer: Transfer
  readonly before: NextAction | null
}

interface Due {
  readonly at: number
  readonly act: () => void
}

/** Everything the emulated Stripe account knows. Each change is one synchronous step, so no two requests interleave. */
export class World {
  readonly accountId = `acct_1${Ids.letters(15)}`
  readonly sessions = new Table<Session>("checkout.session")
  readonly lineItems = new Map<string, ReadonlyArray<LineItem>>()
  /** What stands behind the `#` of a session's URL. */
  readonly fragments = new Map<string, string>()
  /** The metadata and description a session hands to its PaymentIntent. */
  readonly intentData = new Map<string, Partial<PaymentIntent>>()
  readonly intents = new Table<PaymentIntent>("payment_intent")
  /** What confirming an intent does. */
  readonly payments = new Map<string, (id: string) => PaymentIntent>()
  /** Deposit addresses on the watched network, in lower case, and the intents they belong to. */
  readonly deposits = new Map<string, string>()
  /** Transfers that were matched, by `partOf`, and what the intent asked for before. */
  readonly taken = new Map<string, Taken>()
  readonly charges = new Table<Charge>("charge")
  readonly refunds = new Table<Refund>("refund")
  readonly disputes = new Table<Dispute>("dispute")
  readonly events = new Table<StripeEvent>("event")
  readonly endpoints = new Table<WebhookEndpoint>("webhook_endpoint")
  readonly secrets = new Map<string, Secrets>()
  readonly depositAddresses = new Table<DepositAddress>("crypto.deposit_address")
  readonly promotionCodes = new Table<PromotionCode>("promotion_code")
  readonly settings: WorldSettings
  /** Where the hosted page is, once the server listens. */
  baseUrl = ""
  /** Told of every event, in order. */
  deliver: (event: StripeEvent) => void = () => undefined
  private offset = 0
  private due: Array<Due> = []
  private earliest = Infinity
  private cause: Cause = { id: null, idempotency_key: null }

  constructor(settings: WorldSettings) {
    this.settings = settings
  }

  /** Seconds since 1970 on Stripe's clock. */
  now(): number {
    return Math.floor(this.settings.clock() / 1000) + this.offset
  }

  /** Moves Stripe's clock forward and does what has become due. */
  advance(seconds: number): void {
    this.offset += seconds
    this.tick()
  }

  /** Does `act` once Stripe's clock has passed `at`. */
  schedule(at: number, act: () => void): void {
    this.due.push({ at, act })
    this.earliest = Math.min(this.earliest, at)
  }

  /** Does what is due, in the order of its time. */
  tick(): void {
    const now = this.now()
    if (this.earliest > now) return
    const ready = this.due.filter(({ at }) => at <= now).sort((left, right) => left.at - right.at)
    this.due = this.due.filter(({ at }) => at > now)
    this.earliest = this.due.reduce((earliest, { at }) => Math.min(earliest, at), Infinity)
    for (const { act } of ready) act()
  }

  /** Names the request that the events of `act` come from. */
  during<A>(cause: Cause, act: () => A): A {
    const before = this.cause
    this.cause = cause
    try {
      return act()
    } finally {
      this.cause = before
    }
  }

  /** Records an event with the object as it is now, and hands it to the webhooks. */
  emit(type: string, object: JsonObject, previous?: JsonObject): void {
    const listening = this.endpoints.newest().filter((endpoint) => hears(endpoint, type)).length
    this.deliver(
      this.events.insert({
        id: Ids.id("evt"),
        object: "event",
        api_version: accountVersion,
        created: this.now(),
        data: previous === undefined ? { object } : { object, previous_attributes: previous },
        livemode: this.settings.livemode,
        pending_webhooks: listening,
        request: this.cause,
        type
      })
    )
  }
}

/** Whether an endpoint is sent the events of a type. */
export const hears = ({ enabled_events, status }: WebhookEndpoint, type: string): boolean =>
  status === "enabled" && (enabled_events.includes("*") || enabled_events.includes(type))
