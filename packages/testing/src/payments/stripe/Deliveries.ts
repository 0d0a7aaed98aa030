import { createHmac } from "node:crypto"
import * as Endpoints from "./Endpoints.ts"
import { render } from "./Expand.ts"
import * as Ids from "./Ids.ts"
import type { JsonObject } from "./StripeFailure.ts"
import type { StripeEvent, WebhookEndpoint } from "./StripeObjects.ts"
import * as Version from "./Version.ts"
import { accountVersion, hears, type World } from "./World.ts"

/** What happens to an event on its way. `hold` keeps it until it is released; `lose` is for good. */
export type Mode = "normal" | "lose" | "duplicate" | "hold" | "wrongSecret" | "stale" | "future" | "truncated" | "huge"

export const modes = [
  "normal",
  "lose",
  "duplicate",
  "hold",
  "wrongSecret",
  "stale",
  "future",
  "truncated",
  "huge"
] as const satisfies ReadonlyArray<Mode>

/** One try to deliver. `status` is null where no answer came. */
export type Delivery = {
  readonly event: string
  readonly type: string
  readonly endpoint: string
  readonly attempt: number
  readonly mode: Mode
  readonly status: number | null
}

interface Parcel {
  readonly event: StripeEvent
  readonly endpoint: WebhookEndpoint
  readonly attempt: number
  readonly mode: Mode
}

interface Rule {
  readonly mode: Mode
  readonly types: ReadonlyArray<string>
  remaining: number
}

/**
 * Seconds between the tries of one event. Live: with growing pauses for three days. Sandbox: three more tries over some
 * hours. Stripe names the ends and not the steps (https://docs.stripe.com/webhooks#retries); these are ours.
 */
const pauses = (livemode: boolean): ReadonlyArray<number> =>
  livemode ? [300, 1800, 7200, 18_000, 36_000, 43_200, 43_200, 43_200, 43_200] : [300, 3600, 10_800]

const answerWithin = 20_000
const hugeBytes = 4 * 1024 * 1024

/** Signs events and posts them: to each endpoint one after the other, the first try at once, the others when told. */
export class Deliveries {
  private readonly world: World
  private readonly ending = new AbortController()
  private readonly queues = new Map<string, Promise<void>>()
  private rules: ReadonlyArray<Rule> = []
  private retries: ReadonlyArray<Parcel & { readonly due: number }> = []
  private held: ReadonlyArray<Parcel> = []
  private readonly made: Array<Delivery> = []

  constructor(world: World) {
    this.world = world
  }

  /** Sends an event to every endpoint that listens for it. */
  accept(event: StripeEvent): void {
    for (const endpoint of this.world.endpoints.newest().toReversed()) {
      if (hears(endpoint, event.type)) this.dispatch({ event, endpoint, attempt: 1, mode: this.modeFor(event.type) })
    }
  }

  /** Puts the next `count` deliveries, of the named types or of all, into a mode. */
  rule(mode: Mode, count: number, types: ReadonlyArray<string>): void {
    this.rules = mode === "normal" ? [] : [...this.rules, { mode, types, remaining: count }]
  }

  /** The events that are held, oldest first. */
  waiting(): ReadonlyArray<{ readonly id: string; readonly type: string }> {
    return this.held.map(({ event }) => ({ id: event.id, type: event.type }))
  }

  /** Sends held events: those named, in the order named, or all in the order they came. */
  release(order: ReadonlyArray<string> | undefined): void {
    const ids = order ?? this.held.map(({ event }) => event.id)
    const parcels = ids.flatMap((id) => this.held.filter(({ event }) => event.id === id))
    this.held = this.held.filter(({ event }) => !ids.includes(event.id))
    for (const parcel of parcels) this.send({ ...parcel, mode: "normal" })
  }

  /** Sends an event once more, as the dashboard's button does. */
  resend(id: string, mode: Mode): void {
    const event = this.world.events.get(id)
    for (const endpoint of this.world.endpoints.newest().toReversed()) {
      if (hears(endpoint, event.type)) this.dispatch({ event, endpoint, attempt: 1, mode })
    }
  }

  /** Sends an event that Stripe has never made, with a signature of the right form and the wrong key. */
  forge(type: string, object: JsonObject): string {
    const event: StripeEvent = {
      id: Ids.id("evt"),
      object: "event",
      api_version: accountVersion,
      created: this.world.now(),
      data: { object },
      livemode: this.world.settings.livemode,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type
    }
    for (const endpoint of this.world.endpoints.newest()) {
      this.send({ event, endpoint, attempt: pauses(this.world.settings.livemode).length + 1, mode: "wrongSecret" })
    }
    return event.id
  }

