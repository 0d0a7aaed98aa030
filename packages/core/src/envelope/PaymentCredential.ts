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

/**
 * A value that is a credential under whatever name it comes: a key of Stripe, the secret of a webhook or a PaymentIntent,
 * or the 64 hex digits of a wallet's key. Judged in money requests only, where no such value has any business.
 */
export const isCredentialValue = (value: string): boolean => credentialShape.test(value)

const credentialShape =
  /(?:^|[^A-Za-z0-9])(?:[sr]k_(?:live|test)_[A-Za-z0-9]{8,}|whsec_[A-Za-z0-9+/=]{8,}|pi_[A-Za-z0-9]+_secret_[A-Za-z0-9]+|(?:0x)?[0-9a-fA-F]{64})(?![A-Za-z0-9])/u

/** The name of the first field of a flat body whose value is a credential. */
export const credentialValueField = (body: object): string | null =>
  Object.entries(body).find(([, value]) => typeof value === "string" && isCredentialValue(value))?.[0] ?? null

/**
 * The path of the first credential-like field at any depth of a JSON body, e.g. `model_parameters.card`. A body may be
 * nested deeper than the call stack, so the way back is kept in a list.
 */
export const credentialField = (body: unknown): string | null => {
  const waiting: Array<Place> = [{ value: body, path: "" }]
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (place.name !== undefined && isCredentialName(place.name)) return place.path
    for (const inner of inside(place).toReversed()) waiting.push(inner)
  }
  return null
}

interface Place {
  readonly value: unknown
  readonly path: string
  /** Of a field; an element of a list has none. */
  readonly name?: string
}

const inside = ({ path, value }: Place): ReadonlyArray<Place> => {
  if (typeof value !== "object" || value === null) return []
  const fields = Object.entries<unknown>({ ...value })
  return Array.isArray(value)
    ? fields.map(([index, element]) => ({ value: element, path: `${path}[${index}]` }))
    : fields.map(([name, field]) => ({ value: field, path: path === "" ? name : `${path}.${name}`, name }))
}
