import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import * as Schema from "effect/Schema"
import { boundaryless, cut, cutField, cutHeaders, cutJson, cutTarget } from "./CassetteSecrets.ts"

/** A body as a reader can read it, and, for bytes that nobody reads, their digest or the bytes themselves. */
const Body = Schema.Union([
  Schema.Null,
  Schema.Struct({ json: Schema.Json }),
  /** `name=value`, decoded, a field a line. */
  Schema.Struct({ form: Schema.Array(Schema.String) }),
  Schema.Struct({ text: Schema.String }),
  Schema.Struct({ bytes: Schema.Number, sha256: Schema.String, base64: Schema.optionalKey(Schema.String) })
])
export type Body = typeof Body.Type

const HeadersJson = Schema.Record(Schema.String, Schema.String)

export const ExchangeRequest = Schema.Struct({
  method: Schema.String,
  /** Below the origin that was recorded; with its query. */
  target: Schema.String,
  headers: HeadersJson,
  body: Body
})
export type ExchangeRequest = typeof ExchangeRequest.Type

export const ExchangeAnswer = Schema.Union([
  Schema.Struct({ status: Schema.Number, headers: HeadersJson, body: Body }),
  /** The connection broke before there was an answer. */
  Schema.Struct({ failure: Schema.String })
])
export type ExchangeAnswer = typeof ExchangeAnswer.Type

export const Exchange = Schema.Struct({ request: ExchangeRequest, answer: ExchangeAnswer })
export type Exchange = typeof Exchange.Type

/** Traffic with one side, in the order in which it went. Its own address stands in it as `{tape}`. */
export const Cassette = Schema.Struct({
  cassette: Schema.Literal(1),
  about: Schema.String,
  exchanges: Schema.Array(Exchange)
})
export type Cassette = typeof Cassette.Type

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Cassette))

export const read = (path: string): Cassette => decode(readFileSync(path, "utf8"))

export const format = (cassette: Cassette): string => `${JSON.stringify(cassette, null, 2)}\n`

/** By convention a cassette is called `NAME.cassette.json`, so that `checkCassettes` finds it. */
export const write = (path: string, cassette: Cassette): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, format(cassette))
}

/** How text stands in a cassette: what is the side's own address is `{tape}`. */
export type Rename = (text: string) => string

/** A request as it is kept and compared: without secrets, and without what differs from run to run. */
export const requestOf = async (
  request: Request,
  target: string,
  rename: Rename,
  secrets: ReadonlyArray<string>
): Promise<ExchangeRequest> => ({
  method: request.method,
  target: cutTarget(rename(target), secrets),
  headers: cutHeaders(request.headers, "request", secrets),
  body: bodyOf(
    new Uint8Array(await request.clone().arrayBuffer()),
    request.headers.get("content-type") ?? "",
    rename,
    secrets,
    false
  )
})

export const answerOf = async (
  response: Response,
  rename: Rename,
  secrets: ReadonlyArray<string>
): Promise<ExchangeAnswer> => {
  const headers = cutHeaders(response.headers, "response", secrets)
  const body = new Uint8Array(await response.arrayBuffer())
  return {
    status: response.status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, rename(value)])),
    body: bodyOf(body, response.headers.get("content-type") ?? "", rename, secrets, true)
  }
}

/** The bytes of a body as the other side gets them. */
export const bytesOf = (body: Body, unname: Rename): Uint8Array<ArrayBuffer> => {
  const encode = (text: string) => new Uint8Array(Buffer.from(unname(text), "utf8"))
  if (body === null) return new Uint8Array()
  if ("json" in body) return encode(JSON.stringify(body.json))
  if ("form" in body) return encode(formOf(body.form))
  return "text" in body ? encode(body.text) : new Uint8Array(Buffer.from(body.base64 ?? "", "base64"))
}

const formOf = (fields: ReadonlyArray<string>): string =>
  new URLSearchParams(
    fields.map((field): [string, string] => {
      const [name = "", value = ""] = field.split(/=(.*)/su)
      return [name, value]
    })
  ).toString()

const bodyOf = (
  bytes: Uint8Array,
  contentType: string,
  rename: Rename,
  secrets: ReadonlyArray<string>,
  isKept: boolean
): Body => {
  if (bytes.length === 0) return null
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? ""
  const text = () => rename(Buffer.from(bytes).toString("utf8"))
  if (/[/+]json$/u.test(type)) {
    const json = jsonOf(text())
    if (json !== undefined) return { json: toJson(cutJson(json, secrets)) }
  }
  if (type === "application/x-www-form-urlencoded")
    return {
      form: [...new URLSearchParams(Buffer.from(bytes).toString("utf8"))].map(
        ([name, value]) => `${name}=${cutField(lastPartOf(name), rename(value), secrets)}`
      )
    }
  if (type.startsWith("text/")) return { text: cut(text(), secrets) }
  const content = type.startsWith("multipart/") ? withoutBoundary(bytes, contentType) : bytes
  const digest = { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") }
  return isKept ? { ...digest, base64: Buffer.from(bytes).toString("base64") } : digest
}

/** `metadata[client_secret]` is a field called `client_secret`. */
const lastPartOf = (name: string): string => /\[([^\]]+)\]$/u.exec(name)?.[1] ?? name

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const toJson = Schema.decodeUnknownSync(Schema.Json)

const withoutBoundary = (bytes: Uint8Array, contentType: string): Uint8Array => {
  const boundary = /boundary="?([^";]+)"?/iu.exec(contentType)?.[1]
  if (boundary === undefined || boundaryless(contentType) === contentType) return bytes
  return Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll(boundary, "cassette"), "latin1")
}
