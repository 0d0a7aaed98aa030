/**
 * Names under which somebody might send a payment credential (contract/cli.md 7, decision D4.7). A flag or a field with
 * such a name is refused before anything is stored, sent or logged, and its value is never repeated.
 */
const names = new Set([
  "payment-token",
  "payment-secret",
  "payment-required",
  "payment-signature",
  "payment-response",
  "payment-header",
  "authorization",
  "bearer-token",
  "wallet-private-key",
  "wallet-secret",
  "private-key",
  "mnemonic",
  "seed-phrase",
  "card",
  "card-number",
  "card-token",
  "cvc",
  "cvv",
  "stripe-secret",
  "stripe-secret-key",
  "stripe-webhook-secret",
  "client-secret",
  "deposit-client-secret",
  "provider-key",
  "provider-receipt",
  "mpp-token",
  "spt",
  "shared-payment-token",
  "x-payment",
  "x402-payment"
])

/** In dash, underscore or camel spelling. */
export const isCredentialName = (name: string): boolean => names.has(dashed(name))

const dashed = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase()

/** The path of the first credential-like field at any depth of a JSON body, e.g. `model_parameters.card`. */
export const credentialField = (body: unknown, path = ""): string | null => {
  if (typeof body !== "object" || body === null) return null
  for (const [key, value] of Object.entries(body)) {
    const here = Array.isArray(body) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`
    if (!Array.isArray(body) && isCredentialName(key)) return here
    const inside = credentialField(value, here)
    if (inside !== null) return inside
  }
  return null
}
