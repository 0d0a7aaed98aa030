import { isJsonObject } from "@image-skill/core/envelope/JsonFields"
import type { Credentials } from "@image-skill/core/service/ServiceApi"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"

/** What is shorter is no secret, and may stand in any text. */
const shortest = 16

const marker = "[redacted token]"

/**
 * What a service answered, without the token that it was sent: answers are printed, and end in logs. `text` is the answer
 * as it came, so that one without the token costs a search and nothing more; names of fields are cleaned like texts.
 */
export const withoutToken = (answer: Schema.JsonObject, text: string, credentials: Credentials): Schema.JsonObject => {
  const token = credentials === null ? "" : Redacted.value(credentials)
  // A character may be written as an escape, which only its reader sees.
  const mayBeThere = token.length >= shortest && (text.includes(token) || text.includes("\\"))
  return mayBeThere ? cleanedFields(answer, token) : answer
}

const cleaned = (value: Schema.Json, token: string): Schema.Json => {
  if (typeof value === "string") return value.replaceAll(token, marker)
  if (Array.isArray(value)) return value.map((one: Schema.Json) => cleaned(one, token))
  return isJsonObject(value) ? cleanedFields(value, token) : value
}

const cleanedFields = (fields: Schema.JsonObject, token: string): Schema.JsonObject =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name.replaceAll(token, marker), cleaned(value, token)])
  )
