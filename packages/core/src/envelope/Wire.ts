import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as String from "effect/String"

/** `paymentMethod` → `payment_method`, at the level of types. */
export type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? Head extends Lowercase<Head>
    ? `${Head}${SnakeCase<Tail>}`
    : `_${Lowercase<Head>}${SnakeCase<Tail>}`
  : S

/** The fields under their names on the wire, each with its own codec. */
export type SnakeFields<Fields extends Schema.Struct.Fields> = {
  readonly [K in keyof Fields as K extends string ? SnakeCase<K> : K]: Fields[K]
}

/** The fields under their names in code, already decoded. */
export type DecodedFields<Fields extends Schema.Struct.Fields> = {
  readonly [K in keyof Fields]: Schema.toType<Fields[K]>
}

export interface Wire<Fields extends Schema.Struct.Fields> extends Schema.decodeTo<
  Schema.declare<Schema.Struct<DecodedFields<Fields>>["Type"]>,
  Schema.Struct<SnakeFields<Fields>>
> {}

/**
 * A struct that is camelCase in code and snake_case in JSON: the one place that knows both spellings. Unlike
 * `Schema.encodeKeys` it decodes the values before it renames them, so that every wrong field is found in one pass and
 * is named as it was sent. In both directions the struct on the wire judges the values, so each is looked at once, however
 * deep it lies.
 */
export const wire = <const Fields extends Schema.Struct.Fields>(fields: Fields): Wire<Fields> => {
  const names = Object.keys(fields).map((key) => [key, String.camelToSnake(key)] as const)
  const onWire: Schema.Struct.Fields = Record.mapKeys(fields, String.camelToSnake)
  // Examples are made of the real types.
  const inCode = Schema.declare(Predicate.isObject, {
    expected: "object",
    toCodecArbitrary: () =>
      Schema.link<object>()(
        Schema.Struct(Record.map(fields, Schema.toType)),
        SchemaTransformation.passthrough({ strict: false })
      )
  })
  const rename = SchemaTransformation.transform<Values, Values>({
    decode: renamed(names.map(([key, name]) => [name, key])),
    encode: renamed(names)
  })
  // TypeScript cannot follow computed names into a mapped type; `Wire` states what is built here.
  return Schema.Struct(onWire).pipe(Schema.decodeTo(inCode, rename)) as unknown as Wire<Fields>
}

type Values = { readonly [name: string]: unknown }

const renamed =
  (names: ReadonlyArray<readonly [from: string, to: string]>) =>
  (values: Values): Values => {
    const result: { [name: string]: unknown } = {}
    for (const [from, to] of names) if (Object.hasOwn(values, from)) result[to] = values[from]
    return result
  }
