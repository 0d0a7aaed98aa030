import { type Json, type JsonObject, refused } from "./StripeFailure.ts"
import { knows, depositMode, type Version } from "./Version.ts"
import type { World } from "./World.ts"

/**
 * The answer with the objects that `expand[]` asks for in place of their ids (https://docs.stripe.com/api/expanding_objects):
 * at most four levels deep, `data.` first in a list.
 */
export const expand = (world: World, body: JsonObject, paths: ReadonlyArray<string>): JsonObject =>
  paths.reduce((answer, path) => {
    const fields = path.split(".")
    if (fields.filter((field) => field !== "data").length > 4)
      throw refused(`You cannot expand more than 4 levels of a property. Property: ${path}`, { param: "expand" })
    return within(world, answer, fields, path)
  }, body)

const within = (
  world: World,
  object: JsonObject,
  [field, ...rest]: ReadonlyArray<string>,
  path: string
): JsonObject => {
  if (field === undefined) return object
  const value = object[field]
  if (field === "data" && Array.isArray(value)) {
    const data: ReadonlyArray<Json> = value
    return { ...object, data: data.map((entry) => (isObject(entry) ? within(world, entry, rest, path) : entry)) }
  }
  if (value === null) return object
  const found = isObject(value) ? value : resolve(world, object, field, value)
  if (found === undefined) throw refused(`This property cannot be expanded (${path}).`, { param: "expand" })
  return { ...object, [field]: within(world, found, rest, path) }
}

/** What stands behind a field: the object of an id, or a list that is left out unless it is asked for. */
const resolve = (world: World, object: JsonObject, field: string, value: Json | undefined): JsonObject | undefined => {
  if (object["object"] === "checkout.session" && field === "line_items")
    return listOf(
      world.lineItems.get(textOf(object["id"])) ?? [],
      `/v1/checkout/sessions/${textOf(object["id"])}/line_items`
    )
  if (object["object"] === "charge" && field === "refunds")
    return listOf(
      world.refunds.newest().filter(({ charge }) => charge === object["id"]),
      `/v1/charges/${textOf(object["id"])}/refunds`
    )
  const id = textOf(value ?? null)
  switch (field) {
    case "payment_intent":
      return world.intents.find(id)
    case "latest_charge":
    case "charge":
      return world.charges.find(id)
    default:
      return undefined
  }
}

const listOf = (data: ReadonlyArray<JsonObject>, url: string): JsonObject => ({
  object: "list",
  data,
  has_more: false,
  url
})

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "")

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What a version does not know is not in its answers: the deposit addresses of a crypto payment. */
export const render = (body: JsonObject, version: Version): JsonObject =>
  knows(version, depositMode) ? body : withoutPreview(body)

const withoutPreview = (body: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(body)
      .filter(([name]) => name !== "crypto_display_details")
      .map(([name, value]) => [name, stripped(value)])
  )

const stripped = (value: Json | undefined): Json | undefined => {
  if (Array.isArray(value)) {
    const entries: ReadonlyArray<Json> = value
    return entries.map((entry) => stripped(entry) ?? null)
  }
  return isObject(value) ? withoutPreview(value) : value
}
