import { type CommandName, commandNames, globalFlags, specOf } from "../envelope/CommandBook.ts"
import { errorsOf, exitsOf } from "../envelope/CommandExits.ts"
import type { CommandSpec, FlagSpec } from "../envelope/CommandSpec.ts"
import { groupAbout, groupNames, relatedTo } from "../envelope/CommandTree.ts"
import { entryOf, type ErrorCode, errorCodes } from "../envelope/ErrorRegistry.ts"
import { executable } from "../envelope/Product.ts"
import { anchored, type Block, code, codes, commands, list, paragraph, table } from "./Markdown.ts"

/** The anchor of a command or a group, as `docsUrl` links to it. */
export const anchorOf = (name: string): string => `${executable}-${name.replaceAll(" ", "-")}`

/** Further names of the same place, which published links use (contract/cli.md 11.1). */
const otherAnchors: { readonly [name: string]: ReadonlyArray<string> } = { signup: ["image-skill-signup-agent"] }

const anchorsOf = (name: string): ReadonlyArray<string> => [anchorOf(name), ...(otherAnchors[name] ?? [])]

const valueOf = ({ value }: FlagSpec): string => (value === undefined ? "" : ` ${value}`)

const aboutFlag = ({ about, default: fallback, repeatable, required, values }: FlagSpec): string =>
  [
    required === true && !about.startsWith("required") ? `required: ${about}` : about,
    values === undefined || values.every((word) => about.includes(word)) ? null : `one of ${values.join(", ")}`,
    fallback === undefined || about.includes("default") ? null : `default ${fallback}`,
    repeatable === true ? "may be given several times" : null
  ]
    .filter((part) => part !== null)
    .join("; ")

const flagTable = (flags: CommandSpec["flags"]): Block =>
  table(
    ["Flag", "Meaning"],
    Object.entries(flags).map(([name, flag]) => [code(`--${name}${valueOf(flag)}`), aboutFlag(flag)])
  )

export const globalFlagTable = (): Block => flagTable(globalFlags)

const usageOf = (name: CommandName, { flags, positionals }: CommandSpec): Block =>
  [
    "```text",
    [
      executable,
      name,
      ...positionals.map((word) => `[${word}]`),
      ...(Object.keys(flags).length === 0 ? [] : ["[flags]"])
    ].join(" "),
    "```"
  ].join("\n")

/** Codes that most commands can end with stand in one place, not with each. */
const isOwn = (errorCode: ErrorCode): boolean => !isCommon(errorCode)

const isCommon = (errorCode: ErrorCode): boolean =>
  commandNames.filter((name) => errorsOf(name).includes(errorCode)).length * 2 > commandNames.length

/** How most commands may end, whatever they do, by exit code. */
export const commonExits = (): Block => {
  const common = errorCodes.filter(isCommon)
  const exits = [...new Set(common.map((errorCode) => entryOf(errorCode).exitCode))].toSorted((a, b) => a - b)
  return list(
    exits.map((exit) => `${exit}: ${codes(common.filter((errorCode) => entryOf(errorCode).exitCode === exit))}`)
  )
}

const tokenOf = { none: "none", optional: "where there is one", required: "required" } as const

/** One command: what it does, what it may do, how it is called, how it ends. */
const commandEntry = (name: CommandName, level: 2 | 3): ReadonlyArray<Block> => {
  const spec = specOf(name)
  const exits = exitsOf(name)
    .map(({ codes: errors, exitCode, meaning }) => ({ errors: errors.filter(isOwn), exitCode, meaning }))
    .filter(({ errors, exitCode, meaning }) => errors.length > 0 || (exitCode === 0 && meaning !== "done"))
    .map(({ errors, exitCode, meaning }) => [`${exitCode}`, meaning, codes(errors)])
  const related = relatedTo(name).map((other) => `[${code(other)}](#${anchorOf(other)})`)
  return [
    anchored(level, code(`${executable} ${name}`), anchorsOf(name)),
    paragraph(`${spec.about}. Effect: ${code(spec.effect)}. Token: ${tokenOf[spec.auth]}.`),
    ...(Object.keys(spec.flags).length === 0 && spec.positionals.length === 0 ? [] : [usageOf(name, spec)]),
    ...(Object.keys(spec.flags).length === 0 ? [] : [flagTable(spec.flags)]),
    ...(spec.examples.length === 0 ? [] : [commands(spec.examples.map((example) => `${executable} ${example}`))]),
    ...(exits.length === 0 ? [] : [table(["Exit", "Meaning", "Codes"], exits)]),
    ...(related.length === 0 ? [] : [`See also: ${related.join(", ")}.`])
  ]
}

/** Every command, those of a group below its heading, in the order of the book. */
export const commandEntries = (): ReadonlyArray<Block> => {
  const firstWords = [...new Set(commandNames.map((name) => name.split(" ")[0] ?? ""))]
  return firstWords.flatMap((first) => {
    const own = commandNames.filter((name) => name === first)
    const below = commandNames.filter((name) => name.startsWith(`${first} `))
    const head =
      own.length > 0
        ? []
        : [anchored(2, code(`${executable} ${first}`), anchorsOf(first)), paragraph(`${groupAbout(first)}.`)]
    return [
      ...own.flatMap((name) => commandEntry(name, 2)),
      ...head,
      ...below.flatMap((name) => [...groupsBefore(name), ...commandEntry(name, 3)])
    ]
  })
}

/** The anchors of the inner groups that begin with this command, e.g. `credits packs` at `credits packs list`. */
const groupsBefore = (name: CommandName): ReadonlyArray<Block> =>
  groupNames
    .filter((group) => group.includes(" ") && commandNames.find((inner) => inner.startsWith(`${group} `)) === name)
    .map((group) => `<a id="${anchorOf(group)}"></a>`)

/** The table of all commands, as it stands in two documents. */
export const commandTable = (): Block =>
  table(
    ["Command", "What it does", "Effect", "Token"],
    commandNames.map((name) => {
      const { about, auth, effect } = specOf(name)
      return [code(name), about, effect, auth]
    })
  )

/** The flags of every command by name alone, and those that every command takes. */
export const flagNames = (): Block => {
  const everywhere = names(globalFlags)
  const last = everywhere.at(-1) ?? ""
  const rows = commandNames
    .map((name) => [code(name), codes(names(specOf(name).flags))] as const)
    .filter(([, flags]) => flags !== "")
  const sentence = `Every command takes ${codes(everywhere.slice(0, -1))} and ${code(last)}. Further flags:`
  return [sentence, table(["Command", "Flags"], rows)].join("\n\n")
}

const names = (flags: CommandSpec["flags"]): ReadonlyArray<string> => Object.keys(flags).map((name) => `--${name}`)
