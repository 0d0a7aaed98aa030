import * as Ids from "./Ids.ts"
import type { Permission } from "./Router.ts"
import { forbidden, unauthorized } from "./StripeFailure.ts"

export interface Key {
  readonly secret: string
  /** Everything, where it is left out. */
  readonly permissions?: Permissions | undefined
}

/** What a restricted key may do; write includes read. */
export type Permissions = { readonly [Name in Permission]?: "read" | "write" }

export const newKey = (kind: "sk" | "rk", livemode: boolean): string =>
  `${kind}_${livemode ? "live" : "test"}_51${Ids.letters(97)}`

/** The key of a request: `Bearer` or `Basic` with the key as user, as Stripe takes it. Or Stripe's 401. */
export const authenticate = (keys: ReadonlyArray<Key>, header: string | undefined): Key => {
  const sent = keyIn(header)
  if (sent === undefined)
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
    )
  const key = keys.find(({ secret }) => secret === sent)
  if (key === undefined) throw unauthorized(`Invalid API Key provided: ${masked(sent)}`)
  return key
}

const keyIn = (header: string | undefined): string | undefined => {
  const [scheme = "", value = ""] = (header ?? "").split(" ")
  const key = scheme.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString("utf8").split(":")[0] : value
  return key === undefined || key === "" ? undefined : key
}

/** Refuses what a restricted key may not do. */
export const authorize = (
  { permissions, secret }: Key,
  accountId: string,
  needed: Permission,
  method: string
): void => {
  if (permissions === undefined || needed === "account") return
  const action = method === "GET" ? "read" : "write"
  const granted = permissions[needed]
  if (granted === "write" || granted === action) return
  throw forbidden(
    `The provided key '${masked(secret)}' does not have the required permissions for this endpoint on account '${accountId}'. Having the 'rak_${needed}_${action}' permission would allow this request to continue.`
  )
}

const masked = (key: string): string => `${key.slice(0, 8)}${"*".repeat(12)}${key.length > 16 ? key.slice(-4) : ""}`
