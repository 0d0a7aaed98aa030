import * as Schema from "effect/Schema"
import * as String from "effect/String"

/** `paymentMethod` → `payment_method`, at the level of types. */
export type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? Head extends Lowercase<Head>
    ? `${Head}${SnakeCase<Tail>}`
    : `_${Lowercase<Head>}${SnakeCase<Tail>}`
  : S

/** The name of each field on the wire. */
export type SnakeKeys<Fields> = { readonly [K in keyof Fields]: K extends string ? SnakeCase<K> : K & PropertyKey }

/** A struct that is camelCase in code and snake_case in JSON: the one place that knows both spellings. */
export const wire = <const Fields extends Schema.Struct.Fields>(
  fields: Fields
): Schema.encodeKeys<Schema.Struct<Fields>, SnakeKeys<Fields>> => {
  // TypeScript cannot follow `Object.fromEntries` into a mapped type; `SnakeKeys` states what it builds.
  const names = Object.fromEntries(
    Object.keys(fields).map((key) => [key, String.camelToSnake(key)])
  ) as SnakeKeys<Fields>
  return Schema.Struct(fields).pipe(Schema.encodeKeys(names))
}
