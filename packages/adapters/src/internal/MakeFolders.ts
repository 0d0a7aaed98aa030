import { existsSync, mkdirSync } from "node:fs"
import { dirname } from "node:path"

/**
 * Makes a folder and what is missing above it; the topmost that had to be made, if any. They are made one by one, because
 * Node's own `recursive` tries for ever where a folder takes no folders, as below `/proc`.
 */
export const makeFolders = (path: string, mode = 0o777): string | undefined => {
  if (existsSync(path)) return undefined
  const top = makeFolders(dirname(path), mode)
  try {
    mkdirSync(path, { mode })
    return top ?? path
  } catch (error) {
    // Another process was faster.
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return top
    throw error
  }
}
