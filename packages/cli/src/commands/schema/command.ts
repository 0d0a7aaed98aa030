import { anchorOf } from "@image-skill/core/documents/CommandHelp"
import { type CommandName, globalFlags, specOf } from "@image-skill/core/envelope/CommandBook"
import { errorsOf } from "@image-skill/core/envelope/CommandExits"
import type { CommandSpec, FlagSpec } from "@image-skill/core/envelope/CommandSpec"
import { takesBody } from "@image-skill/core/envelope/CommandTree"
import { entryOf } from "@image-skill/core/envelope/ErrorRegistry"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { operationsOf } from "@image-skill/core/service/CommandOperations"
import { answerSchema, type JsonSchema, requestSchema } from "@image-skill/core/service/JsonSchemas"
import { operationOf } from "@image-skill/core/service/Operations"
import * as Schema from "effect/Schema"

/** One command with everything that a program has to know to call it. Null where no service is asked. */
export const commandSchema = (name: CommandName) => {
  const spec = specOf(name)
  const operations = operationsOf(name)
  const [first] = operations
  return {
    command: name,
    about: spec.about,
    effect: spec.effect,
    auth: spec.auth,
    operations: operations.map((id) => ({ id, method: operationOf(id).method, path: operationOf(id).path })),
    positionals: spec.positionals,
    flags_schema: flagsSchema(spec),
    body_schema: takesBody(name) && first !== undefined ? asJson(requestSchema(first)) : null,
    /** Each with the exit code of a command that ends so. */
    error_codes: Object.fromEntries(errorsOf(name).map((code) => [code, entryOf(code).exitCode])),
    docs_url: docsUrl(anchorOf(name)),
    answer_schema: first === undefined ? null : asJson(answerSchema(first))
  }
}

/** The flags that every command takes. */
export const globalFlagsSchema = (): Schema.Json => flagsSchema({ flags: globalFlags })

/** Flags as the properties of an object; their texts stand in the help of the command. */
const flagsSchema = ({ flags }: Pick<CommandSpec, "flags">): Schema.Json => {
  const all = Object.entries<FlagSpec>(flags)
  const required = all.filter(([, { required: isRequired }]) => isRequired === true).map(([name]) => name)
  return {
    type: "object",
    properties: Object.fromEntries(all.map(([name, flag]) => [name, valueSchema(flag)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false
  }
}

const valueSchema = (flag: FlagSpec): Schema.Json => {
  const value = {
    ...types[flag.kind],
    ...(flag.values === undefined ? {} : { enum: flag.values }),
    ...(flag.default === undefined ? {} : { default: typed(flag, flag.default) })
  }
  return flag.repeatable === true ? { type: "array", items: value } : value
}

const types = {
  text: { type: "string" },
  switch: { type: "boolean" },
  number: { type: "number" },
  count: { type: "integer", minimum: 1 },
  object: { type: "object" }
} as const satisfies { readonly [K in FlagSpec["kind"]]: Schema.Json }

const typed = ({ kind }: FlagSpec, value: string): Schema.Json =>
  kind === "number" || kind === "count" ? Number(value) : value

/** A schema is made of JSON only; what cannot be said in JSON would not be one. */
const asJson = (schema: JsonSchema): Schema.Json => Schema.decodeUnknownSync(Schema.Json)(schema)
