import type * as Schema from "effect/Schema"
import { type CommandName, effectOf, globalFlags, specOf } from "../envelope/CommandBook.ts"
import { exitsOf } from "../envelope/CommandExits.ts"
import { command, flag } from "../envelope/CommandLine.ts"
import type { CommandSpec, FlagSpec } from "../envelope/CommandSpec.ts"
import { relatedTo, takesBody } from "../envelope/CommandTree.ts"
import { docsUrl } from "../envelope/Product.ts"
import type { Start } from "../envelope/Start.ts"

export const anchorOf = (name: string): string => `image-skill-${name.replaceAll(" ", "-")}`

/** Everything about one command (contract/after-0.1.24.md 2; effect, auth, exit codes and what is related are ours). */
export const commandHelp = (name: CommandName, { prefix }: Start): Schema.Json => {
  const spec = specOf(name)
  const flags = Object.entries<FlagSpec>(spec.flags)
  const [optional = [], required = []] = [false, true].map((wanted) =>
    flags.filter(([, { required: isRequired = false }]) => isRequired === wanted)
  )
  const providers = spec.flags["provider"]?.values
  const planning = flags.map(([flagName]) => flagName).filter((flagName) => onlyPlans(name, spec, flagName))
  return {
    command: name,
    description: spec.about,
    usage: usageOf(name, spec, required.map(synopsis)),
    effect: spec.effect,
    ...(planning.length === 0 ? {} : { read_with: planning.map((flagName) => `--${flagName}`) }),
    auth: spec.auth,
    ...(required.length === 0 ? {} : { required_flags: required.map(line) }),
    ...(optional.length === 0 ? {} : { optional_flags: optional.map(line) }),
    ...(providers === undefined ? {} : { supported_providers: providers }),
    global_flags: Object.entries<FlagSpec>(globalFlags)
      .filter(([flagName]) => flagName !== "input" || isBody(name, spec))
      .map(line),
    examples: spec.examples.map((example) => `${prefix} ${example}`),
    exit_codes: Object.fromEntries(
      exitsOf(name).map(({ codes, exitCode, meaning }) => [
        `${exitCode}`,
        `${meaning}${codes.length === 0 ? "" : `: ${codes.join(", ")}`}`
      ])
    ),
    related: relatedTo(name),
    docs_url: docsUrl(anchorOf(name))
  }
}

/** Where `--input` is a picture, its own text says what else it may be. */
const isBody = (name: CommandName, spec: CommandSpec): boolean => takesBody(name) && !Object.hasOwn(spec.flags, "input")

const onlyPlans = (name: CommandName, { effect }: CommandSpec, flagName: string): boolean =>
  effect !== "read" && effectOf(command(name, flag(flagName))) === "read"

const usageOf = (name: CommandName, { positionals }: CommandSpec, required: ReadonlyArray<string>): string =>
  [`image-skill ${name}`, ...positionals.map((word) => `[${word}]`), ...required, "[flags]"].join(" ")

/** `--limit N` */
const synopsis = ([name, { value }]: readonly [string, FlagSpec]): string =>
  `--${name}${value === undefined ? "" : ` ${value}`}`

/** `--limit N: 1 to 100; default 20 (number)` */
const line = (flag: readonly [string, FlagSpec]): string => {
  const [, { about, kind, repeatable, values }] = flag
  const takes = [
    kind,
    ...(repeatable === true ? ["may be repeated"] : []),
    ...(values === undefined ? [] : [values.join("|")])
  ]
  return `${synopsis(flag)}: ${about} (${takes.join(", ")})`
}
