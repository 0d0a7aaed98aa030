/**
 * The last line of defence for text that came from elsewhere (a runtime's or a system's message) before it enters an
 * answer: bearer tokens, our own tokens, keys of payment providers and credentials in URLs are cut out.
 */
export const scrub = (text: string): string =>
  patterns.reduce((clean, [pattern, replacement]) => clean.replaceAll(pattern, replacement), text)

const patterns: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bBearer\s+\S+/giu, "Bearer [redacted]"],
  [/\bisk_[a-z]+_[A-Za-z0-9]+/gu, "[redacted token]"],
  [/\b(?:sk|rk|whsec|pk)_[A-Za-z0-9_]{8,}/gu, "[redacted key]"],
  [/\b(?:sk-|AIza)[A-Za-z0-9_-]{16,}/gu, "[redacted key]"],
  // Names of models begin like these, and have a dash every few letters.
  [/\b(?:xai-|r8_|bfl-)[A-Za-z0-9]{16,}/gu, "[redacted key]"],
  [/\bgh[opusr]_[A-Za-z0-9]{16,}|\bgithub_pat_[A-Za-z0-9_]{20,}/gu, "[redacted token]"],
  [/\bpi_[A-Za-z0-9]+_secret_[A-Za-z0-9]+/gu, "[redacted-stripe-client-secret]"],
  [/\bpi_[A-Za-z0-9]{8,}/gu, "[redacted-stripe-payment-intent]"],
  [/\b(?:0x)?[0-9a-f]{64}\b/giu, "[redacted hex]"],
  [/(https?:\/\/)[^/\s]+@/giu, "$1[redacted]@"]
]

/**
 * `inbox@studio-bots.example` → `i***x@s***.example`: first and last letter of the local part, first of the domain
 * label (contract/api.md 1.8).
 */
export const maskContact = (contact: string): string => {
  const at = contact.lastIndexOf("@")
  const local = Array.from(contact.slice(0, at))
  const domain = contact.slice(at + 1)
  const last = local.length < 2 ? "" : local.at(-1)
  const [first = ""] = domain
  return `${local[0] ?? ""}***${last}@${first}***${domain.slice(domain.indexOf("."))}`
}
