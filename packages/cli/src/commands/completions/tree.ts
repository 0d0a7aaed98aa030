import { type CommandName, commandNames, globalFlags, specOf } from "@image-skill/core/envelope/CommandBook"
import type { FlagSpec } from "@image-skill/core/envelope/CommandSpec"
import { commandNamed, groupAbout, groupNames, wordsAfter } from "@image-skill/core/envelope/CommandTree"

export const shells = ["bash", "zsh", "fish"] as const
export type Shell = (typeof shells)[number]

/** What may be typed next where a line has come to; `words` is empty at the top. */
export interface Node {
  readonly words: string
  readonly next: ReadonlyArray<Word>
}

/** One that may be typed, with the sentence that shells show beside it. */
export interface Word {
  readonly word: string
  readonly about: string
}

/** What a flag takes: one of these words, the name of a file, or something that only the caller knows. */
export type Value =
  | { readonly _tag: "Words"; readonly words: ReadonlyArray<string> }
  | { readonly _tag: "File" }
  | { readonly _tag: "Other" }

/** A file or a folder of the caller, by the word for the value. */
const takesFile = (word: string): boolean => /(?:^|_|@)(?:PATH|FILE|DIR|FOLDER)(?![A-Z])|^IMAGE/u.test(word)

const wordOf = (group: string, word: string): Word => {
  const words = `${group} ${word}`.trim()
  const name = commandNamed(words.split(" "))
  return { word, about: name === null ? groupAbout(words) : specOf(name).about }
}

/** Groups with the words that go on from them, and commands whose argument is one of some words. */
export const nodes: ReadonlyArray<Node> = [
  ...["", ...groupNames].map((group) => ({ words: group, next: wordsAfter(group).map((word) => wordOf(group, word)) })),
  // Both explain commands, so their argument is one.
  ...(["help", "schema"] as const).map((name) => ({
    words: name,
    next: wordsAfter("").map((word) => wordOf("", word))
  })),
  { words: "completions", next: shells.map((word) => ({ word, about: `the script for ${word}` })) }
]

/** Commands that take a file or a folder as their argument. */
export const fileCommands: ReadonlyArray<CommandName> = commandNames.filter((name) =>
  specOf(name).positionals.some((word) => takesFile(word) || (name === "edit" && word === "INPUT"))
)

export type NamedFlag = readonly [flag: string, spec: FlagSpec]

/** The flags that every command takes. */
export const sharedFlags: ReadonlyArray<NamedFlag> = Object.entries<FlagSpec>(globalFlags)

export const ownFlags = (name: CommandName): ReadonlyArray<NamedFlag> => Object.entries<FlagSpec>(specOf(name).flags)

/** Null for a switch, which takes nothing. */
export const valueOf = ({ kind, value = "", values }: FlagSpec): Value | null => {
  if (kind === "switch") return null
  if (values !== undefined) return { _tag: "Words", words: values }
  return takesFile(value) ? { _tag: "File" } : { _tag: "Other" }
}
