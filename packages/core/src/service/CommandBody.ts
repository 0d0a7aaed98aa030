import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Parsed } from "../envelope/Arguments.ts"
import { type CommandName, specOf } from "../envelope/CommandBook.ts"
import { command, json, positional } from "../envelope/CommandLine.ts"
import { isDeeperThan, isJsonObject } from "../envelope/JsonFields.ts"
import { nearest } from "../envelope/Nearest.ts"
import { credentialField, credentialValueField } from "../envelope/PaymentCredential.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import { ReferenceRequest } from "../jobs/CreateRequest.ts"
import { referenceFlags } from "../media/ReferenceFlags.ts"
import { operationsOf, type Place, placeOf } from "./CommandOperations.ts"
import { decodeRequest, notAnObject } from "./DecodeRequest.ts"
import { operationOf } from "./Operations.ts"
import { deepest } from "./RequestLimits.ts"
import { requests } from "./Requests.ts"

/**
 * The arguments of a command with the fields of a request body as its flags, so that a body goes the very way that typed
 * flags go: every guard, cap and key rule holds for it. One refusal names everything that is wrong: fields the request
 * does not have, values of another kind, fields that no flag carries, and fields that a flag gives, too.
 */
export const withBody = (parsed: Parsed, body: Schema.Json): Result.Result<Parsed, Refusal> => {
  const { name } = parsed
  if (!isJsonObject(body)) return Result.fail(unsent(name, notAnObject()))
  if (isDeeperThan(body, deepest)) return Result.fail(tooDeep(name))
  const credential = credentialField(body) ?? (name.startsWith("credits ") ? credentialValueField(body) : null)
  if (credential !== null) return Result.fail(credentialRejected(credential))
  const fields = fieldsOf(name)
  const sent = asSent(name, body)
  const rules = Schema.Struct(
    Object.fromEntries(Object.keys(sent).map((field) => [field, ruleOf(parsed, fields, field, sent[field])]))
  )
  return Result.match(decodeRequest(rules, sent), {
    onFailure: (refusal) => Result.fail(unsent(name, refusal)),
    onSuccess: () => Result.succeed(filled(parsed, Object.keys(fields), sent))
  })
}

type Fields = { readonly [field: string]: Schema.Codec<unknown, unknown> }

const fieldsOf = (name: CommandName): Fields => {
  const [id] = operationsOf(name)
  return id === undefined ? {} : requests[id].from.fields
}

/** Requests whose fields stand in their path and query. */
const bodiless: ReadonlySet<string> = new Set(["GET", "DELETE"])

/** What stands in a path or a query is text, however a program writes it. */
const asSent = (name: CommandName, body: Schema.JsonObject): Schema.JsonObject => {
  const [id] = operationsOf(name)
  const isText = id !== undefined && bodiless.has(operationOf(id).method)
  return Object.fromEntries(
    Object.entries(body).map(([field, value]) => [
      field,
      isText && (typeof value === "number" || typeof value === "boolean") ? `${value}` : value
    ])
  )
}

