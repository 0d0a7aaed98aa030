import { parseUrl } from "../envelope/WebUrl.ts"
import { extensionOf } from "./Asset.ts"

/** What is known of an asset when a file name has to be found for it. */
export interface Named {
  readonly url: string
  readonly assetId: string | null
  readonly mimeType: string | null
}

/**
 * The file name of a download that was given none (contract/cli.md 8.5): the last segment of the URL when it is safe
 * and has an extension, else the asset id with the extension of its type. Never a path, whatever the URL says.
 */
export const downloadName = ({ assetId, mimeType, url }: Named): string => {
  const segment = lastSegment(url)
  if (segment !== null && isSafe(segment) && /\.[^.]+$/u.test(segment)) return segment
  const name = assetId !== null && isSafe(assetId) ? assetId : "asset"
  const known = mimeType === null ? null : extensionOf(mimeType)
  return `${name}${known === null ? urlExtension(segment) : `.${known}`}`
}

const isSafe = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,219}$/u.test(name)

const lastSegment = (url: string): string | null => {
  const segment = parseUrl(url)?.pathname.split("/").at(-1)
  return segment === undefined || segment === "" || segment.includes("%") ? null : segment
}

const urlExtension = (segment: string | null): string => /\.[a-z0-9]{1,10}$/u.exec(segment ?? "")?.[0] ?? ""
