import { isDeepStrictEqual } from "node:util"
import { nearest } from "@image-skill/core/envelope/Nearest"
import * as Cassette from "./Cassette.ts"
import * as Network from "./Network.ts"

/** Somebody on this machine who stands in for a provider: give its address to a client as the base URL. */
export interface Tape extends AsyncDisposable {
  readonly url: string
  /** The same without a socket: requests to `url`, or to the origin that was recorded. */
  readonly fetch: typeof globalThis.fetch
  /** What was recorded so far, or what is played. */
  readonly cassette: () => Cassette.Cassette
  /** Requests that no exchange answers, in words. Empty while it records. */
  readonly misses: () => ReadonlyArray<string>
  /** Throws when a request was missed, or, in strict order, when exchanges were never asked for. */
  readonly check: () => void
  readonly close: () => Promise<void>
}

/** A request came that the cassette has no answer to. The message names what comes closest. */
export class CassetteMiss extends Error {
  override readonly name = "CassetteMiss"
}

export interface RecordOptions {
  /** The other side, e.g. `https://api.stripe.com`. */
  readonly upstream: string
  /** Further origins that its answers name, e.g. where its media are; they are reached through the tape, too. */
  readonly origins?: ReadonlyArray<string>
  /** What the cassette is about, for its readers. */
  readonly about: string
  /** Values that may stand nowhere in it, in no spelling, e.g. the key that is used. */
  readonly secrets: ReadonlyArray<string>
}

/** Passes everything on to the other side, and keeps it without its secrets. */
export const record = ({ about, origins = [], secrets, upstream }: RecordOptions): Promise<Tape> => {
  const exchanges: Array<Cassette.Exchange | null> = []
  const hosts = [upstream, ...origins].map((url) => new URL(url).origin)
  return serve({
    cassette: () => ({ cassette: 1, about, exchanges: exchanges.flatMap((exchange) => exchange ?? []) }),
    misses: () => [],
    unused: () => 0,
    answer: async (request, target, url) => {
      const place = exchanges.push(null) - 1
      const rename = renaming(hosts, url)
      const asked = await Cassette.requestOf(request, target, rename, secrets)
      const keep = (answer: Cassette.ExchangeAnswer) => {
        exchanges[place] = { request: asked, answer }
      }
      try {
        const response = await fetch(await forwarded(request, target, url, hosts))
        const given = await Cassette.answerOf(response.clone(), rename, secrets)
        keep(given)
        // The client gets everything, secrets included; only its addresses lead through the tape.
        return await renamed(response, (text) => rename(text).replaceAll("{tape}", url))
      } catch (error) {
        keep({ failure: error instanceof Error ? error.message : "broken" })
        throw error
      }
    }
  })
}

export interface PlayOptions {
  /** `strict`: the requests come in the recorded order. `any`: in any order, each exchange once. */
  readonly order?: "strict" | "any"
  /** The same as when it was recorded, so that requests compare. */
  readonly secrets?: ReadonlyArray<string>
}

/** Answers as it was recorded, and nobody else is asked. */
export const play = (
  cassette: Cassette.Cassette,
  { order = "strict", secrets = [] }: PlayOptions = {}
): Promise<Tape> => {
  const left = [...cassette.exchanges]
  const misses: Array<string> = []
  return serve({
    cassette: () => cassette,
    misses: () => misses,
    unused: () => (order === "strict" ? left.length : 0),
    answer: async (request, target, url) => {
      const asked = await Cassette.requestOf(request, target, (text) => text.replaceAll(url, "{tape}"), secrets)
      const at = left.findIndex((exchange) => isSame(exchange.request, asked))
      const found = at === -1 || (order === "strict" && at > 0) ? undefined : left.splice(at, 1)[0]
      if (found === undefined) {
        const miss = missed(asked, left, at)
        misses.push(miss)
        throw new CassetteMiss(miss)
      }
      const { answer } = found
      if ("failure" in answer) throw Network.connectionReset()
      const unname = (text: string) => text.replaceAll("{tape}", url)
      const headers = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, unname(value)])
      const body = answer.body === null ? null : Cassette.bytesOf(answer.body, unname)
      return new Response(body, { status: answer.status, headers })
    }
  })
}

/**
 * Plays the cassette of a file; with the variable `CASSETTES` set to `record` it records it anew from `upstream`, and
 * writes the file when it is closed. A file that is not there is an error, never a reason to call anybody.
 */
export const open = async (path: string, options: RecordOptions & PlayOptions): Promise<Tape> => {
  if (process.env["CASSETTES"] !== "record") return play(Cassette.read(path), options)
  const tape = await record(options)
  const close = async () => {
    await tape.close()
    Cassette.write(path, tape.cassette())
  }
  return { ...tape, close, [Symbol.asyncDispose]: close }
}

