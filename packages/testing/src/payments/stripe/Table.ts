import { notFound } from "./StripeFailure.ts"

/** The rows of one kind, in the order they came. A row is replaced, never changed. */
export class Table<Row extends { readonly id: string }> {
  private readonly rows = new Map<string, Row>()
  private readonly object: string

  /** `object` is what Stripe calls such a row in "No such …". */
  constructor(object: string) {
    this.object = object
  }

  insert<New extends Row>(row: New): New {
    this.rows.set(row.id, row)
    return row
  }

  find(id: string): Row | undefined {
    return this.rows.get(id)
  }

  /** The row, or Stripe's 404; `param` names the parameter that carried the id. */
  get(id: string, param?: string): Row {
    const row = this.rows.get(id)
    if (row === undefined) throw notFound(this.object, id, param)
    return row
  }

  /** Replaces a row by what `change` makes of it. */
  update(id: string, change: Partial<Row>): Row {
    const row = { ...this.get(id), ...change }
    this.rows.set(id, row)
    return row
  }

  remove(id: string): void {
    this.rows.delete(id)
  }

  /** Newest first, as Stripe lists. */
  newest(): ReadonlyArray<Row> {
    return [...this.rows.values()].reverse()
  }
}
