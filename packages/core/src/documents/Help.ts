import * as Schema from "effect/Schema"
import { commandBook, type CommandName, commandNames } from "../envelope/CommandBook.ts"
import { commandNamed, commandsBelow, groupAbout, isGroup, wordsAfter } from "../envelope/CommandTree.ts"
import { type Answer, success } from "../envelope/Envelope.ts"
import { nearestCommands } from "../envelope/NearestNames.ts"
import { docsUrl } from "../envelope/Product.ts"
import type { Start } from "../envelope/Start.ts"
import { AgentSkill, agentSkill } from "../guide/AgentSkill.ts"
import { anchorOf, commandHelp } from "./CommandHelp.ts"

/** The list of commands, a group, or one command explained. Pure: no network, no configuration, nothing is changed. */
export const help = (topic: ReadonlyArray<string>, traceId: string, start: Start): Answer => {
  const name = commandNamed(topic)
  const group = topic.join(" ")
  const isKnown = name !== null || isGroup(group)
  const label = isKnown ? `image-skill ${group} help` : "image-skill help"
  const frame = { command: label, traceId, actor: null }
  if (name !== null) return success(frame, commandHelp(name, start))
  return isKnown
    ? success(frame, groupHelp(group, start))
    : success(frame, overview(start), topic.length === 0 ? [] : [unknownTopic(topic)])
}

const unknownTopic = (topic: ReadonlyArray<string>): string => {
  const near = nearestCommands(topic)
  const typed = topic
    .join(" ")
    .replaceAll(/[^\w .-]/gu, "?")
    .slice(0, 60)
  return `there is no command ${typed}${near.length === 0 ? "" : `; did you mean ${near.join(", or ")}?`}`
}

/** What everybody asks for anyway, and a short form: not in the list. */
const unlisted: ReadonlySet<CommandName> = new Set(["help", "version", "quota"])

const overview = (start: Start): Schema.Json => {
  const { prefix } = start
  const shown = commandNames.filter((name) => !unlisted.has(name))
  const words = wordsAfter("").filter((word) => word !== "help" && word !== "version")
  return {
    usage: `image-skill ${words.join("|")}`,
    docs_url: docsUrl(),
    commands: shown.flatMap((name) => synopses[name] ?? [name]),
    about: Object.fromEntries(words.filter((word) => word !== "quota").map((word) => [word, aboutOf(word)])),
    start_here: `${prefix} create --guide --prompt PROMPT --json`,
    agent_skill: encodeSkill(agentSkill(start)),
    more: { command_help: `${prefix} help COMMAND`, schemas: `${prefix} schema COMMAND` }
  }
}

const encodeSkill = Schema.encodeSync(AgentSkill)

const aboutOf = (word: string): string => {
  const name = commandNamed([word])
  return name === null ? groupAbout(word) : commandBook[name].about
}

/** Lines that say more than the name of the command. The guide stands where an agent looks for it: before creating. */
const synopses: { readonly [N in CommandName]?: ReadonlyArray<string> } = {
  signup: ["signup --agent --agent-name NAME --runtime RUNTIME"],
  "capabilities list": ["create --guide", "capabilities list"]
}

const groupHelp = (group: string, { prefix }: Start): Schema.Json => {
  const below = commandsBelow(group)
  return {
    command: group,
    description: groupAbout(group),
    usage: `image-skill ${group} ${wordsAfter(group).join("|")}`,
    docs_url: docsUrl(anchorOf(group)),
    subcommands: below,
    about: Object.fromEntries(below.map((name) => [name, commandBook[name].about])),
    effects: Object.fromEntries(below.map((name) => [name, commandBook[name].effect])),
    more: { command_help: `${prefix} help ${group} COMMAND`, schemas: `${prefix} schema ${group} COMMAND` }
  }
}
