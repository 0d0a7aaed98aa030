import { type Credentials } from "@image-skill/core/service/ServiceApi"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"

/** What is shorter is no secret, and may stand in any text. */
const shortest = 16

const marker = "[redacted token]"

/**
 * What a service answered, without the token that it was sent: answers are printed, and end in logs. `text` is the answer
 * as it came, so that one without the token costs a search and nothing more; keys are cleaned like texts.
 */
export const withoutToken = (value: Schema.Json, text: string, credentials: Credentials): Schema.Json => {
  const token = credentials === null ? "" : Redacted.value(credentials)
  const isThere = token.length >= shortest && (text.includes(token) || text.includes("\\"))
  return isThere ? cleaned(value, token) : value
}

const cleaned = (value: Schema.Json, token: string): Schema.Json => {
  if (typeof value === "string") return value.replaceAll(token, marker)
  if (Array.isArray(value)) return value.map((one: Schema.Json) => cleaned(one, token))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name.replaceAll(token, marker), cleaned(one, token)])
  )
}