  /** Makes the tries whose time has come on Stripe's clock; says how many. */
  deliverDue(): number {
    const now = this.world.now()
    const ready = this.retries.filter(({ due }) => due <= now)
    this.retries = this.retries.filter(({ due }) => due > now)
    for (const parcel of ready) this.send(parcel)
    return ready.length
  }

  /** Every try so far, in the order of the answers. */
  log(): ReadonlyArray<Delivery> {
    return [...this.made]
  }

  /** Waits until no delivery is on its way, those caused by others included. */
  async settled(): Promise<void> {
    const before = [...this.queues.values()]
    await Promise.all(before)
    const after = [...this.queues.values()]
    if (after.some((queue, index) => queue !== before[index])) await this.settled()
  }

  /** Gives up what is on its way, and waits until that is so. */
  async close(): Promise<void> {
    this.ending.abort()
    await this.settled()
  }

  private modeFor(type: string): Mode {
    const rule = this.rules.find(
      ({ remaining, types }) => remaining > 0 && (types.length === 0 || types.includes(type))
    )
    if (rule === undefined) return "normal"
    rule.remaining -= 1
    return rule.mode
  }

  private dispatch(parcel: Parcel): void {
    switch (parcel.mode) {
      case "lose":
        this.made.push(recorded(parcel, null))
        return
      case "hold":
        this.held = [...this.held, parcel]
        return
      case "duplicate":
        this.send(parcel)
        this.send(parcel)
        return
      default:
        this.send(parcel)
    }
  }

  private send(parcel: Parcel): void {
    const queue = this.queues.get(parcel.endpoint.id) ?? Promise.resolve()
    this.queues.set(
      parcel.endpoint.id,
      queue.then(async () => this.arrived(parcel, await this.post(parcel)))
    )
  }

  private arrived(parcel: Parcel, status: number | null): void {
    this.made.push(recorded(parcel, status))
    const { attempt, event } = parcel
    if (status !== null && status >= 200 && status < 300) {
      const pending = this.world.events.find(event.id)?.pending_webhooks ?? 0
      if (pending > 0) this.world.events.update(event.id, { pending_webhooks: pending - 1 })
      return
    }
    const pause = pauses(this.world.settings.livemode)[attempt - 1]
    if (pause === undefined) return
    this.retries = [...this.retries, { ...parcel, attempt: attempt + 1, mode: "normal", due: this.world.now() + pause }]
  }

  private async post({ endpoint, event, mode }: Parcel): Promise<number | null> {
    const version = endpoint.api_version ?? accountVersion
    const padding = mode === "huge" ? { padding: "x".repeat(hugeBytes) } : {}
    const sent = { ...render({ ...event, api_version: version }, Version.parse(version)), ...padding }
    const body = JSON.stringify(sent, null, 2)
    const secrets = mode === "wrongSecret" ? [Endpoints.newSecret()] : Endpoints.secretsOf(this.world, endpoint.id)
    try {
      const answer = await fetch(endpoint.url, {
        method: "POST",
        body: mode === "truncated" ? body.slice(0, Math.floor(body.length / 2)) : body,
        headers: {
          "content-type": "application/json; charset=utf-8",
          "stripe-signature": signature(body, secrets, this.timestamp(mode)),
          "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)"
        },
        redirect: "manual",
        signal: AbortSignal.any([this.ending.signal, AbortSignal.timeout(answerWithin)])
      })
      await answer.arrayBuffer()
      return answer.status
    } catch {
      return null
    }
  }

  /** The receiver's clock: moving Stripe's clock forward does not make a delivery come from the future. */
  private timestamp(mode: Mode): number {
    const now = Math.floor(this.world.settings.clock() / 1000)
    if (mode === "stale") return now - 3600
    return mode === "future" ? now + 3600 : now
  }
}

/** The `Stripe-Signature` header: https://docs.stripe.com/webhooks#verify-manually. */
export const signature = (body: string, secrets: ReadonlyArray<string>, timestamp: number): string =>
  [
    `t=${timestamp}`,
    ...secrets.map((secret) => `v1=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`)
  ].join(",")

const recorded = ({ attempt, endpoint, event, mode }: Parcel, status: number | null): Delivery => ({
  event: event.id,
  type: event.type,
  endpoint: endpoint.id,
  attempt,
  mode,
  status
})
