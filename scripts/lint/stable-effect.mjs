// Core stands on what Effect promises to keep. Stability is read from the installed package, so an upgrade needs no list.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { importVisitor } from "./imports.mjs"
import { root } from "./place.mjs"

const sources = join(root, "node_modules", "effect", "src")

/** @type {Map<string, string>} */
const known = new Map()

/**
 * The `@stability` of a module: the tag of its header, above the first import or export.
 *
 * @param {string} module its path below `effect/`
 * @returns {string}
 */
const stabilityOf = (module) => {
  const found = known.get(module) ?? readStability(join(sources, `${module}.ts`))
  known.set(module, found)
  return found
}

/** @param {string} file */
const readStability = (file) => {
  if (!existsSync(file)) return "unknown"
  const [header = ""] = readFileSync(file, "utf8").split(/^(?:import|export)\b/mu, 1)
  return /@stability (\w+)/u.exec(header)?.[1] ?? "untagged"
}

/** @type {import("./rule.ts").Rule} */
export default {
  meta: { type: "problem", schema: [] },
  create: (context) =>
    importVisitor((node, specifier) => {
      if (!specifier.startsWith("effect/")) return
      const module = specifier.slice("effect/".length)
      if (module === "testing" || module.startsWith("testing/")) {
        context.report({
          node,
          message: `"${specifier}" is for tests. Move what needs it to test/ or packages/testing.`
        })
        return
      }
      const stability = stabilityOf(module)
      if (stability === "stable") return
      context.report({
        node,
        message: `Effect tags "${specifier}" ${stability}, and core imports stable modules only. Declare a port here and use it in packages/adapters.`
      })
    })
}
