/**
 * Commands as data, and their one rendering for a POSIX shell.
 *
 * A command is never built as text. It is a path of words with flags and positionals, from which the argument vector
 * and the shell line are derived; so the line reaches a parser with exactly these arguments, whatever they contain.
 */

/** A value the caller has to fill in: a capital word in the line, named in `needs`. */
export interface Placeholder {
  readonly _tag: "Placeholder"
  readonly name: string
  readonly description: string
  readonly example: string
}

/** A value that is shown between quotes even where a shell would not need them. */
export interface Quoted {
  readonly _tag: "Quoted"
  readonly value: string
}

export type Word = string | Quoted | Placeholder

export type Part =
  | { readonly _tag: "Flag"; readonly name: string; readonly value: Word | null }
  | { readonly _tag: "Positional"; readonly value: Word }

export interface Command {
  /** The words that select the command, e.g. `["credits", "methods"]`. */
  readonly path: ReadonlyArray<string>
  readonly parts: ReadonlyArray<Part>
}

export const placeholder = (name: string, description: string, example: string): Placeholder => ({
  _tag: "Placeholder",
  name,
  description,
  example
})

export const quoted = (value: string): Quoted => ({ _tag: "Quoted", value })

/** `--name value`, or `--name` alone. */
export const flag = (name: string, value: Word | null = null): Part => ({ _tag: "Flag", name, value })

export const positional = (value: Word): Part => ({ _tag: "Positional", value })

/** A command from its words and parts; `null` and `undefined` parts are left out, so that optional flags read well. */
export const command = (path: string, ...parts: ReadonlyArray<Part | null | undefined>): Command => ({
  path: path.split(" "),
  parts: parts.filter((part) => part !== null && part !== undefined)
})

export const json: Part = flag("json")

/** The same command with more parts at its end. */
export const append = (self: Command, ...parts: ReadonlyArray<Part>): Command => ({
  ...self,
  parts: [...self.parts, ...parts]
})

/** The same command with a value where a placeholder stood. */
export const filled = (self: Command, { name }: Placeholder, value: string): Command => ({
  ...self,
  parts: self.parts.map((part) =>
    part.value !== null &&
    typeof part.value !== "string" &&
    part.value._tag === "Placeholder" &&
    part.value.name === name
      ? { ...part, value }
      : part
  )
})

const text = (word: Word): string => (typeof word === "string" ? word : word._tag === "Quoted" ? word.value : word.name)

/** A value that starts with two dashes would be read as the next flag, so it travels as `--flag=--value`. */
const needsEquals = (value: Word): boolean => text(value).startsWith("--")

/** The arguments after the program name, exactly as a parser receives them. */
export const argv = (self: Command): ReadonlyArray<string> => [
  ...self.path,
  ...self.parts.flatMap((part) => {
    if (part._tag === "Positional") return [text(part.value)]
    if (part.value === null) return [`--${part.name}`]
    return needsEquals(part.value) ? [`--${part.name}=${text(part.value)}`] : [`--${part.name}`, text(part.value)]
  })
]

/** The inputs still missing, each with the flag that takes it. Empty means: runnable as printed. */
export const missingInputs = (self: Command): ReadonlyArray<Placeholder & { readonly flag: string | null }> =>
  self.parts.flatMap((part) =>
    part.value !== null && typeof part.value !== "string" && part.value._tag === "Placeholder"
      ? [{ ...part.value, flag: part._tag === "Flag" ? `--${part.name}` : null }]
      : []
  )

/** The shell line, for `sh`. `prefix` is already shell text: the way this program was started. */
export const render = (self: Command, prefix: string): string =>
  [prefix, ...self.path, ...self.parts.map(renderPart)].join(" ")

const renderPart = (part: Part): string => {
  if (part._tag === "Positional") return renderWord(part.value)
  if (part.value === null) return `--${part.name}`
  return needsEquals(part.value)
    ? `--${part.name}=${singleQuote(text(part.value))}`
    : `--${part.name} ${renderWord(part.value)}`
}

const renderWord = (word: Word): string => {
  if (typeof word !== "string") return word._tag === "Placeholder" ? word.name : quote(word.value)
  return bareSafe.test(word) ? word : quote(word)
}

/** Not with an equals sign in front: zsh reads `=ls` as the path of a program. */
const bareSafe = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/

/** Printable characters except those a shell still reads between double quotes: `$`, a backquote, a backslash, `"`, `!`. */
const inertInDoubleQuotes = /^[ #%-[\]-_a-~\u{A0}-\u{10FFFF}]*$/u

/** The contract's JSON form where it is safe in a shell, else single quotes (contract/cli.md 10.2). */
export const quote = (value: string): string => (inertInDoubleQuotes.test(value) ? `"${value}"` : singleQuote(value))

const singleQuote = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`
