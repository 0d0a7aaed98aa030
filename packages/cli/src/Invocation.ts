import { accessSync, constants, realpathSync } from "node:fs"
import { delimiter, join } from "node:path"
import { quote } from "@image-skill/core/envelope/CommandLine"
import { executable, variables, version } from "@image-skill/core/envelope/Product"
import type { Start } from "@image-skill/core/envelope/Start"
import type { Host } from "@image-skill/core/identity/ConfigRecovery"
import type { Machine } from "./Machine.ts"

/** Variables that the next process needs as this one had them (decision D3.4). */
const carried = [variables.configPath, variables.home, variables.discoverySource] as const

/**
 * How a command has to be typed so that it starts this very program again: as `image-skill` where that name leads here,
 * by npx where npx started us, else as a file given to node.
 */
export const hostOf = (machine: Machine, apiBaseUrl: string | null): Host => {
  const program = machine.variable(variables.commandPrefix) ?? programText(machine)
  const assignments = {
    ...Object.fromEntries(
      carried.flatMap((name) => {
        const value = machine.variable(name)
        return value === null ? [] : [[name, quote(value)]]
      })
    ),
    ...(machine.hasEmptyToken ? { [variables.token]: "", [variables.tokenAlias]: "" } : {})
  }
  const start = (all: { readonly [name: string]: string }): Start => ({
    prefix: [...Object.entries(all).map(([name, value]) => `${name}=${value}`), program].join(" "),
    apiBaseUrl
  })
  return { ...start(assignments), startWith: (more) => start({ ...assignments, ...more }) }
}

const programText = (machine: Machine): string => {
  if (machine.variable("npm_command") === "exec" && machine.programPath.includes("/_npx/")) {
    return `npx -y @image-skill/cli@${version}`
  }
  const { programPath } = machine
  if (findOnPath(executable, machine) === realPath(programPath)) return executable
  const node = findOnPath("node", machine) === realPath(machine.nodePath) ? "node" : shellWord(machine.nodePath)
  return `${node} ${shellWord(programPath)}`
}

const shellWord = (text: string): string => (/^[A-Za-z0-9_@%+=:,./-]+$/u.test(text) ? text : quote(text))

/** The file that a bare name starts, symbolic links followed; null when there is none. */
const findOnPath = (name: string, machine: Machine): string | null => {
  for (const folder of (machine.variable("PATH") ?? "").split(delimiter)) {
    const candidate = join(folder, name)
    if (folder !== "" && isExecutable(candidate)) return realPath(candidate)
  }
  return null
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const realPath = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
