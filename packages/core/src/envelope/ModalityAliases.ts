import type { CommandName } from "./CommandBook.ts"

/**
 * Commands that are named by the medium first, as agents phrase a task (contract/after-0.1.24.md 2). Each is another
 * spelling of a command and, where the medium is no picture, an intent.
 */
export interface ModalityAlias {
  readonly alias: string
  readonly command: Extract<CommandName, "create" | "edit">
  /** What `--intent` says where the caller says nothing; null for nothing. */
  readonly intent: string | null
}

export const modalityAliases: ReadonlyArray<ModalityAlias> = [
  { alias: "image create", command: "create", intent: null },
  { alias: "image edit", command: "edit", intent: null },
  { alias: "video create", command: "create", intent: "video" },
  { alias: "audio create", command: "create", intent: "audio" },
  { alias: "3d create", command: "create", intent: "image-to-3d" },
  { alias: "image-to-3d create", command: "create", intent: "image-to-3d" },
  { alias: "three-d create", command: "create", intent: "image-to-3d" }
]

/** The same arguments in the words of the commands; others as they are. */
export const withoutAlias = (tokens: ReadonlyArray<string>): ReadonlyArray<string> => {
  const found = aliasOf(tokens)
  if (found === undefined) return tokens
  const rest = tokens.slice(2)
  const isSaid = rest.some((token) => token === "--intent" || token.startsWith("--intent="))
  return [found.command, ...rest, ...(found.intent === null || isSaid ? [] : [`--intent=${found.intent}`])]
}

const aliasOf = ([first, second]: ReadonlyArray<string>): ModalityAlias | undefined =>
  modalityAliases.find(({ alias }) => alias === `${first} ${second}`)
