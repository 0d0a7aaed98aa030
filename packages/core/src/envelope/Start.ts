import { argv, type Command, flag, type Part, quoted, render } from "./CommandLine.ts"
import { executable } from "./Product.ts"

/** How whoever reads a command starts this program: every line that is printed begins, and says its service, like this. */
export interface Start {
  /** Shell text: assignments that the next process needs, and the program. */
  readonly prefix: string
  /** A service that was named by a flag, so that every command has to name it again. */
  readonly apiBaseUrl: string | null
}

/** A service knows nothing of the machine its commands are run on. */
export const bareStart: Start = { prefix: executable, apiBaseUrl: null }

export const lineOf = (command: Command, start: Start): string => render(addressed(command, start), start.prefix)

export const argvOf = (command: Command, start: Start): ReadonlyArray<string> => argv(addressed(command, start))

/** In front of `--json`, where there is one (contract/cli.md 9.8). */
const addressed = (command: Command, { apiBaseUrl }: Start): Command => {
  if (apiBaseUrl === null) return command
  const at = command.parts.findIndex((part) => part._tag === "Flag" && part.name === "json")
  const parts = command.parts.toSpliced(at === -1 ? command.parts.length : at, 0, address(apiBaseUrl))
  return { ...command, parts }
}

const address = (apiBaseUrl: string): Part => flag("api-base-url", quoted(apiBaseUrl))
