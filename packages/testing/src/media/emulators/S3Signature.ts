import { createHash, createHmac, timingSafeEqual } from "node:crypto"
import type { EmulatedCall } from "./Emulator.ts"

/** Who may ask, as the emulator knows them. */
export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Temporary credentials come with a token, which then is required. */
  readonly sessionToken: string | null
  readonly region: string
}

/** Why a request is not taken, by S3's own codes. */
export interface S3Refusal {
  readonly status: number
  readonly code: string
}

const skewMillis = 15 * 60_000

/**
 * Checks a request by Signature Version 4, whether it is signed in its header or in its query; null when it is right.
 * From "Signing AWS API requests" (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
export const refusalOf = (call: EmulatedCall, credentials: S3Credentials, now: number): S3Refusal | null => {
  const presigned = call.query.has("X-Amz-Signature")
  const signed = presigned ? fromQuery(call) : fromHeader(call)
  if (signed === null) return { status: 403, code: "AccessDenied" }
  const { date, expires, names, payload, scope, signature, token } = signed
  const [keyId, day, region, service, end] = scope
  if (keyId !== credentials.accessKeyId) return { status: 403, code: "InvalidAccessKeyId" }
  if (region !== credentials.region || service !== "s3" || end !== "aws4_request" || day !== date.slice(0, 8)) {
    return { status: 400, code: "AuthorizationHeaderMalformed" }
  }
  if ((token ?? null) !== credentials.sessionToken) return { status: 403, code: "InvalidToken" }
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u, "$1-$2-$3T$4:$5:$6Z"))
  if (Number.isNaN(at)) return { status: 403, code: "AccessDenied" }
  if (expires !== null && now > at + expires * 1000) return { status: 403, code: "AccessDenied" }
  if (expires === null ? Math.abs(now - at) > skewMillis : at - now > skewMillis) {
    return { status: 403, code: "RequestTimeTooSkewed" }
  }
  if (!names.includes("host") || !areAllSigned(call, names)) return { status: 403, code: "AccessDenied" }
  const expected = signatureOf(call, signed, credentials)
  if (!isSame(expected, signature)) return { status: 403, code: "SignatureDoesNotMatch" }
  if (/^[0-9a-f]{64}$/u.test(payload)) {
    return payload === sha256(call.body) ? null : { status: 400, code: "XAmzContentSHA256Mismatch" }
  }
  return payload === "UNSIGNED-PAYLOAD" ? null : { status: 501, code: "NotImplemented" }
}

interface Signed {
  readonly date: string
  /** Seconds, of a presigned request. */
  readonly expires: number | null
  readonly names: ReadonlyArray<string>
  readonly payload: string
  readonly scope: ReadonlyArray<string>
  readonly signature: string
  readonly token: string | undefined
}

const fromHeader = ({ headers }: EmulatedCall): Signed | null => {
  const match = /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/u.exec(
    headers.authorization ?? ""
  )
  if (match === null) return null
  return {
    date: textOf(headers["x-amz-date"]),
    expires: null,
    names: (match[2] ?? "").split(";"),
    payload: textOf(headers["x-amz-content-sha256"]),
    scope: (match[1] ?? "").split("/"),
    signature: match[3] ?? "",
    token: headers["x-amz-security-token"] === undefined ? undefined : textOf(headers["x-amz-security-token"])
  }
}

const fromQuery = ({ query }: EmulatedCall): Signed | null => {
  const expires = Number(query.get("X-Amz-Expires"))
  if (query.get("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256" || !(expires > 0 && expires <= 604_800)) return null
  return {
    date: query.get("X-Amz-Date") ?? "",
    expires,
    names: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
    payload: "UNSIGNED-PAYLOAD",
    scope: (query.get("X-Amz-Credential") ?? "").split("/"),
    signature: query.get("X-Amz-Signature") ?? "",
    token: query.get("X-Amz-Security-Token") ?? undefined
  }
}

/** What begins with `x-amz-` changes what a request means, so all of it is signed. */
const areAllSigned = ({ headers }: EmulatedCall, names: ReadonlyArray<string>): boolean =>
  Object.keys(headers).every((name) => !name.startsWith("x-amz-") || names.includes(name))

const signatureOf = (call: EmulatedCall, signed: Signed, { secretAccessKey }: S3Credentials): string => {
  const { date, names, payload, scope } = signed
  const canonical = [
    call.method,
    call.path.split("/").map(encodeSegment).join("/"),
    canonicalQuery(call.query),
    ...names.map((name) => `${name}:${textOf(call.headers[name]).trim().replaceAll(/\s+/gu, " ")}`),
    "",
    names.join(";"),
    payload
  ].join("\n")
  const toSign = ["AWS4-HMAC-SHA256", date, scope.slice(1).join("/"), sha256(canonical)].join("\n")
  const key = scope.slice(1).reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`)
  return hmac(key, toSign).toString("hex")
}

const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&")

/** As AWS wants it: everything but letters, digits, `-`, `.`, `_` and `~`. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/gu, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)

/** Objects' names are encoded once, whatever the sender encoded of them. */
const encodeSegment = (segment: string): string => encode(decodeURIComponent(segment))

const textOf = (header: string | ReadonlyArray<string> | undefined): string =>
  typeof header === "string" ? header : (header ?? []).join(",")

const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex")

const hmac = (key: Buffer | string, content: string): Buffer => createHmac("sha256", key).update(content).digest()

const isSame = (expected: string, given: string): boolean =>
  expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given))
