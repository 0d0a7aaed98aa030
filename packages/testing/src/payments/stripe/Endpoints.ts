import * as Ids from "./Ids.ts"
import * as Lists from "./Lists.ts"
import type { Params } from "./Params.ts"
import type { Route } from "./Router.ts"
import { invalid, missing } from "./StripeFailure.ts"
import type { WebhookEndpoint } from "./StripeObjects.ts"
import type { World } from "./World.ts"

const path = "/v1/webhook_endpoints"

/** A secret and, until its time in seconds, the one it replaces. */
export interface Secrets {
  readonly current: string
  readonly previous?: { readonly secret: string; readonly until: number } | undefined
}

export interface NewEndpoint {
  readonly url: string
  readonly secret: string
  readonly apiVersion?: string | undefined
  readonly events?: ReadonlyArray<string> | undefined
  readonly description?: string | undefined
  readonly metadata?: { readonly [name: string]: string }
}

export const add = (world: World, endpoint: NewEndpoint): WebhookEndpoint => {
  const row = world.endpoints.insert({
    id: Ids.id("we"),
    object: "webhook_endpoint",
    api_version: endpoint.apiVersion ?? null,
    application: null,
    created: world.now(),
    description: endpoint.description ?? null,
    enabled_events: endpoint.events ?? ["*"],
    livemode: world.settings.livemode,
    metadata: endpoint.metadata ?? {},
    status: "enabled",
    url: endpoint.url
  })
  world.secrets.set(row.id, { current: endpoint.secret })
  return row
}

/** A new secret. The old one signs as well until `overlapSeconds` have passed, as Stripe's dashboard offers. */
export const rotate = (world: World, id: string, overlapSeconds: number): string => {
  const before = world.secrets.get(world.endpoints.get(id).id)
  const current = newSecret()
  const previous = before === undefined ? undefined : { secret: before.current, until: world.now() + overlapSeconds }
  world.secrets.set(id, { current, previous })
  return current
}

/** The secrets that sign now, newest first. */
export const secretsOf = (world: World, id: string): ReadonlyArray<string> => {
  const secrets = world.secrets.get(id)
  if (secrets === undefined) return []
  const { current, previous } = secrets
  return previous !== undefined && previous.until > world.now() ? [current, previous.secret] : [current]
}

export const newSecret = (): string => `whsec_${Ids.letters(32)}`

/** https://docs.stripe.com/api/webhook_endpoints. */
export const routes: ReadonlyArray<Route> = [
  {
    method: "POST",
    path,
    permission: "webhook_endpoints",
    read: ({ params, world }) => {
      const { description, disabled, events, url } = readFacts(params)
      if (url === undefined) throw missing("url")
      if (events.length === 0) throw missing("enabled_events")
      if (disabled !== undefined) throw invalid("disabled", "A new endpoint is enabled.")
      const apiVersion = params.text("api_version")
      const metadata = params.metadata("metadata")
      return () => {
        const secret = newSecret()
        return { ...add(world, { url, secret, apiVersion, events, description, metadata }), secret }
      }
    }
  },
  {
    method: "POST",
    path: `${path}/*`,
    permission: "webhook_endpoints",
    read: ({ id, params, world }) => {
      const { description, disabled, events, url } = readFacts(params)
      const metadata = params.metadata("metadata")
      return () => {
        const before = world.endpoints.get(id)
        return world.endpoints.update(id, {
          ...(description === undefined ? {} : { description }),
          ...(disabled === undefined ? {} : { status: disabled ? "disabled" : "enabled" }),
          ...(events.length === 0 ? {} : { enabled_events: events }),
          metadata: { ...before.metadata, ...metadata },
          ...(url === undefined ? {} : { url })
        })
      }
    }
  },
  {
    method: "GET",
    path,
    permission: "webhook_endpoints",
    read: (call) => Lists.page(call, path, () => call.world.endpoints.newest())
  },
  {
    method: "GET",
    path: `${path}/*`,
    permission: "webhook_endpoints",
    read:
      ({ id, world }) =>
      () =>
        world.endpoints.get(id)
  },
  {
    method: "DELETE",
    path: `${path}/*`,
    permission: "webhook_endpoints",
    read:
      ({ id, world }) =>
      () => {
        world.endpoints.get(id)
        world.endpoints.remove(id)
        return { id, object: "webhook_endpoint", deleted: true }
      }
  }
]

const readFacts = (params: Params) => {
  const url = params.text("url")
  if (url !== undefined && !URL.canParse(url)) throw invalid("url", "Invalid URL", "url_invalid")
  return {
    description: params.text("description"),
    disabled: params.flag("disabled"),
    events: params.texts("enabled_events"),
    url
  }
}
