import * as Schema from "effect/Schema"
import type { Steps } from "./ControlStep.ts"
import { type Deliveries, modes } from "./Deliveries.ts"
import * as Endpoints from "./Endpoints.ts"
import type { World } from "./World.ts"

const { Array: ListOf, Literals, Number, optionalKey: optional, String: Text, Struct } = Schema

/** What happens to events between Stripe and a receiver. `webhookSecret` signs where an endpoint has none of its own. */
export const make = (world: World, deliveries: Deliveries, webhookSecret: string, { plain, step }: Steps) => ({
  /** Adds a webhook endpoint: its `version` of the API and its types of `events`, all where they are left out. */
  addWebhook: step(
    Struct({ url: Text, secret: optional(Text), version: optional(Text), events: optional(ListOf(Text)) }),
    ({ events, secret = webhookSecret, url, version }) => {
      const { id } = Endpoints.add(world, { url, secret, apiVersion: version, events })
      return { id, secret }
    }
  ),
  /** Gives an endpoint a new secret; for so many seconds the old one signs as well. */
  rotateSecret: step(Struct({ endpoint: Text, seconds: Number }), ({ endpoint, seconds }) => ({
    secret: Endpoints.rotate(world, endpoint, seconds)
  })),
  /** Puts the next deliveries into a mode: all of them, or `count`; of every type, or of `types`. `normal` ends it. */
  delivery: step(
    Struct({ mode: Literals(modes), count: optional(Number), types: optional(ListOf(Text)) }),
    ({ count = Infinity, mode, types = [] }) => {
      deliveries.rule(mode, count, types)
      return { mode }
    }
  ),
  /** The events that are held back, oldest first. */
  held: plain(() => deliveries.waiting()),
  /** Sends held events: those named, in that order, or all. */
  release: step(Struct({ order: optional(ListOf(Text)) }), async ({ order }) => {
    deliveries.release(order)
    await deliveries.settled()
    return { held: deliveries.waiting().length }
  }),
  /** Sends an event once more. */
  resend: step(Struct({ event: Text, mode: optional(Literals(modes)) }), async ({ event, mode = "normal" }) => {
    deliveries.resend(event, mode)
    await deliveries.settled()
    return { event }
  }),
  /** Sends an event Stripe has never made: valid JSON, wrong signature. */
  forge: step(Struct({ type: Text, object: Schema.JsonObject }), async ({ object, type }) => {
    const event = deliveries.forge(type, object)
    await deliveries.settled()
    return { event }
  }),
  /** Makes the tries that are due on Stripe's clock, and waits for their answers. */
  deliverDue: plain(async () => {
    const count = deliveries.deliverDue()
    await deliveries.settled()
    return { count }
  }),
  /** Waits until no delivery is on its way. */
  settled: plain(async () => {
    await deliveries.settled()
    return { deliveries: deliveries.log().length }
  }),
  /** Every try to deliver an event. */
  deliveries: plain(() => deliveries.log())
})
