import {
  commandBook,
  type CommandName,
  commandNames,
  globalFlags,
  specOf
} from "@image-skill/core/envelope/CommandBook"
import type { CommandSpec } from "@image-skill/core/envelope/CommandSpec"
import { success, type Answer } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { docsUrl } from "@image-skill/core/envelope/Product"
import type { Host } from "@image-skill/core/identity/ConfigRecovery"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Leaf } from "../../Leaf.ts"

/** The list of commands, or one command explained. No network, no configuration, nothing is changed. */
export const explain = (topic: ReadonlyArray<string>, host: Host): Effect.Effect<Answer, never, Ids> =>
  Effect.map(
    Effect.flatMap(Ids, ({ trace }) => trace),
    (traceId) => {
      const name = nameOf(topic)
      const label = name === null ? "image-skill help" : `image-skill ${name} help`
      const data = name === null ? overview(topic, host) : commandHelp(name, specOf(name), host)
      return success({ command: label, traceId, actor: null }, data)
    }
  )

export const leaf: Leaf = ({ host, parsed }) => explain(parsed.positionals, host)

const nameOf = (topic: ReadonlyArray<string>): CommandName | null => {
  const typed = topic.join(" ")
  return commandNames.find((name) => name === typed) ?? null
}

/** What everybody asks for anyway, and a short form: not in the list. */
const unlisted: ReadonlySet<CommandName> = new Set(["help", "version", "quota"])

const overview = (topic: ReadonlyArray<string>, { prefix }: Host): Schema.Json => {
  const inside = topic.length === 0 ? [] : commandNames.filter((name) => name.startsWith(`${topic.join(" ")} `))
  const shown = inside.length === 0 ? commandNames.filter((name) => !unlisted.has(name)) : inside
  const words = inside.length === 0 ? commandNames.filter((name) => name !== "help" && name !== "version") : inside
  const lines = shown.flatMap((name) => synopses[name] ?? [[name, commandBook[name].about] as const])
  return {
    usage: `image-skill ${[...new Set(words.map((name) => name.split(" ")[0]))].join("|")}`,
    docs_url: docsUrl(),
    commands: lines.map(([line]) => line),
    about: Object.fromEntries(lines),
    start_here: `${prefix} create --guide --prompt PROMPT --json`
  }
}

/** Lines that say more than the name of the command. The guide stands where an agent looks for it: before creating. */
const synopses: { readonly [N in CommandName]?: ReadonlyArray<readonly [line: string, about: string]> } = {
  signup: [["signup --agent --agent-name NAME --runtime RUNTIME", commandBook.signup.about]],
  "capabilities list": [
    ["create --guide", "Say what to do next, with exactly one command, and change nothing"],
    ["capabilities list", commandBook["capabilities list"].about]
  ],
  create: [["create", "Make media from a prompt"]]
}

const commandHelp = (name: CommandName, spec: CommandSpec, { prefix }: Host): Schema.Json => ({
  command: name,
  description: spec.about,
  usage: [`image-skill ${name}`, ...spec.positionals.map((word) => `[${word}]`), "[flags]"].join(" "),
  effect: spec.effect,
  auth: spec.auth,
  flags: flagsOf(spec.flags),
  global_flags: flagsOf(globalFlags),
  examples: spec.examples.map((example) => `${prefix} ${example}`),
  exit_codes:
    "0 done, 1 other, 2 arguments, 3 auth, 4 not allowed, 5 quota, 6 policy, 7 provider or network, 8 time, 9 files",
  docs_url: docsUrl(`image-skill-${name.replaceAll(" ", "-")}`)
})

const flagsOf = (flags: CommandSpec["flags"]): Schema.Json =>
  Object.fromEntries(
    Object.entries(flags).map(([name, { about, kind, repeatable, value }]) => [
      `--${name}${value === undefined ? "" : ` ${value}`}`,
      `${about} (${kind}${repeatable === true ? ", may be repeated" : ""})`
    ])
  )
