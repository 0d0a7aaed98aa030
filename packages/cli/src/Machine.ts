import { homedir, platform, userInfo } from "node:os"
import { isAbsolute, join, resolve } from "node:path"
import { isatty } from "node:tty"
import { variables } from "@image-skill/core/envelope/Product"

/**
 * What this process was given: its arguments, variables, folders and streams. Read once, here, so that everything else
 * can be run with another machine in tests.
 */
export interface Machine {
  readonly arguments: ReadonlyArray<string>
  readonly workingDirectory: string
  /** Absolute path of this program. */
  readonly programPath: string
  readonly nodePath: string
  readonly nodeVersion: string
  /** A blank variable counts as unset (decision D3.10). */
  readonly variable: (name: string) => string | null
  /** The token variable is set to nothing at all, so that the one of the shell around is not used. */
  readonly hasEmptyToken: boolean
  readonly stdinIsTerminal: boolean
  readonly stdoutIsTerminal: boolean
  readonly stdoutColumns: number
  readonly stderrIsTerminal: boolean
  readonly stderrColumns: number
  readonly dataHome: string
  readonly configHome: string
}

export const thisMachine = (programPath: string): Machine => {
  return {
    arguments: process.argv.slice(2),
    workingDirectory: workingDirectory(),
    programPath,
    nodePath: process.execPath,
    nodeVersion: process.versions.node,
    variable: environmentVariable,
    hasEmptyToken: process.env[variables.token] === "",
    stdinIsTerminal: process.stdin.isTTY,
    // Opening the stream would make a pipe non-blocking, and cost time.
    stdoutIsTerminal: isatty(1),
    stdoutColumns: isatty(1) ? process.stdout.columns : 0,
    stderrIsTerminal: process.stderr.isTTY,
    stderrColumns: process.stderr.columns,
    dataHome: dataHome(environmentVariable),
    configHome: absolute(environmentVariable("XDG_CONFIG_HOME")) ?? join(home(), ".config")
  }
}

const environmentVariable = (name: string): string | null => {
  const value = process.env[name]
  return value === undefined || value.trim() === "" ? null : value
}

/** The specification wants relative folders to be ignored. */
const absolute = (folder: string | null): string | null => (folder !== null && isAbsolute(folder) ? folder : null)

/** A working directory that was deleted meanwhile is no reason to crash. */
const workingDirectory = (): string => {
  try {
    return process.cwd()
  } catch {
    return "/"
  }
}

/** An empty HOME is none; then the user's own entry says where home is. */
const home = (): string => {
  try {
    return [homedir(), userInfo().homedir].find(isAbsolute) ?? "/"
  } catch {
    return "/"
  }
}

/** Where the embedded service keeps its database, media and token (decision D1.3). */
const dataHome = (variable: Machine["variable"]): string => {
  const chosen = variable(variables.home)
  if (chosen !== null) return resolve(workingDirectory(), chosen)
  const xdg = absolute(variable("XDG_DATA_HOME"))
  if (xdg !== null) return join(xdg, "image-skill")
  switch (platform()) {
    case "darwin":
      return join(home(), "Library", "Application Support", "image-skill")
    case "win32":
      return join(variable("LOCALAPPDATA") ?? join(home(), "AppData", "Local"), "image-skill")
    default:
      return join(home(), ".local", "share", "image-skill")
  }
}
