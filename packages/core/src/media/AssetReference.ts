import { deployment } from "../envelope/Product.ts"
import { parseUrl, type WebUrl } from "../envelope/WebUrl.ts"

/** An asset as a person or an agent names it. */
export interface AssetReference {
  readonly assetId: string
  readonly type: "asset_id" | "url"
}

const idPattern = /^(?:asset|image|video|audio|mask|thumb|file)_[A-Za-z0-9._-]{1,128}$/u

/**
 * Recognises an asset id, or the URL of an asset on one of the given media bases (contract/cli.md 8.4). The id of a URL
 * is its last path segment without one extension. Null for everything else.
 */
export const recognise = (text: string, mediaBases: ReadonlyArray<string>): AssetReference | null => {
  if (idPattern.test(text)) return { assetId: text, type: "asset_id" }
  const url = parseUrl(text)
  if (url === null || !isOwned(url, mediaBases) || !url.pathname.startsWith("/a/")) return null
  const segment = url.pathname.split("/").at(-1) ?? ""
  const assetId = segment.replace(/\.[^.]*$/u, "")
  return idPattern.test(assetId) ? { assetId, type: "url" } : null
}

/** The media base of the public service, for services that announce none. */
export const publishedMediaBase = deployment.mediaBase

/** https anywhere, plain http on this machine only; the host must be exactly that of a media base. */
export const isOwned = (url: WebUrl, mediaBases: ReadonlyArray<string>): boolean => {
  if (url.username !== "" || url.password !== "") return false
  const isLoopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u.test(url.hostname)
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)) return false
  return mediaBases.some((base) => parseUrl(base)?.origin === url.origin)
}
