import { type Command, missingInputs, quoted, type Word } from "@image-skill/core/envelope/CommandLine"
import type { Envelope } from "@image-skill/core/envelope/Envelope"
import { isJsonObject } from "@image-skill/core/envelope/JsonFields"
import { receive, receiveForOwner } from "@image-skill/core/envelope/ReceivedCommand"
import { argvOf, lineOf, type Start } from "@image-skill/core/envelope/Start"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"

/** Placeholders that this run can fill in, e.g. the prompt that the service must not repeat. */
export interface Known {
  readonly [placeholder: string]: string
}

/**
 * The same answer with every command of the service printed by our own renderer (decision D3.6). A command that is not
 * one of ours with flags of ours is taken out, and the answer says so: no foreign text becomes a command.
 */
export const reprint = (envelope: Envelope, start: Start, known: Known = {}): Envelope => {
  let dropped = 0
  const drop = (): null => {
    dropped += 1
    return null
  }
  const line = (text: string, key: string): string | null => {
    const isOwners = key === "owner_command"
    const command = Option.getOrNull(isOwners ? receiveForOwner(text) : receive(text))
    if (command === null) return drop()
    // What an owner runs is run on the data folder of the service, and names none.
    return lineOf(complete(command, known), isOwners ? { ...start, apiBaseUrl: null } : start)
  }
  const walk = (value: Schema.Json, key: string): Schema.Json => {
    if (typeof value === "string") return isCommandKey(key) ? line(value, key) : value
    if (isJsonObject(value)) return isAction(value) ? action(value) : walkFields(value, key)
    if (typeof value !== "object" || value === null) return value
    return value.map((item) => walk(item, key)).filter((item) => item !== null || !isCommandKey(key))
  }
  const walkFields = (value: Schema.JsonObject, key: string): Schema.JsonObject =>
    Object.fromEntries(
      Object.entries(value).flatMap(([name, inner]) => {
        // What stands in an object of commands is one, whatever it is called there.
        const walked = walk(inner, isCommandKey(key) && !isCommandKey(name) ? `${name}_command` : name)
        // An action without its command is no action.
        return walked === null && isAction(inner) ? [] : [[name, walked]]
      })
    )
  const action = (value: Schema.JsonObject): Schema.Json => {
    const { command: text, ...rest } = value
    const command = typeof text === "string" ? Option.getOrNull(receive(text)) : null
    if (command === null) return drop()
    const whole = complete(command, known)
    return {
      command: lineOf(whole, start),
      ...walkFields(rest, ""),
      argv: argvOf(whole, start),
      needs: missingInputs(whole).map(({ name }) => name)
    }
  }
  const data = walk(envelope.data, "data")
  const error = walk(envelope.error, "error")
  return {
    ...envelope,
    data,
    warnings: dropped === 0 ? envelope.warnings : [...envelope.warnings, droppedWarning(dropped)],
    error
  }
}

const droppedWarning = (count: number): string =>
  `left out ${count} command${count === 1 ? "" : "s"} of the service that this version does not have`

/** Names under which a command line stands, or an object of them. */
const isCommandKey = (key: string): boolean => /(?:^|_)commands?$/u.test(key) || otherCommandKeys.has(key)

/** Those that our own guide and help use; a service has no reason to. */
const otherCommandKeys = new Set([
  "with_env",
  "with_stdin",
  "after_next",
  "start_here",
  "escape_hatches",
  "status_command_after_payment"
])

/** An entry of `next_actions`: a command with its argument vector. */
const isAction = (value: Schema.Json): value is Schema.JsonObject =>
  isJsonObject(value) && "command" in value && "argv" in value

const complete = (command: Command, known: Known): Command => ({
  ...command,
  parts: command.parts.map((part) => (part.value === null ? part : { ...part, value: fill(part.value, known) }))
})

const fill = (word: Word, known: Known): Word => {
  if (typeof word === "string" || word._tag !== "Placeholder") return word
  const value = Object.hasOwn(known, word.name) ? known[word.name] : undefined
  return value === undefined ? word : quoted(value)
}
