import * as Schema from "effect/Schema"
import { type Command, missingInputs } from "./CommandLine.ts"
import { argvOf, lineOf, type Start } from "./Start.ts"

/** What running a command may do: look, change state, spend credits or money, or ask a person to approve. */
export const CommandEffect = Schema.Literals(["read", "write", "spend", "approve"])
export type CommandEffect = typeof CommandEffect.Type

/** A step that the reader may take next, as data. `facts` are the published fields of that action, snake_case. */
export interface NextAction {
  readonly command: Command
  readonly effect: CommandEffect
  readonly facts?: { readonly [field: string]: Schema.Json }
}

export type NextActions = { readonly [id: string]: NextAction }

/** The action as it stands in an answer: the shell line, the argument vector, its effect, and what is missing. */
export const NextActionWire = Schema.StructWithRest(
  Schema.Struct({
    command: Schema.String,
    argv: Schema.Array(Schema.String),
    effect: CommandEffect,
    needs: Schema.Array(Schema.String)
  }),
  [Schema.Record(Schema.String, Schema.Json)]
)
export type NextActionWire = typeof NextActionWire.Type

/** Next actions in an answer, keyed by id (decision D3.1). */
export const NextActionsWire = Schema.Record(Schema.String, NextActionWire)
export type NextActionsWire = typeof NextActionsWire.Type

export const nextActionToWire = ({ command, effect, facts }: NextAction, start: Start): NextActionWire => ({
  command: lineOf(command, start),
  argv: argvOf(command, start),
  effect,
  needs: missingInputs(command).map(({ name }) => name),
  ...facts
})

export const nextActionsToWire = (actions: NextActions, start: Start): NextActionsWire =>
  Object.fromEntries(Object.entries(actions).map(([id, action]) => [id, nextActionToWire(action, start)]))
