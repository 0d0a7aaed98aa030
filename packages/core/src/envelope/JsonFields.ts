import type * as Schema from "effect/Schema"

/** Looking into JSON of which only the outermost shape matters. */
export const isJsonObject = (value: Schema.Json | undefined): value is Schema.JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The field of an object; undefined where there is no object or no such field. */
export const jsonField = (value: Schema.Json | undefined, name: string): Schema.Json | undefined =>
  isJsonObject(value) ? value[name] : undefined

/** A field that must hold text; empty where it does not. */
export const textField = (value: Schema.Json | undefined, name: string): string => {
  const text = jsonField(value, name)
  return typeof text === "string" ? text : ""
}

/** Whether objects and lists stand inside of each other more often than that. Goes no deeper than the limit itself. */
export const isDeeperThan = (value: unknown, limit: number): boolean => {
  if (typeof value !== "object" || value === null) return false
  const inner: ReadonlyArray<unknown> = Array.isArray(value) ? value : Object.values(value)
  return inner.length > 0 && (limit <= 0 || inner.some((one) => isDeeperThan(one, limit - 1)))
}

/** An object with some fields set; what is no object counts as empty. */
export const withFields = (value: Schema.Json | undefined, fields: Schema.JsonObject): Schema.JsonObject =>
  Object.fromEntries([...Object.entries(isJsonObject(value) ? value : {}), ...Object.entries(fields)])
