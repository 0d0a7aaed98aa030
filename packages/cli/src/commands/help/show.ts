import {
  commandBook,
  type CommandName,
  commandNames,
  type CommandSpec,
  globalFlags,
  specOf
} from "@image-skill/core/envelope/CommandBook"
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

const overview = (topic: ReadonlyArray<string>, { prefix }: Host): Schema.Json => {
  const inside =
    topic.length === 0 ? commandNames : commandNames.filter((name) => name.startsWith(`${topic.join(" ")} `))
  const shown = inside.length === 0 ? commandNames : inside
  return {
    usage: `image-skill ${[...new Set(shown.map((name) => name.split(" ")[0]))].join("|")}`,
    docs_url: docsUrl(),
    commands: shown.map((name) => synopsis(name)),
    about: Object.fromEntries(shown.map((name) => [name, commandBook[name].about])),
    start_here: `${prefix} create --guide --prompt PROMPT --json`
  }
}

const synopsis = (name: CommandName): string =>
  name === "signup"
    ? "signup --agent --agent-name NAME --runtime RUNTIME"
    : name === "create"
      ? "create [--guide]"
      : name

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
    Object.entries(flags).map(([name, { about, kind, value }]) => [
      `--${name}${value === undefined ? "" : ` ${value}`}`,
      `${about} (${kind})`
    ])
  )
