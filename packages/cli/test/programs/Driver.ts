// Runs the bundle once for each case of a file, all in this process; tells exit codes and what changed in between.
import { readFileSync, writeSync } from "node:fs"
import { pathToFileURL } from "node:url"
import { changes, treeOf } from "../Tree.ts"

interface Cases {
  readonly executable: string
  readonly home: string
  readonly cases: ReadonlyArray<{ readonly args: ReadonlyArray<string>; readonly env: Record<string, string> }>
}

const separator = "\u001e"
const [, , list = ""] = process.argv
const { cases, executable, home } = JSON.parse(readFileSync(list, "utf8")) as Cases
const { href } = pathToFileURL(executable)

const exitCode = () => process.exitCode ?? 0

let before = treeOf(home)
for (const [index, { args, env }] of cases.entries()) {
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name)
  Object.assign(process.env, env)
  process.argv = [process.execPath, executable, ...args]
  process.exitCode = undefined
  // The query makes it a module of its own, so that it is run again; what it imports is loaded once.
  await import(`${href}?${index}`)
  const after = treeOf(home)
  const record = { exitCode: exitCode(), changed: changes(before, after) }
  before = after
  writeSync(1, `${separator}${JSON.stringify(record)}${separator}`)
  writeSync(2, separator)
}
process.exitCode = 0
