import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { type Parsed, read } from "../envelope/Arguments.ts"
import { argv } from "../envelope/CommandLine.ts"
import type { Envelope } from "../envelope/Envelope.ts"
import { isJsonObject, jsonField } from "../envelope/JsonFields.ts"
import type { CommandEffect } from "../envelope/NextAction.ts"
import { placeholderNamed } from "../envelope/Placeholders.ts"
import { receive } from "../envelope/ReceivedCommand.ts"
import { fieldsIn } from "../service/ArgvRequest.ts"
import { type AgentOperationId, agentOperationIds, agentOperationOf, toolNameOf } from "./AgentOperations.ts"
import { agentRequests } from "./AgentRequests.ts"

/** A next step for whoever has tools and no shell. */
export interface NextTool {
  readonly tool: string
  readonly arguments: Schema.JsonObject
  readonly effect: CommandEffect
  /** Arguments that are still to be filled in. */
  readonly needs: ReadonlyArray<string>
}

/** More would not be read. */
const most = 3

/**
 * The next commands of an answer as calls of tools: the one that the answer recommends first. A command that we would
 * not print (decision D3.6), or for which there is no tool, is left out.
 */
export const nextTools = (envelope: Envelope): ReadonlyArray<NextTool> => {
  const found = new Map<string, NextTool>()
  for (const line of linesOf(envelope)) {
    const next = nextTool(line)
    if (next !== null && found.size < most) found.set(JSON.stringify([next.tool, next.arguments]), next)
  }
  return [...found.values()]
}

const linesOf = ({ data, error }: Envelope): ReadonlyArray<string> => {
  const recovery = jsonField(error, "recovery")
  const lines = [
    jsonField(recovery, "suggested_command"),
    jsonField(recovery, "fallback_command"),
    ...textsIn(jsonField(recovery, "suggested_commands")),
    jsonField(data, "next_command"),
    ...commandsIn(jsonField(data, "next_actions"))
  ]
  return lines.filter((line) => typeof line === "string")
}

const textsIn = (value: Schema.Json | undefined): ReadonlyArray<string> =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : []

const commandsIn = (actions: Schema.Json | undefined): ReadonlyArray<Schema.Json | undefined> =>
  isJsonObject(actions) ? Object.values(actions).map((action) => jsonField(action, "command")) : []

/** Null for what is no command of ours, or has no tool. */
export const nextTool = (line: string): NextTool | null => {
  const reading = Option.match(receive(line), { onNone: () => null, onSome: (command) => read(argv(command)) })
  return reading?._tag === "Command" ? toolFor(reading) : null
}

const toolFor = (parsed: Parsed): NextTool | null => {
  const id = operationFor(parsed)
  if (id === null) return null
  const names = Object.keys(agentRequests[id].from.fields).filter((name) => !inputFields.has(name))
  const fields = Result.getOrElse(fieldsIn(parsed, names, false), (): Schema.JsonObject => ({}))
  const all = Object.entries({ ...fields, ...extraOf(id, parsed) })
  return {
    tool: toolNameOf(id),
    arguments: Object.fromEntries(all.filter((field) => !isMissing(field))),
    effect: agentOperationOf(id).effect,
    needs: all.filter(isMissing).map(([name]) => name)
  }
}

const isMissing = ([, value]: readonly [string, Schema.Json]): boolean =>
  typeof value === "string" && placeholderNamed(value) !== undefined

const isOn = ({ flags }: Parsed, name: string): boolean => {
  const last = flags.get(name)?.at(-1)
  return last !== undefined && last !== "false"
}

/** Commands that have a tool of another name. */
const otherNames: { readonly [command: string]: AgentOperationId } = {
  "usage quota": "quota",
  "credits packs list": "creditsPacks",
  "credits fake-purchase": "creditsBuy"
}

const operationFor = (parsed: Parsed): AgentOperationId | null => {
  const { name } = parsed
  if ((name === "create" || name === "edit") && isOn(parsed, "guide")) return "guide"
  if (Object.hasOwn(otherNames, name)) return otherNames[name] ?? null
  return agentOperationIds.find((id) => id !== "guide" && agentOperationOf(id).words === name) ?? null
}

/** One flag stands for both. */
const inputFields: ReadonlySet<string> = new Set(["input_asset_id", "additional_input_asset_ids"])

/** What a flag says otherwise than the field. */
const extraOf = (id: AgentOperationId, parsed: Parsed): Schema.JsonObject => {
  const inputs = (parsed.flags.get("input") ?? []).filter((value) => value !== true)
  switch (id) {
    case "guide":
      return parsed.name === "edit" ? { operation: "edit", ...(inputs.length === 0 ? {} : { inputs }) } : {}
    case "edit": {
      const [first, ...more] = inputs
      return {
        ...(first === undefined ? {} : { input_asset_id: first }),
        ...(more.length === 0 ? {} : { additional_input_asset_ids: more })
      }
    }
    case "creditsBuy":
      return parsed.name === "credits fake-purchase" ? { provider: "fake" } : {}
    default:
      return {}
  }
}
