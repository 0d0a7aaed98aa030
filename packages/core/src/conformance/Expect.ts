import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { entryOf, type ErrorCode } from "../envelope/ErrorRegistry.ts"
import { isJsonObject, jsonField } from "../envelope/JsonFields.ts"
import { type Ask, type Heard, Prober } from "./Prober.ts"
import { Broken, type Finding, Skipped } from "./Rule.ts"
import { is, type Shape } from "./Shape.ts"
import { shown } from "./Shown.ts"

export interface Expected {
  readonly status?: number | ReadonlyArray<number>
  /** What `x-image-skill-exit-code` says. */
  readonly exit?: number
  /** By their names in lower case. */
  readonly headers?: { readonly [name: string]: Shape }
  /** By their paths in the answer, e.g. `data.packs.*.credits`: a star stands for each element of a list. */
  readonly fields?: { readonly [path: string]: Shape }
}

/** The answer, where it is as expected; otherwise the first thing that is not. */
export const verify = (heard: Heard, expected: Expected): Effect.Effect<Heard, Finding> => {
  const { exit, fields = {}, headers = {}, status } = expected
  const statuses = typeof status === "number" ? [status] : status
  if (heard.status === 429 && statuses?.includes(429) !== true)
    return Effect.fail(new Skipped({ why: `${heard.request} was answered with 429: the service limits the rate` }))
  const fails = (what: string, got: string) => Effect.fail(new Broken({ expected: what, got, request: heard.request }))
  if (statuses !== undefined && !statuses.includes(heard.status))
    return fails(`status ${statuses.join(" or ")}`, `${heard.status}${codeIn(heard)}`)
  const sent = heard.headers["x-image-skill-exit-code"]
  if (exit !== undefined && sent !== `${exit}`) return fails(`x-image-skill-exit-code ${exit}`, shown(sent))
  for (const [name, shape] of Object.entries(headers)) {
    if (!shape.fits(heard.headers[name])) return fails(`${name}: ${shape.name}`, shown(heard.headers[name]))
  }
  for (const [path, shape] of Object.entries(fields)) {
    const wrong = valuesAt(heard.json, path).find((value) => !shape.fits(value.found))
    if (wrong !== undefined) return fails(`${path}: ${shape.name}`, shown(wrong.found))
  }
  return Effect.succeed(heard)
}

const codeIn = ({ json }: Heard): string => {
  const code = jsonField(jsonField(json, "error"), "code")
  return code === undefined ? "" : ` ${shown(code)}`
}

/** Each value that a path leads to; where there is none, one that is undefined. */
const valuesAt = (json: Schema.Json, path: string): ReadonlyArray<{ readonly found: Schema.Json | undefined }> =>
  path.split(".").reduce<ReadonlyArray<{ readonly found: Schema.Json | undefined }>>(
    (values, name) =>
      values.flatMap(({ found }) => {
        if (name !== "*") return [{ found: fieldOf(found, name) }]
        return isList(found) ? found.map((item) => ({ found: item })) : [{ found: undefined }]
      }),
    [{ found: json }]
  )

const fieldOf = (value: Schema.Json | undefined, name: string): Schema.Json | undefined =>
  isList(value)
    ? value[Number(name)]
    : Object.hasOwn(isJsonObject(value) ? value : {}, name)
      ? jsonField(value, name)
      : undefined

const isList = (value: Schema.Json | undefined): value is Schema.JsonArray => Array.isArray(value)

/** The value at a path without stars. */
export const at = ({ json }: Heard, path: string): Schema.Json | undefined => valuesAt(json, path)[0]?.found

export const textAt = (heard: Heard, path: string): string => {
  const found = at(heard, path)
  return typeof found === "string" ? found : ""
}

export const numberAt = (heard: Heard, path: string): number => {
  const found = at(heard, path)
  return typeof found === "number" ? found : Number.NaN
}

export const listAt = (heard: Heard, path: string): ReadonlyArray<Schema.Json> => {
  const found = at(heard, path)
  return isList(found) ? found : []
}

export const ask = (request: Ask): Effect.Effect<Heard, Finding, Prober> =>
  Effect.flatMap(Prober, (prober) => prober.ask(request))

/** Asks, and holds the answer to what is expected. */
export const answers = (request: Ask, expected: Expected): Effect.Effect<Heard, Finding, Prober> =>
  Effect.flatMap(ask(request), (heard) => verify(heard, expected))

/** A success whose fields are such. */
export const gives = (request: Ask, fields: Expected["fields"] = {}): Effect.Effect<Heard, Finding, Prober> =>
  answers(request, { status: [200, 201], exit: 0, fields: { ok: is(true), ...fields } })

/** A refusal with the status and the exit code that the registry has for its code; or with one of several codes. */
export const refuses = (
  request: Ask,
  code: ErrorCode | ReadonlyArray<ErrorCode>,
  expected: Expected = {}
): Effect.Effect<Heard, Finding, Prober> =>
  Effect.flatMap(ask(request), (heard) => {
    const codes = typeof code === "string" ? [code] : code
    const sent = codes.find((one) => one === at(heard, "error.code")) ?? codes[0] ?? "INTERNAL_ERROR"
    const { exitCode, status } = entryOf(sent)
    return verify(heard, {
      ...expected,
      status: expected.status ?? status ?? 400,
      exit: expected.exit ?? exitCode,
      fields: { ok: is(false), "error.code": is(...codes), ...expected.fields }
    })
  })

export const skip = (why: string): Effect.Effect<never, Finding> => Effect.fail(new Skipped({ why }))

/** Holds something that is no field: what was expected and what came, in words. */
export const holds = (
  isSo: boolean,
  { request }: Pick<Heard, "request">,
  expected: string,
  got: Schema.Json | undefined
): Effect.Effect<void, Finding> =>
  isSo ? Effect.void : Effect.fail(new Broken({ request, expected, got: shown(got) }))
