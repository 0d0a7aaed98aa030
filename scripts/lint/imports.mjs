// Every way a file can name another module, and what the name points to.
import { dirname, resolve } from "node:path"
import { placeOf } from "./place.mjs"

/** @import { Expression, ImportDeclaration, Node, Visitor } from "./rule.ts" */

/**
 * - `workspace`: a module of one of our packages, by relative path or by published name.
 * - `outside`: a relative path to a file that is in no package.
 * - `node`: a built-in of Node. `module`: anything from npm, with the name of its package.
 *
 * @typedef {| { kind: "workspace", package: string, concept: string | undefined, relative: boolean }
 *   | { kind: "outside", path: string }
 *   | { kind: "node" }
 *   | { kind: "module", name: string }} Target
 */

const scope = "@image-skill/"

/**
 * @param {string} specifier
 * @param {string} importer absolute file name
 * @returns {Target}
 */
export const targetOf = (specifier, importer) => {
  if (specifier.startsWith(".")) {
    const place = placeOf(resolve(dirname(importer), specifier))
    return place.area === ""
      ? { kind: "outside", path: place.path }
      : { kind: "workspace", package: place.package, concept: place.concept, relative: true }
  }
  if (specifier.startsWith("node:")) return { kind: "node" }
  if (specifier.startsWith(scope)) {
    const [name = "", ...inside] = specifier.slice(scope.length).split("/")
    return { kind: "workspace", package: name, concept: inside.length > 1 ? inside[0] : undefined, relative: false }
  }
  const words = specifier.split("/")
  return { kind: "module", name: words.slice(0, specifier.startsWith("@") ? 2 : 1).join("/") }
}

/**
 * Calls `visit` for each specifier: imports and re-exports, types included, `import()`, `import("...")` types and
 * `require`. A computed specifier is not seen.
 *
 * @param {(source: Node, specifier: string) => void} visit
 * @returns {Visitor}
 */
export const importVisitor = (visit) => {
  /** @param {Expression | ImportDeclaration["source"] | null | undefined} source */
  const read = (source) => {
    if (source?.type === "Literal" && typeof source.value === "string") visit(source, source.value)
    if (source?.type === "TemplateLiteral" && source.expressions.length === 0)
      visit(source, source.quasis[0]?.value.cooked ?? "")
  }
  return {
    ImportDeclaration: (node) => read(node.source),
    ExportNamedDeclaration: (node) => read(node.source),
    ExportAllDeclaration: (node) => read(node.source),
    ImportExpression: (node) => read(node.source),
    TSImportType: (node) => read(node.source),
    TSExternalModuleReference: (node) => read(node.expression),
    CallExpression: (node) => {
      const [argument] = node.arguments
      const isRequire = node.callee.type === "Identifier" && node.callee.name === "require"
      if (isRequire && argument !== undefined && argument.type !== "SpreadElement") read(argument)
    }
  }
}