interface Part extends Pick<Tape, "cassette" | "misses"> {
  readonly unused: () => number
  readonly answer: (request: Request, target: string, url: string) => Promise<Response>
}

const serve = async ({ answer, cassette, misses, unused }: Part): Promise<Tape> => {
  const door = await Network.listen(0)
  const url = `http://127.0.0.1:${door.port}`
  const carry: Network.Carry = (request) => answer(request, targetOf(request.url), url)
  door.open(
    (request) =>
      carry(request).catch((error: unknown) => {
        if (!(error instanceof CassetteMiss)) throw error
        return Response.json({ error: { type: "cassette_miss", message: error.message } }, { status: 501 })
      }),
    url
  )
  return {
    url,
    fetch: (input, init) => carry(new Request(typeof input === "string" ? new URL(input, url) : input, init)),
    cassette,
    misses,
    check: () => {
      const [first] = misses()
      if (first !== undefined) throw new CassetteMiss(first)
      if (unused() > 0) throw new CassetteMiss(`${unused()} recorded requests never came`)
    },
    close: door.close,
    [Symbol.asyncDispose]: door.close
  }
}

const targetOf = (url: string): string => {
  const { pathname, search } = new URL(url)
  return `${pathname}${search}`
}

/** The n-th further origin is below `/@n` of the tape. */
const renaming =
  (hosts: ReadonlyArray<string>, url: string): Cassette.Rename =>
  (text) =>
    hosts
      .reduce((named, host, index) => named.replaceAll(host, index === 0 ? "{tape}" : `{tape}/@${index}`), text)
      .replaceAll(url, "{tape}")

/** The same request to the other side, in whose words its own address stands. */
const forwarded = async (
  request: Request,
  target: string,
  url: string,
  hosts: ReadonlyArray<string>
): Promise<Request> => {
  const [, index = "0", rest = target] = /^\/@(\d+)(\/.*)$/su.exec(target) ?? []
  const host = hosts[Number(index)] ?? hosts[0] ?? ""
  const headers = new Headers(request.headers)
  for (const name of ["host", "content-length", "connection", "accept-encoding"]) headers.delete(name)
  const bytes = await request.clone().arrayBuffer()
  const isText = /json|text|urlencoded/u.test(headers.get("content-type") ?? "")
  const unnamed = (text: string) => text.replaceAll(`${url}/@${index}`, host).replaceAll(url, hosts[0] ?? "")
  const body = isText ? new TextEncoder().encode(unnamed(new TextDecoder().decode(bytes))) : new Uint8Array(bytes)
  return new Request(`${host}${rest}`, {
    method: request.method,
    headers,
    redirect: "manual",
    signal: request.signal,
    ...(body.length === 0 ? {} : { body })
  })
}

const renamed = async (response: Response, rename: Cassette.Rename): Promise<Response> => {
  const headers = new Headers([...response.headers].map(([name, value]) => [name, rename(value)]))
  for (const name of ["content-length", "content-encoding", "transfer-encoding"]) headers.delete(name)
  const isText = /json|text/u.test(headers.get("content-type") ?? "")
  const bytes = await response.arrayBuffer()
  const isEmpty = bytes.byteLength === 0
  const body = isText ? new TextEncoder().encode(rename(new TextDecoder().decode(bytes))) : new Uint8Array(bytes)
  return new Response(isEmpty ? null : body, { status: response.status, headers })
}

const isSame = (left: Cassette.ExchangeRequest, right: Cassette.ExchangeRequest): boolean =>
  left.method === right.method && left.target === right.target && isDeepStrictEqual(left.body, right.body)

const lineOf = ({ method, target }: Cassette.ExchangeRequest): string => `${method} ${target}`

const missed = (asked: Cassette.ExchangeRequest, left: ReadonlyArray<Cassette.Exchange>, at: number): string => {
  const said = `the cassette has no answer to ${lineOf(asked)}`
  const lines = left.map(({ request }) => lineOf(request))
  if (at > 0) return `${said} yet: ${lines[0]} comes before it`
  const twin = left.find(({ request }) => lineOf(request) === lineOf(asked))
  if (twin !== undefined)
    return `${said} with this body; it was recorded with ${JSON.stringify(twin.request.body).slice(0, 400)}, and came with ${JSON.stringify(asked.body).slice(0, 400)}`
  const near = nearest(lineOf(asked), lines) ?? lines[0]
  return near === undefined
    ? `${said}, and nothing is left in it`
    : `${said}; the nearest that is left is ${near} (${lines.length} in all)`
}
