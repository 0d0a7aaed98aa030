import { embeddedTarget } from "../envelope/Product.ts"
import { parseUrl, type WebUrl } from "../envelope/WebUrl.ts"

/** Where a service is: in this program, or at an http(s) URL without user name and password; null for anything else. */
export const serviceAddress = (given: string): typeof embeddedTarget | WebUrl | null => {
  if (given.trim() === embeddedTarget) return embeddedTarget
  const url = parseUrl(given.trim())
  return url === null || !/^https?:$/u.test(url.protocol) || url.username !== "" || url.password !== "" ? null : url
}

/** What tokens are bound to; null for what is no address of a service. */
export const originOf = (given: string): string | null => {
  const address = serviceAddress(given)
  return address === null || address === embeddedTarget ? address : address.origin
}
