/**
 * What a language model would do, without one: it begins with the guide, calls whatever each answer recommends, and says
 * the picture's id at the end. The tests of the tools play it through each framework's own mock model.
 */
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import type * as Schema from "effect/Schema"

export type Turn =
  | { readonly type: "call"; readonly name: string; readonly input: Schema.JsonObject }
  | { readonly type: "say"; readonly text: string }

/** The answer to the last call, as the model was shown it: an envelope, or whatever the framework says of a refusal. */
export const turnAfter = (prompt: string, last: unknown): Turn => {
  const wish = { prompt, model: "fake.painter", max_usd: 0.1 }
  if (last === undefined) return { type: "call", name: "guide", input: wish }
  const shown = typeof last === "string" ? parsed(last) : last
  if (!isJson(shown) || jsonField(shown, "ok") !== true)
    return { type: "say", text: `not made: ${JSON.stringify(shown)}` }
  const assets = jsonField(jsonField(shown, "data"), "assets")
  if (Array.isArray(assets)) return { type: "say", text: textField(assets[0], "asset_id") }
  const next = jsonField(shown, "next_tools")
  const [first] = Array.isArray(next) ? next : []
  const name = textField(first, "tool")
  const given = jsonField(first, "arguments")
  const isGuide = name === "guide"
  return { type: "call", name, input: isGuide ? wish : isObject(given) ? given : {} }
}

const isJson = (value: unknown): value is Schema.Json => typeof value === "object"

const isObject = (value: unknown): value is Schema.JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
