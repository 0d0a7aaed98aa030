/** A command string somewhere in an answer, with the arguments that stand beside it where there are any. */
export interface Printed {
  readonly path: string
  readonly line: string
  readonly argv: ReadonlyArray<string> | null
}

/** Names under which a string is a command for a shell. */
const isCommandName = (name: string): boolean =>
  /(?:^|_)commands?$/u.test(name) || ["after_next", "with_env", "with_stdin", "start_here"].includes(name)

/** Every command string in an answer or a line of stderr, wherever it stands. The label of an envelope is none. */
export const commandsIn = (answer: unknown): ReadonlyArray<Printed> => {
  const found: Array<Printed> = []
  const walk = (value: unknown, path: string, isCommand: boolean): void => {
    if (typeof value === "string") {
      if (isCommand) found.push({ path, line: value, argv: null })
      return
    }
    if (typeof value !== "object" || value === null) return
    const fields = Object.entries(value as { readonly [name: string]: unknown })
    const argv = Reflect.get(value, "argv") as unknown
    for (const [name, inner] of fields) {
      const here = path === "" ? name : `${path}.${name}`
      const isLine = isCommand || (isCommandName(name) && here !== "command") || path.endsWith("escape_hatches")
      if (typeof inner === "string" && name === "command" && Array.isArray(argv)) {
        found.push({ path: here, line: inner, argv: argv as ReadonlyArray<string> })
      } else walk(inner, here, isLine && (typeof inner === "string" || Array.isArray(inner) || name === "commands"))
    }
  }
  walk(answer, "", false)
  return found.filter(({ path }) => !isLabel(path))
}

/** `in_flight.command` is the label of the running command, and the answer of help lists names of commands. */
const isLabel = (path: string): boolean => path === "in_flight.command" || /^data\.commands?(?:\.|$)/u.test(path)
