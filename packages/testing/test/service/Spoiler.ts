import { type HttpReply, type HttpRequest, HttpTransport } from "@image-skill/core/service/HttpTransport"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export interface Exchange {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly authorization: string | null
  readonly body: string
}

/** One thing that is wrong with a service that is right otherwise. */
export interface Spoiler {
  readonly name: string
  /** What it makes of a request before it is answered. */
  readonly before?: (request: HttpRequest, exchange: Exchange) => HttpRequest
  readonly after?: (reply: HttpReply, exchange: Exchange) => HttpReply
  /** What it makes of media: bytes are dropped, or headers changed. */
  readonly media?: (reply: { readonly status: number; readonly headers: HttpReply["headers"] }) => {
    readonly status: number
    readonly headers: HttpReply["headers"]
    readonly cut?: true
  }
}

export const spoiled = (make: () => Spoiler) =>
  Layer.effect(
    HttpTransport,
    Effect.gen(function* () {
      const transport = yield* HttpTransport
      const { after, before, media } = make()
      return HttpTransport.of({
        send: (request) => {
          const exchange = exchangeOf(request)
          const sent = before === undefined ? request : before(request, exchange)
          return Effect.map(transport.send(sent), (reply) => (after === undefined ? reply : after(reply, exchange)))
        },
        download: (request) =>
          Effect.map(transport.download(request), ({ body, ...head }) => {
            const { cut, ...changed } = media === undefined ? { ...head, cut: undefined } : media(head)
            return { ...changed, body: cut === true ? none() : body }
          })
      })
    })
  )

async function* none(): AsyncGenerator<Uint8Array> {}

const exchangeOf = ({ body, headers, method, url }: HttpRequest): Exchange => {
  const { pathname, search } = new URL(url)
  return {
    method,
    path: pathname,
    query: search,
    authorization: headers["authorization"] ?? null,
    body: typeof body === "string" ? body : ""
  }
}

/** Fields of an answer, changed where the answer is a success of one of these addresses. */
export const fields = (
  name: string,
  where: RegExp,
  values: { readonly [path: string]: unknown },
  only: (exchange: Exchange) => boolean = () => true
): (() => Spoiler) =>
  edited(name, (json, exchange, reply) =>
    where.test(`${exchange.method} ${exchange.path}`) && only(exchange) && reply.status < 300
      ? Object.entries(values).reduce((changed, [path, value]) => put(changed, path.split("."), value), json)
      : null
  )

/** Every answer that is JSON, as somebody makes it; null leaves it. */
export const edited =
  (name: string, edit: (json: unknown, exchange: Exchange, reply: HttpReply) => unknown): (() => Spoiler) =>
  () => ({
    name,
    after: (reply, exchange) => {
      const json = parse(reply.text)
      const changed = json === undefined ? null : edit(json, exchange, reply)
      return changed === null ? reply : { ...reply, text: JSON.stringify(changed) }
    }
  })

export const headers =
  (name: string, where: RegExp, values: { readonly [name: string]: string | null }): (() => Spoiler) =>
  () => ({
    name,
    after: (reply, { method, path }) =>
      where.test(`${method} ${path}`)
        ? {
            ...reply,
            headers: Object.fromEntries(
              Object.entries({ ...reply.headers, ...values }).flatMap(([key, value]) =>
                value === null ? [] : [[key, value]]
              )
            )
          }
        : reply
  })

/** A service that says yes where it should say no: by a code, and where it matters, a status. */
export const yes =
  (code: string, status?: number): (() => Spoiler) =>
  () => ({
    name: `${code}${status === undefined ? "" : ` (${status})`} is a success`,
    after: (reply, { path }) => {
      const json = parse(reply.text)
      if (codeOf(json) !== code || (status !== undefined && reply.status !== status)) return reply
      const text = JSON.stringify({ ...objectOf(json), ok: true, data: { path }, error: null })
      return { ...reply, status: 200, headers: { ...reply.headers, "x-image-skill-exit-code": "0" }, text }
    }
  })

/** The fields of whatever it is. */
export const objectOf = (value: unknown): object => Object(value) as object

/** The error of an answer, whatever it is. */
export const errorOf = (json: unknown): object => objectOf(Reflect.get(objectOf(json), "error"))

const codeOf = (json: unknown): unknown => Reflect.get(errorOf(json), "code")

export const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** A function as a value makes the new value of the old one. A star stands for every element. */
const put = (json: unknown, [name, ...rest]: ReadonlyArray<string>, value: unknown): unknown => {
  if (name === undefined) return typeof value === "function" ? (value as (old: unknown) => unknown)(json) : value
  if (name === "*") return Array.isArray(json) ? json.map((item: unknown) => put(item, rest, value)) : json
  if (Array.isArray(json))
    return json.map((item: unknown, index) => (index === Number(name) ? put(item, rest, value) : item))
  if (typeof json !== "object" || json === null) return json
  const old = Reflect.get(json, name) as unknown
  return { ...json, [name]: put(old, rest, value) }
}
