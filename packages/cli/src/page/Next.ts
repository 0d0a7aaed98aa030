import { isJsonObject, jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import type * as Schema from "effect/Schema"
import { label } from "./Values.ts"

/** A command of the answer, with what it may do and what is still to be filled in. */
export interface Step {
  readonly name: string
  readonly command: string
  readonly effect: string | null
  readonly needs: ReadonlyArray<string>
}

export interface Steps {
  readonly next: Step | null
  readonly others: ReadonlyArray<Step>
}

/**
 * The step that the answer wants next and the ones it offers beside it. Only fields that hold nothing but commands
 * which our own grammar let through are read (see `Reprint`).
 */
export const stepsOf = (data: Schema.Json, error: Schema.Json): Steps => {
  const holder = error === null ? data : (jsonField(error, "recovery") ?? null)
  const wanted = textField(holder, error === null ? "next_command" : "suggested_command")
  const actions = actionsOf(jsonField(holder, "next_actions"))
  const known = actions.find(({ command }) => command === wanted)
  const next =
    known ?? (wanted === "" ? (actions[0] ?? null) : { name: "Next", command: wanted, effect: null, needs: [] })
  return { next, others: actions.filter((step) => step !== next) }
}

const actionsOf = (value: Schema.Json | undefined): ReadonlyArray<Step> =>
  Object.entries(isJsonObject(value) ? value : {}).flatMap(([name, action]) => {
    const command = textField(action, "command")
    const needs = jsonField(action, "needs")
    const effect = textField(action, "effect")
    return command === ""
      ? []
      : [
          {
            name: label(name),
            command,
            effect: effect === "" ? null : effect,
            needs: Array.isArray(needs) ? needs.filter((one) => typeof one === "string") : []
          }
        ]
  })

/** As a person runs it: the answer to it shall be a page, too. */
export const forPeople = (command: string): string => command.replace(/ --json$/u, "")

/** What running it may do, in a few words. */
export const effectOf = ({ effect, needs }: Step, dash: string): string => {
  const does = effect === null ? undefined : effects.get(effect)
  const parts = [does ?? null, needs.length === 0 ? null : `first fill in ${needs.join(", ")}`].filter(
    (part) => part !== null
  )
  return parts.length === 0 ? "Next" : `Next ${dash} ${parts.join("; ")}`
}

const effects: ReadonlyMap<string, string> = new Map([
  ["read", "only reads"],
  ["write", "changes something, spends no credits"],
  ["spend", "may spend credits"],
  ["approve", "a person has to approve it"]
])
