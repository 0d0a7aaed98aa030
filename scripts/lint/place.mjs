// Where a file lives, in the words of the architecture: package, area, concept.
import { relative, sep } from "node:path"
import { fileURLToPath } from "node:url"

/**
 * The root of the workspace that this copy of the rules belongs to. Oxlint's `context.cwd` is wherever it was started,
 * so it cannot stand in for it.
 */
export const root = fileURLToPath(new URL("../..", import.meta.url))

/**
 * @typedef {object} Place
 * @property {string} path from the root, with forward slashes
 * @property {string} package `core`, `adapters`, ..., or the top folder for what is in no package (`examples`, `scripts`)
 * @property {string} area the folder below the package: `src` or `test`; empty outside of packages
 * @property {ReadonlyArray<string>} folders the folders below `src` or `test`
 * @property {string} file the file's name
 * @property {string | undefined} concept the first of `folders`: every concept is a folder
 */

/**
 * @param {string} filename absolute
 * @returns {Place}
 */
export const placeOf = (filename) => {
  const path = relative(root, filename).split(sep).join("/")
  const [top = "", ...rest] = path.split("/")
  const file = rest.at(-1) ?? top
  if (top !== "packages") return { path, package: top, area: "", folders: rest.slice(0, -1), file, concept: undefined }
  const [owner = "", area = "", ...inside] = rest
  const folders = inside.slice(0, -1)
  return { path, package: owner, area, folders, file, concept: folders[0] }
}
