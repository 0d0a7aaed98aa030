import { type CommandName, commandNames, specOf } from "../envelope/CommandBook.ts"
import { commandNamed, commandsBelow, groupAbout, groupNames, wordsAfter } from "../envelope/CommandTree.ts"
import { modalityAliases } from "../envelope/ModalityAliases.ts"
import { deployment, docsUrl, executable } from "../envelope/Product.ts"
import { operationsOf } from "./CommandOperations.ts"

/** Commands of newcomers; those of a saved token have help, but are not advertised (contract/after-0.1.24.md 2). */
const advertised = wordsAfter("").filter((word) => word !== "auth" && word !== "help" && word !== "version")

/** Requests that need files, a terminal or time of the caller's own machine. */
const onClient: ReadonlySet<string> = new Set(["upload", "edit", "assets get", "jobs wait"])

const isHosted = (name: CommandName): boolean => operationsOf(name).length > 0 && !onClient.has(name)

/**
 * The commands for tools that read no prose (contract/after-0.1.24.md 2, "Command manifest"), from the command book.
 * `mutation` and `spend` say what any command of that word may do.
 */
export const commandManifest = () => ({
  schema: "image-skill.public-command-manifest.v1",
  command_prefix: executable,
  product_frame: "An open runtime that lets AI agents make media and pay for it without losing money or secrets.",
  skill_url: `${deployment.docsBase}/skill.md`,
  docs_url: docsUrl(),
  llms_url: `${deployment.docsBase}/llms.txt`,
  commands: advertised.map((word) => {
    const name = commandNamed([word])
    const names = name === null ? commandsBelow(word) : [name, ...commandsBelow(word)]
    const subcommands = commandsBelow(word).map((below) => below.slice(word.length + 1))
    return {
      id: word,
      docs_anchor: `${executable}-${word}`,
      surface: names.some(isHosted) ? "hosted_cli" : "client",
      mutation: names.some((below) => specOf(below).effect !== "read"),
      spend: names.some((below) => specOf(below).effect === "spend"),
      ...(subcommands.length === 0 ? {} : { subcommands })
    }
  }),
  modality_aliases: modalityAliases.map(({ alias, command, intent }) => ({ alias, command, intent })),
  help_entries: [
    ...groupNames.map((group) => ({ key: group, help: groupAbout(group) })),
    ...commandNames.map((name) => ({ key: name, help: specOf(name).about }))
  ]
})

/** As it is written into the package. */
export const manifestText = (): string => `${JSON.stringify(commandManifest(), null, 1)}\n`
