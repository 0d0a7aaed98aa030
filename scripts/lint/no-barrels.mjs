// A barrel loads what nobody asked for: half a second a command, measured. Import the module, as a namespace.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { importVisitor, targetOf } from "./imports.mjs"
import { placeOf, root } from "./place.mjs"

/** Packages whose modules are namespaces. */
const namespaced = new Set(["effect", "@effect/platform-node"])

/** `pipe` and `flow` are words of the language here, and a namespace `Function` would hide the global one. */
const named = new Set(["effect/Function"])

/**
 * @param {string} name of an installed package
 * @returns {ReadonlyArray<string>} the specifiers that load one of its index files, as its `exports` tell
 */
const barrelsOf = (name) => {
  /** @type {{ exports: Record<string, string | null> }} */
  const { exports } = JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"))
  return Object.entries(exports)
    .filter(([, file]) => file?.endsWith("/index.js"))
    .map(([subpath]) => name + subpath.slice(1))
}

const barrels = new Set([...namespaced].flatMap(barrelsOf))

/** @type {import("./rule.ts").Rule} */
export default {
  meta: { type: "problem", schema: [] },
  create(context) {
    const { area, file } = placeOf(context.filename)
    return {
      Program(node) {
        if (area === "src" && /^index\.[cm]?[jt]s$/u.test(file))
          context.report({ node, message: "No index.ts: name the module after what it holds, and import that." })
      },
      ...importVisitor((source, specifier) => {
        const statement = source.parent
        const message =
          statement?.type === "ExportAllDeclaration"
            ? "No export *: importers name the module that declares a thing."
            : barrels.has(specifier)
              ? `"${specifier}" is a barrel. Import one module: import * as Effect from "effect/Effect".`
              : statement?.type === "ImportDeclaration" && wantsNamespace(statement, specifier, context.filename)
                ? `Import it as a namespace: import * as ${specifier.split("/").at(-1)} from "${specifier}".`
                : undefined
        if (message !== undefined) context.report({ node: source, message })
      })
    }
  }
}

/**
 * @param {import("./rule.ts").ImportDeclaration} statement
 * @param {string} specifier
 * @param {string} importer
 */
const wantsNamespace = (statement, specifier, importer) => {
  const target = targetOf(specifier, importer)
  if (target.kind !== "module" || !namespaced.has(target.name) || named.has(specifier)) return false
  return statement.specifiers.some(({ type }) => type !== "ImportNamespaceSpecifier")
}
