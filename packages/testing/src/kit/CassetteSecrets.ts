/**
 * What may not stand in a cassette, by its name, by its shape and by its value. What is cut out leaves a mark, so that a
 * reader sees that something was there; the same rules cut a request when it is recorded and when it is played.
 */

/** Fields of JSON and of forms, and parameters of queries, whose values are secrets or people's. */
const secretField =
  /^(?:.*_)?(?:secret|secret_key|token|token_value|api_?key|password|passwd|passphrase|authorization|auth|bearer|jwt|cookie|credentials?|private_key|mnemonic|cvc|cvv|card_number|number_full)$/iu
const personalField =
  /^(?:.*_)?(?:email|email_address|receipt_email|customer_email|phone|phone_number|full_name|address_line_?[12]|line[12])$/iu
const signedParameter =
  /^(?:x-(?:amz|goog)-(?:signature|credential|security-token)|signature|sig|se|sp|sv|token|key|api_key|access_token|expires|policy|key-pair-id|hmac)$/iu

const shapes: ReadonlyArray<readonly [what: string, pattern: RegExp]> = [
  ["a bearer token", /\b(?:Bearer|Key|Token)\s+(?!\[redacted)[A-Za-z0-9._~+/=:-]{12,}/gu],
  ["a token of this product", /\bisk_[a-z]+_[A-Za-z0-9]{8,}/gu],
  ["a key of Stripe", /\b(?:sk|rk|whsec)_[A-Za-z0-9_]{8,}/gu],
  ["a client secret", /\b(?:pi|seti|cs)_[A-Za-z0-9_]+_secret_[A-Za-z0-9]+/gu],
  ["a key of a provider", /\b(?:sk-|AIza|xai-|r8_)[A-Za-z0-9_-]{16,}/gu],
  ["a token of GitHub", /\bgh[opusr]_[A-Za-z0-9]{16,}|\bgithub_pat_[A-Za-z0-9_]{20,}/gu],
  ["a key of AWS", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/gu],
  ["a JSON web token", /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/gu],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/gu],
  ["a signature in a URL", /[?&](?:X-Amz-Signature|X-Goog-Signature|signature|sig)=(?!redacted)[^&\s"']{8,}/giu],
  ["credentials in a URL", /https?:\/\/[^/\s"'@]+:[^/\s"'@]+@/gu],
  ["an e-mail address", /\b[\w.+-]+@(?!(?:[\w-]+\.)*example(?:\.(?:com|org|net|test))?\b)[\w-]+(?:\.[\w-]+)+\b/gu]
]

/** What was found, in words; never the thing itself. */
export const shapesIn = (text: string): ReadonlyArray<string> =>
  shapes.flatMap(([what, pattern]) => (new RegExp(pattern.source, pattern.flags).test(text) ? [what] : []))

/** A value in every spelling in which it may travel. */
export const spellings = (value: string): ReadonlyArray<string> => {
  const bytes = Buffer.from(value, "utf8")
  return [
    ...new Set([
      value,
      encodeURIComponent(value),
      JSON.stringify(value).slice(1, -1),
      bytes.toString("base64"),
      bytes.toString("base64").replace(/=+$/u, ""),
      bytes.toString("base64url"),
      bytes.toString("hex"),
      bytes.toString("hex").toUpperCase(),
      // Behind one or two other bytes, as in `user:password`; the ends that depend on the neighbours are left out.
      ...[1, 2].map((before) => shifted(bytes, before)).filter((spelling) => spelling.length >= 8),
      Array.from(value).toReversed().join("")
    ])
  ].filter((spelling) => spelling.length >= 4)
}

const shifted = (bytes: Buffer, before: number): string =>
  Buffer.concat([Buffer.alloc(before), bytes])
    .toString("base64")
    .slice(before + 1)
    .replace(/=+$/u, "")
    .slice(0, -2)

/** Text without the given values and without what is shaped like a secret. */
export const cut = (text: string, values: ReadonlyArray<string>): string => {
  const known = values.flatMap(spellings).reduce((clean, value) => clean.replaceAll(value, "[redacted]"), text)
  return shapes.reduce((clean, [what, pattern]) => clean.replace(pattern, markOf(what)), known)
}

const markOf = (what: string): string =>
  what === "a signature in a URL" ? "&redacted=1" : what === "an e-mail address" ? "someone@example.test" : "[redacted]"

/** `clientSecret`, `x-api-key` and `secret[value]` as `client_secret`, `x_api_key` and `secret`. */
const plainName = (name: string): string =>
  name
    .replace(/\[.*$/u, "")
    .replaceAll(/([a-z\d])([A-Z])/gu, "$1_$2")
    .replaceAll("-", "_")

const isSecret = (name: string): boolean => secretField.test(name) || secretField.test(plainName(name))

/** A field's value, where its name says that nobody may see it. */
export const cutField = (name: string, value: string, values: ReadonlyArray<string>): string => {
  if (personalField.test(name) && value !== "")
    return name.toLowerCase().includes("email") ? "someone@example.test" : "[redacted]"
  return isSecret(name) && value !== "" ? "[redacted]" : cut(value, values)
}

/** Whatever stands below such a name, or is a number under it. */
const isHidden = (name: string, value: unknown): boolean =>
  isSecret(name) && (typeof value === "number" || (typeof value === "object" && value !== null))

export const cutJson = (json: unknown, values: ReadonlyArray<string>, name = ""): unknown => {
  if (typeof json === "string") return cutField(name, json, values)
  if (Array.isArray(json)) return json.map((item) => cutJson(item, values, name))
  if (typeof json !== "object" || json === null) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [
      cut(key, values),
      cutJson(isHidden(key, value) ? "hidden" : value, values, key)
    ])
  )
}

/** A path with its query, in which signatures, keys and tokens have no value any more. */
export const cutTarget = (target: string, values: ReadonlyArray<string>): string => {
  const [path = "", query] = target.split(/\?(.*)/su)
  const clean = cut(path, values)
  if (query === undefined) return clean
  const parameters = [...new URLSearchParams(query)].map(([name, value]): [string, string] => [
    cut(name, values),
    signedParameter.test(name) ? "redacted" : cutField(name, value, values)
  ])
  return `${clean}?${new URLSearchParams(parameters).toString()}`
}

const keptRequestHeaders = new Set(["accept", "content-type", "idempotency-key", "range", "stripe-version"])
const droppedResponseHeaders =
  /^(?:connection|content-encoding|content-length|date|keep-alive|server|set-cookie|transfer-encoding|alt-svc|cf-.*|x-amz-.*|.*token.*|.*secret.*|.*api-?key.*|www-authenticate|.*authoriz.*|.*cookie.*|.*organization.*)$/iu

/** Of a request only what tells what it is; of an answer all but what belongs to the connection or to somebody. */
export const cutHeaders = (
  headers: Headers,
  of: "request" | "response",
  values: ReadonlyArray<string>
): { readonly [name: string]: string } =>
  Object.fromEntries(
    [...headers]
      .filter(([name]) => (of === "request" ? keptRequestHeaders.has(name) : !droppedResponseHeaders.test(name)))
      .map(([name, value]) => [name, boundaryless(cut(value, values))])
  )

/** A boundary is another one in every run. */
export const boundaryless = (contentType: string): string =>
  contentType.replace(/(boundary=)"?[^";]+"?/iu, "$1cassette")
