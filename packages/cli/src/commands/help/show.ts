import { commandBook, type CommandName, commandNames } from "@image-skill/core/envelope/CommandBook"
import { commandNamed, commandsBelow, groupAbout, isGroup, wordsAfter } from "@image-skill/core/envelope/CommandTree"
import { success, type Answer } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { nearestCommands } from "@image-skill/core/envelope/NearestNames"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { AgentSkill, agentSkill } from "@image-skill/core/guide/AgentSkill"
import type { Host } from "@image-skill/core/identity/ConfigRecovery"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Leaf } from "../../Leaf.ts"
import { anchorOf, commandHelp } from "./command.ts"

/** The list of commands, a group, or one command explained. No network, no configuration, nothing is changed. */
export const explain = (topic: ReadonlyArray<string>, host: Host): Effect.Effect<Answer, never, Ids> =>
  Effect.map(
    Effect.flatMap(Ids, ({ trace }) => trace),
    (traceId) => {
      const name = commandNamed(topic)
      const group = topic.join(" ")
      const isKnown = name !== null || isGroup(group)
      const label = isKnown ? `image-skill ${group} help` : "image-skill help"
      const frame = { command: label, traceId, actor: null }
      if (name !== null) return success(frame, commandHelp(name, host))
      return isKnown
        ? success(frame, groupHelp(group, host))
        : success(frame, overview(host), topic.length === 0 ? [] : [unknownTopic(topic)])
    }
  )

export const leaf: Leaf = ({ host, parsed }) => explain(parsed.positionals, host)

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

const overview = (host: Host): Schema.Json => {
  const { prefix } = host
  const shown = commandNames.filter((name) => !unlisted.has(name))
  const words = wordsAfter("").filter((word) => word !== "help" && word !== "version")
  return {
    usage: `image-skill ${words.join("|")}`,
    docs_url: docsUrl(),
    commands: shown.flatMap((name) => synopses[name] ?? [name]),
    about: Object.fromEntries(words.filter((word) => word !== "quota").map((word) => [word, aboutOf(word)])),
    start_here: `${prefix} create --guide --prompt PROMPT --json`,
    agent_skill: encodeSkill(agentSkill(host)),
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

const groupHelp = (group: string, { prefix }: Host): Schema.Json => {
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
