import { parseUrl } from "@image-skill/core/envelope/WebUrl"

/** Where the operator says; an origin alone is followed by the path that the provider's own address has. */
export const baseUrlOf = (given: string | null, standard: string): string => {
  const url = given === null ? null : parseUrl(given)
  if (given === null || url === null) return given ?? standard
  return url.pathname === "/" ? `${url.origin}${parseUrl(standard)?.pathname.replace(/\/$/u, "") ?? ""}` : given
}

/** A key goes over https, or stays on this machine. A server without a key of worth may stand elsewhere, too. */
export const isBaseUrl = (text: string, isOwnServer = false): boolean => {
  const url = parseUrl(text)
  if (url === null || `${url.username}${url.password}` !== "" || /[?#]/u.test(url.href)) return false
  const isNear = isOwnServer || /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u.test(url.hostname)
  return url.protocol === "https:" || (url.protocol === "http:" && isNear)
}
