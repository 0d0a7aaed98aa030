import { createHash } from "node:crypto"
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs"
import { join } from "node:path"

/**
 * Everything below a folder, itself included: kind, mode, length, content and time of last change. Two equal trees mean
 * that nothing was written, not even a file that was taken away again.
 */
export const treeOf = (root: string): ReadonlyMap<string, string> => {
  const tree = new Map<string, string>()
  const walk = (path: string, name: string): void => {
    const found = lstatSync(path, { bigint: true, throwIfNoEntry: false })
    // Another process took it away meanwhile.
    if (found === undefined) return
    const facts = [found.mode.toString(8), `${found.mtimeNs}`]
    if (found.isSymbolicLink()) tree.set(name, [...facts, readlinkSync(path)].join(" "))
    else if (found.isFile()) tree.set(name, [...facts, `${found.size}`, digest(path)].join(" "))
    else tree.set(name, facts.join(" "))
    if (!found.isDirectory()) return
    for (const inner of readdirSync(path).toSorted()) walk(join(path, inner), name === "" ? inner : `${name}/${inner}`)
  }
  walk(root, "")
  return tree
}

const digest = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex")

/** The record of requests, which every one of them lengthens, and the folder of notes about spends that have ended. */
const bookkeeping = /(?:^|\/)(?:telemetry\.sqlite(?:-shm|-wal)?|in-flight)$/u

/** The names that are not the same in both, without what is written about every request. */
export const changes = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>
): ReadonlyArray<string> =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name) && !bookkeeping.test(name))
    .toSorted()