/** The schema of the field, or one that nothing fits, with the reason. */
const ruleOf = (
  parsed: Parsed,
  fields: Fields,
  field: string,
  value: Schema.Json | undefined
): Schema.Codec<unknown, unknown> => {
  const { name } = parsed
  const schema = Object.hasOwn(fields, field) ? fields[field] : undefined
  if (schema === undefined) {
    const near = nearest(field, Object.keys(fields))
    return refused(`is no field of ${name}${near === null ? "" : `; did you mean \`${near}\`?`}`)
  }
  const place = placeOf(name, field)
  if (place === null) {
    return refused(
      name === "upload"
        ? "is told by the picture itself; name it by its path or URL"
        : `has no flag of ${name}; leave it out`
    )
  }
  const twice = flagsOf(place).find((flagName) => parsed.flags.has(flagName))
  if (twice !== undefined) return refused(`is given twice: here, and by --${twice}`)
  // Without a value there would be no flag, and so no change.
  if (removable(name, field) && isEmpty(value)) return refused("is empty, which no flag can say; null takes it away")
  return place._tag === "Positional" && parsed.positionals.length > 0
    ? refused("is given twice: here, and as an argument")
    : schema
}

const refused = (message: string) => Schema.Unknown.check(Schema.makeFilter(() => false, { message }))

const flagsOf = (place: Place): ReadonlyArray<string> => {
  switch (place._tag) {
    case "Flag":
      return [place.name]
    case "References":
      return referenceFlags
    case "Positional":
      return []
  }
}

/** Flags that a request implies: a signup by HTTP is always one of an agent. */
const implied: { readonly [N in CommandName]?: string } = { signup: "agent" }

/** In the order of the request's fields, whatever the order of the body. */
const filled = (parsed: Parsed, order: ReadonlyArray<string>, sent: Schema.JsonObject): Parsed => {
  const flags = new Map(parsed.flags)
  const positionals = [...parsed.positionals]
  const add = (name: string, values: ReadonlyArray<string>): void => {
    if (values.length > 0) flags.set(name, [...(flags.get(name) ?? []), ...values])
  }
  for (const field of order) {
    const place = Object.hasOwn(sent, field) ? placeOf(parsed.name, field) : null
    const value = sent[field]
    if (place === null || value === undefined) continue
    if (value === null) add("remove", removable(parsed.name, field) ? [field] : [])
    else if (place._tag === "Flag") add(place.name, valuesOf(place, value))
    else if (place._tag === "Positional") positionals.push(textOf(value))
    else for (const [name, reference] of referencesOf(value)) add(name, [reference])
  }
  const also = implied[parsed.name]
  if (also !== undefined && !flags.has(also)) flags.set(also, [true])
  return { ...parsed, flags, positionals }
}

const isEmpty = (value: Schema.Json | undefined): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0

/** Whether a null takes something away; elsewhere it is as good as nothing. */
const removable = (name: CommandName, field: string): boolean =>
  specOf(name).flags["remove"]?.values?.includes(field) === true

/** Amounts by name, such as caps of models, are typed as `NAME=AMOUNT`. */
const valuesOf = ({ spec }: Extract<Place, { _tag: "Flag" }>, value: Schema.Json): ReadonlyArray<string> => {
  if (spec.repeatable === true && isJsonObject(value)) {
    return Object.entries(value).map(([name, amount]) => `${name}=${textOf(amount)}`)
  }
  if (!Array.isArray(value)) return [textOf(value)]
  const texts = value.map(textOf)
  return spec.repeatable === true ? texts : [texts.join(",")]
}

const textOf = (value: Schema.Json): string => (typeof value === "string" ? value : JSON.stringify(value))

/** As they are typed: `ASSET@INDEX`, then the slot or the task (contract/cli.md 8.2). */
const referencesOf = (value: Schema.Json): ReadonlyArray<readonly [flag: string, value: string]> =>
  Result.getOrElse(decodeReferences(value), (): ReadonlyArray<ReferenceRequest> => []).map(
    ({ assetId, index, referenceIndex, referenceTask, role }) => [
      role.replaceAll("_", "-"),
      `${assetId}@${[index, referenceIndex, referenceTask].filter((detail) => detail !== undefined).join(":")}`
    ]
  )

const decodeReferences = Schema.decodeUnknownResult(Schema.Array(ReferenceRequest))

const recovery = (name: CommandName) => ({
  suggestedCommand: command("schema", ...name.split(" ").map((word) => positional(word)), json),
  docsUrl: docsUrl(`image-skill-${name.replaceAll(" ", "-")}`)
})

const unsent = (name: CommandName, { details, message }: Refusal): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `the body of --input: ${message}`,
    outcome: "not_sent",
    recovery: recovery(name),
    ...(details === undefined ? {} : { details })
  })

const tooDeep = (name: CommandName): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `the body of --input is nested deeper than ${deepest} levels`,
    outcome: "not_sent",
    recovery: { suggestedCommand: command("schema", json), docsUrl: docsUrl(`image-skill-${name}`) }
  })

const credentialRejected = (field: string): Refusal =>
  new Refusal({
    code: "PAYMENT_CREDENTIAL_FLAG_REJECTED",
    message: `the body of --input has the field ${field.replaceAll(/[^\w.[\]-]/gu, "?").slice(0, 80)}, which looks like a payment credential; none is ever taken here, and it was not sent`,
    outcome: "not_sent",
    recovery: { suggestedCommand: command("credits methods", json), docsUrl: docsUrl("image-skill-credits-buy") }
  })
