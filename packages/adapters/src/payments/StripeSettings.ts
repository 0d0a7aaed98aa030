import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import { stripeCheckout, stripeDeposit } from "@image-skill/core/payments/KnownRails"
import { type Rail, unsettleable } from "@image-skill/core/payments/Rail"
import * as Redacted from "effect/Redacted"

/** Where the API answers. */
export interface StripeBase {
  readonly protocol: "http" | "https"
  readonly host: string
  readonly port: string
  readonly isLoopback: boolean
}

export interface StripeSettings {
  readonly secretKey: Redacted.Redacted
  /** Null is Stripe itself. */
  readonly base: StripeBase | null
}

/** `https://host[:port]`, or `http://` on this machine; null for anything else. */
export const parseBase = (text: string): StripeBase | null => {
  const url = parseUrl(text)
  if (url === null) return null
  // No name, path or query stands beside the origin.
  if (url.href !== `${url.origin}/`) return null
  const isLoopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u.test(url.hostname)
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)) return null
  const protocol = url.protocol === "https:" ? "https" : "http"
  const port = /:(\d+)$/u.exec(url.origin)?.[1] ?? (protocol === "https" ? "443" : "80")
  return { protocol, host: url.hostname.replaceAll(/[[\]]/gu, ""), port, isLoopback }
}

/** A secret or restricted key, and whether it moves real money; null for what is neither. */
export const keyMode = (key: string): "live" | "test" | null => {
  const mode = /^[sr]k_(live|test)_[A-Za-z0-9_]{8,}$/u.exec(key)?.[1]
  return mode === "live" || mode === "test" ? mode : null
}

/** The emulator of the test kit stands for the real thing (decision D4.11). */
export const isEmulated = ({ base }: StripeSettings): boolean => base?.isLoopback === true

export const isLiveMoney = (settings: StripeSettings): boolean =>
  isEmulated(settings) || keyMode(Redacted.value(settings.secretKey)) === "live"

/** What is true of the hosted page with this account. */
export const describeCheckout = (settings: StripeSettings, operatorHint: string | null): Rail => ({
  ...stripeCheckout,
  ...moneyOf(settings),
  operatorHint
})

/** The same of deposits. No test network is watched, so with a test key nobody can settle one (decision D4.4). */
export const describeDeposit = (settings: StripeSettings, operatorHint: string | null): Rail => {
  const rail = { ...stripeDeposit, ...moneyOf(settings), operatorHint }
  return rail.liveMoney ? rail : unsettleable(rail, "test mode watches no network, so a deposit would never be seen")
}

const moneyOf = (settings: StripeSettings) => ({
  liveMoney: isLiveMoney(settings),
  notice: isEmulated(settings) ? "an emulator stands for the payment provider: no real money moves" : null
})
