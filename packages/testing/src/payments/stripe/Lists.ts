import type { Act, Call } from "./Router.ts"
import { invalid, type JsonObject, notFound } from "./StripeFailure.ts"

interface Listed {
  readonly id: string
  readonly created?: number
}

/**
 * One page of a list: `limit` of 1 to 100, `starting_after`, `ending_before`, and `created` where the rows have it
 * (https://docs.stripe.com/api/pagination). `url` is the list's path; `keep` holds the request's own filters.
 */
export const page = <Row extends Listed & JsonObject>(
  { params }: Call,
  url: string,
  newest: () => ReadonlyArray<Row>,
  keep: (row: Row) => boolean = () => true
): Act => {
  const limit = params.integer("limit") ?? 10
  if (limit < 1 || limit > 100)
    throw invalid("limit", `Invalid integer: ${limit} is not between 1 and 100`, "parameter_invalid_integer")
  const after = params.text("starting_after")
  const before = params.text("ending_before")
  if (after !== undefined && before !== undefined)
    throw invalid("ending_before", "You may only specify one of these parameters: ending_before, starting_after.")
  const created = readCreated(params)
  return () => {
    const all = newest()
    const from = after === undefined ? -1 : placeOf(all, after, "starting_after")
    const to = before === undefined ? all.length : placeOf(all, before, "ending_before")
    const rows = all.filter((row, place) => place > from && place < to && keep(row) && created(row))
    const data = before === undefined ? rows.slice(0, limit) : rows.slice(-limit)
    return { object: "list", data, has_more: rows.length > limit, url }
  }
}

const placeOf = (all: ReadonlyArray<Listed>, cursor: string, param: string): number => {
  const place = all.findIndex(({ id }) => id === cursor)
  if (place === -1) throw notFound("object", cursor, param)
  return place
}

const readCreated = (params: Call["params"]): ((row: Listed) => boolean) => {
  const exact = /^\d+$/u
  if (!params.has("created")) return () => true
  const range = params.isNested("created") ? params.object("created") : undefined
  if (range === undefined) {
    const at = params.text("created") ?? ""
    if (!exact.test(at)) throw invalid("created", `Invalid timestamp: ${at}`)
    return ({ created = 0 }) => created === Number(at)
  }
  const [gt, gte, lt, lte] = [range.integer("gt"), range.integer("gte"), range.integer("lt"), range.integer("lte")]
  return ({ created = 0 }) =>
    (gt === undefined || created > gt) &&
    (gte === undefined || created >= gte) &&
    (lt === undefined || created < lt) &&
    (lte === undefined || created <= lte)
}
