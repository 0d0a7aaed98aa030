import * as Schema from "effect/Schema"
import type { missingInputs } from "../envelope/CommandLine.ts"
import { wire } from "../envelope/Wire.ts"

/** What a printed command still needs before it can be run (decision D3.3). */
export const MissingInput = wire({
  flag: Schema.NullOr(Schema.String),
  placeholder: Schema.String,
  valueDescription: Schema.String,
  example: Schema.String
})
export type MissingInput = typeof MissingInput.Type

export const missingInput = (input: ReturnType<typeof missingInputs>[number]): MissingInput => ({
  flag: input.flag,
  placeholder: input.name,
  valueDescription: input.description,
  example: input.example
})
