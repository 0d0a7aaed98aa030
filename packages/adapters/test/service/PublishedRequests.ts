import { readFileSync } from "node:fs"
import * as Http from "node:http"
import { assert } from "@effect/vitest"
import { jsonField } from "@image-skill/core/envelope/JsonFields"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { violations } from "./JsonSchema.ts"
import { obeysRules } from "./PublishedRules.ts"
import { json, type RawReply } from "./RawHttp.ts"

/**
 * What a published client sends, request by request, and what it reads of the answers, as a schema of exactly those
 * fields (contract/api.md 15 and 16, contract/cli.md 5, 6 and 13).
 */
const Fixture = Schema.Struct({
  command: Schema.String,
  /** Parts of answers that several have, named by `#/shapes/NAME`. */
  shapes: Schema.optionalKey(Schema.JsonObject),
  requests: Schema.Array(
    Schema.Struct({
      method: Schema.Literals(["GET", "POST"]),
      path: Schema.String,
      headers: Schema.Array(Schema.Tuple([Schema.String, Schema.String])),
      body: Schema.Json,
      status: Schema.Number,
      /** Null for media, which have no envelope. */
      exit: Schema.NullOr(Schema.Number),
      answer: Schema.Json
    })
  )
})
export type Sent = (typeof Fixture.Type)["requests"][number]

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Fixture))

const parseJson = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Json))

/** Each in a folder of its own. */
const folders = { "0.1.24": "published-client", "0.1.70": "published-client-0.1.70" } as const
export type Version = keyof typeof folders

export const fixture = (name: string, version: Version = "0.1.24"): typeof Fixture.Type =>
  decode(readFileSync(new URL(`${folders[version]}/${name}.json`, import.meta.url), "utf8"))

/** What stands for a word of a fixture in this run. */
export type Words = { readonly [word: string]: string }

const filled = (text: string, words: Words): string =>
  Object.entries(words).reduce((all, [word, value]) => all.replaceAll(word, value), text)

/** Sends the headers as they stand in the fixture: their order, their spelling, and none beside them. */
export const send = (origin: string, { body, headers, method, path }: Sent, words: Words): Effect.Effect<RawReply> =>
  Effect.promise(
    () =>
      new Promise((resolve, reject) => {
        const text = body === null ? "" : filled(JSON.stringify(body), words)
        const length = body === null ? [] : ["content-length", `${Buffer.byteLength(text)}`]
        const all = [...headers.flatMap(([name, value]) => [name, filled(value, words)]), ...length]
        const request = Http.request(origin, { method, path: filled(path, words), headers: all, agent: false })
        request.on("error", reject)
        request.on("response", (response) => {
          const chunks: Array<Buffer> = []
          response.on("data", (chunk: Buffer) => chunks.push(chunk))
          response.on("end", () => {
            const bytes = Buffer.concat(chunks)
            const { headers, statusCode = 0 } = response
            resolve({ status: statusCode, headers, bytes, text: bytes.toString("utf8") })
          })
        })
        request.end(text)
      })
  )

/** contract/cli.md 1.5, as the published client has it: the header's number is the exit status, whatever `ok` says. */
const exitOf = ({ headers, status }: RawReply, ok: boolean): number => {
  const header = headers["x-image-skill-exit-code"]
  if (header !== undefined) return Number(header)
  if (ok) return 0
  if (status === 401 || status === 403) return 3
  if (status === 402 || status === 429) return 5
  return status >= 500 ? 7 : 1
}

/** Sends a fixture's requests in turn; each must answer as the fixture says, and obey every rule of contract/cli.md 13. */
export const replay = Effect.fnUntraced(function* (origin: string, name: string, words: Words, version?: Version) {
  const replies: Array<RawReply> = []
  const { requests, shapes = {} } = fixture(name, version)
  for (const sent of requests) {
    const about = `${name}: ${sent.method} ${sent.path}`
    const reply = yield* send(origin, sent, words)
    replies.push(reply)
    assert.strictEqual(reply.status, sent.status, `${about}: ${reply.text.slice(0, 300)}`)
    if (sent.exit === null) continue
    const body = json(reply)
    obeysRules({ method: sent.method, path: filled(sent.path, words), body: sent.body, reply })
    const answer = parseJson(filled(JSON.stringify(sent.answer), words))
    assert.deepStrictEqual(violations({ shapes }, answer, body), [], about)
    assert.match(String(reply.headers["x-image-skill-exit-code"]), /^\d$/u, about)
    assert.strictEqual(exitOf(reply, jsonField(body, "ok") === true), sent.exit, about)
    if (name !== "signup") assert.notInclude(reply.text, "isk_r_", about)
  }
  return replies
})

export const data = (reply: RawReply | undefined) => jsonField(reply === undefined ? null : json(reply), "data")

export const listOf = (value: Schema.Json | undefined): ReadonlyArray<Schema.Json> => (isList(value) ? value : [])

const isList = (value: Schema.Json | undefined): value is Schema.JsonArray => Array.isArray(value)

export const numberOf = (value: Schema.Json | undefined, field: string): number | null => {
  const number = jsonField(value, field)
  return typeof number === "number" ? number : null
}

export const isOk = (reply: RawReply | undefined) => reply !== undefined && jsonField(json(reply), "ok") === true
