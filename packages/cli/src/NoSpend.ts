import type { Parsed } from "@image-skill/core/envelope/Arguments"
import { append, type Command, command, flag, json, type Part } from "@image-skill/core/envelope/CommandLine"
import { placeholders } from "@image-skill/core/envelope/Placeholders"
import { docsUrl, variables } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { typedCommand } from "@image-skill/core/envelope/TypedCommand"
import type { Machine } from "./Machine.ts"

/**
 * The refusal of a command that could cost credits or move money, where this run was told to spend nothing; null
 * otherwise. A quote spends nothing, and neither does a plan.
 */
export const noSpend = (parsed: Parsed, machine: Pick<Machine, "variable">): Refusal | null => {
  const asked = noSpendBy(parsed, machine)
  const way = asked === null ? null : wayAround(parsed)
  return asked === null || way === null
    ? null
    : new Refusal({
        code: "SPEND_NOT_ALLOWED",
        message: `${parsed.name} could cost credits or move money, and ${asked} says that nothing may be spent; nothing was sent`,
        recovery: { suggestedCommand: way, docsUrl: docsUrl(`image-skill-${parsed.name.replaceAll(" ", "-")}`) },
        details: { no_spend: asked }
      })
}

/** What says that this run spends nothing; null where nothing does. */
export const noSpendBy = (parsed: Parsed, machine: Pick<Machine, "variable">): string | null =>
  isOn(parsed, "no-spend") ? "--no-spend" : byVariable(machine)

const byVariable = ({ variable }: Pick<Machine, "variable">): string | null => {
  const value = variable(variables.noSpend)?.trim().toLowerCase() ?? "0"
  return value === "0" || value === "false" ? null : variables.noSpend
}

const isOn = ({ flags }: Parsed, name: string): boolean => flags.has(name) && flags.get(name)?.at(-1) !== "false"

/** What may be run instead; null for what spends nothing. */
const wayAround = (parsed: Parsed): Command | null => {
  switch (parsed.name) {
    case "create":
    case "edit":
      return isOn(parsed, "dry-run") || isOn(parsed, "guide") ? null : append(shown(parsed), flag("dry-run"))
    case "credits settle":
      return isOn(parsed, "print") ? null : append(shown(parsed), flag("print"))
    case "conformance":
      return isOn(parsed, "spend") ? without(parsed, "spend") : null
    case "credits buy":
    case "credits fake-purchase":
      return command("credits plan", json)
    default:
      return null
  }
}

const without = (parsed: Parsed, name: string): Command => {
  const typed = typedCommand(parsed)
  return { ...typed, parts: typed.parts.filter((part) => part._tag !== "Flag" || part.name !== name) }
}

/** The caller's own command; a long prompt has no room in an error. */
const shown = (parsed: Parsed): Command => {
  const typed = typedCommand(parsed)
  return { ...typed, parts: typed.parts.map(short) }
}

const short = (part: Part): Part =>
  part._tag === "Flag" && part.name === "prompt" && textOf(part).length > 200
    ? flag("prompt", placeholders.PROMPT)
    : part

const textOf = ({ value }: Part): string =>
  value === null ? "" : typeof value === "string" ? value : value._tag === "Quoted" ? value.value : value.name
