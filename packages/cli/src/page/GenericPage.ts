import { isJsonObject, jsonField } from "@image-skill/core/envelope/JsonFields"
import type * as Schema from "effect/Schema"
import { type Block, facts, type Page, paragraph, table } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"
import { isScalarList, label, plain } from "./Values.ts"

/** Any answer, fact by fact: nothing of it is left out. */
export const genericPage = (command: string, sheet: Sheet): Page => ({
  title: command === "" ? "An answer without a name" : command,
  blocks: describe(sheet.value, null, "", { sheet, isWhole: true })
})

/** What has not been shown yet of the value at a path. */
export const describeRest = (sheet: Sheet, path: string, heading: string): ReadonlyArray<Block> => {
  const names = path === "" ? [] : path.split(".")
  const value = names.reduce<Schema.Json>((inner, name) => jsonField(inner, name) ?? null, sheet.value)
  return value === null || isEmpty(value) || sheet.wasSeen(path)
    ? []
    : describe(value, heading, path, { sheet, isWhole: false })
}

/** Where the facts are taken from, and whether what is nothing is worth a line, too. */
interface Source {
  readonly sheet: Sheet
  readonly isWhole: boolean
}

const describe = (value: Schema.Json, heading: string | null, path: string, source: Source): ReadonlyArray<Block> => {
  if (!isJsonObject(value)) return describeOther(value, heading, path, source)
  const { isWhole, sheet } = source
  const fields = Object.entries(value)
    .map(([name, field]) => ({ name, field, path: path === "" ? name : `${path}.${name}` }))
    .filter((one) => !sheet.wasSeen(one.path) && (isWhole || !isEmpty(one.field)))
  const lines = fields.filter(({ field }) => isLine(field))
  sheet.skip(...lines.map((line) => line.path))
  return [
    ...facts(
      heading,
      ...lines.map(({ field, name }) => [label(name), field === null && !isWhole ? null : plain(field)] as const)
    ),
    ...fields
      .filter(({ field }) => !isLine(field))
      .flatMap(({ field, name, path: inside }) =>
        describe(field, heading === null ? label(name) : `${heading}: ${label(name)}`, inside, source)
      )
  ]
}

const isEmpty = (value: Schema.Json): boolean => Array.isArray(value) && value.length === 0

const isLine = (value: Schema.Json): boolean => typeof value !== "object" || value === null || isScalarList(value)

const describeOther = (
  value: Schema.Json,
  heading: string | null,
  path: string,
  source: Source
): ReadonlyArray<Block> => {
  source.sheet.skip(path)
  if (!Array.isArray(value) || isScalarList(value)) return value === null ? [] : paragraph(heading, plain(value))
  const items: ReadonlyArray<Schema.Json> = value
  const names = [...new Set(items.flatMap((item) => (isJsonObject(item) ? Object.keys(item) : [])))]
  if (items.some((item) => isJsonObject(item) && !Object.values(item).every(isLine))) {
    return items.flatMap((item, index) => describeItem(item, `${heading ?? "Item"} ${index + 1}`, source))
  }
  return names.length === 0 || !items.every(isJsonObject)
    ? facts(heading, ...items.map((item, index) => [`${index + 1}`, plain(item)] as const))
    : table(
        heading,
        names.map((name) => ({ title: label(name), wraps: true })),
        items.map((item) => names.map((name) => cellOf(jsonField(item, name))))
      )
}

/** An element with lists or objects in it stands alone. */
const describeItem = (item: Schema.Json, heading: string, { isWhole, sheet }: Source): ReadonlyArray<Block> =>
  describe(item, heading, "", { isWhole, sheet: { ...sheet, value: item, wasSeen: () => false, skip: () => {} } })

const cellOf = (value: Schema.Json | undefined): string | null =>
  value === undefined || value === null ? null : plain(value)
