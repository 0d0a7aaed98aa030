import * as Schema from "effect/Schema"

/**
 * What became of the request that an error answers.
 *
 * - `not_sent`: it never left this machine.
 * - `rejected`: it was refused, and changed nothing.
 * - `succeeded`: it took effect, although this answer is an error.
 * - `unknown`: nobody can tell yet. Look it up; never repeat it under a new key.
 */
export const Outcome = Schema.Literals(["not_sent", "rejected", "succeeded", "unknown"])
export type Outcome = typeof Outcome.Type

export const MoneyMoved = Schema.Literals(["no", "yes", "unknown"])
export type MoneyMoved = typeof MoneyMoved.Type
