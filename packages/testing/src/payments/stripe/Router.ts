import type { Params } from "./Params.ts"
import { noSuchUrl, type JsonObject } from "./StripeFailure.ts"
import type { Version } from "./Version.ts"
import type { World } from "./World.ts"

/** A request that may go ahead. */
export interface Call {
  readonly world: World
  readonly params: Params
  readonly version: Version
  /** The id in the path, where it has one. */
  readonly id: string
}

/** What a restricted key needs. `account` is granted to every key. */
export type Permission =
  | "account"
  | "charges"
  | "checkout_sessions"
  | "crypto_deposit_addresses"
  | "disputes"
  | "events"
  | "payment_intents"
  | "promotion_codes"
  | "refunds"
  | "webhook_endpoints"

/** Changes the world and gives the object of the answer, all at once. */
export type Act = () => JsonObject

/** One endpoint. `*` in the path stands for an id. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE"
  readonly path: string
  readonly permission: Permission
  /** Reads all of its parameters, and answers with the step to take once they are known to be in order. */
  readonly read: (call: Call) => Act | Promise<Act>
}

export interface Matched {
  readonly route: Route
  readonly id: string
}

/** The route of a request, or Stripe's 404. */
export const match = (routes: ReadonlyArray<Route>, method: string, path: string): Matched => {
  for (const route of routes) {
    const id = route.method === method ? idIn(route.path, path) : undefined
    if (id !== undefined) return { route, id }
  }
  throw noSuchUrl(method, path)
}

/** Whether a path is one of a pattern; `*` stands for one id. */
export const matchesPath = (pattern: string, path: string): boolean => idIn(pattern, path) !== undefined

/** The id in a path of the pattern: empty where the pattern has none, undefined where the path is another. */
const idIn = (pattern: string, path: string): string | undefined => {
  const [before = "", after] = pattern.split("*")
  if (after === undefined) return path === pattern ? "" : undefined
  if (!path.startsWith(before) || !path.endsWith(after)) return undefined
  const id = path.slice(before.length, path.length - after.length)
  return id === "" || id.includes("/") ? undefined : decodeURIComponent(id)
}
