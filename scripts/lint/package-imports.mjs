// Arrows point inward: which packages, and which modules of npm, a folder may import. Options per folder: .oxlintrc.json.
import { importVisitor, targetOf } from "./imports.mjs"
import { placeOf } from "./place.mjs"

/**
 * @typedef {object} Allowed
 * @property {ReadonlyArray<string>} packages ours; a package may always import itself
 * @property {ReadonlyArray<string>} [modules] packages of npm; left out, any, and Node's modules too
 */

/** @type {import("./rule.ts").Rule} */
export default {
  meta: {
    type: "problem",
    schema: [
      {
        type: "object",
        properties: {
          packages: { type: "array", items: { type: "string" } },
          modules: { type: "array", items: { type: "string" } }
        },
        required: ["packages"],
        additionalProperties: false
      }
    ]
  },
  create(context) {
    const allowed = /** @type {Allowed} */ (/** @type {unknown} */ (context.options[0]))
    const here = placeOf(context.filename)
    return importVisitor((node, specifier) => {
      const message = objection(targetOf(specifier, context.filename), specifier, here, allowed)
      if (message !== undefined) context.report({ node, message })
    })
  }
}

/**
 * @param {import("./imports.mjs").Target} target
 * @param {string} specifier
 * @param {import("./place.mjs").Place} here
 * @param {Allowed} allowed
 * @returns {string | undefined}
 */
const objection = (target, specifier, here, { packages, modules }) => {
  const home = here.area === "" ? here.package : `packages/${here.package}/${here.area}`
  switch (target.kind) {
    case "workspace":
      if (target.package === here.package) return undefined
      if (!packages.includes(target.package))
        return `${home} may not import ${target.package}, only ${listed(packages)}. Move what is shared to core, or take it as a port.`
      return target.relative
        ? `A path into another package. Import its published name: "@image-skill/${target.package}/<concept>/<Module>".`
        : undefined
    case "outside":
      return here.area === "" && target.path.startsWith(`${here.package}/`)
        ? undefined
        : `"${specifier}" leaves ${home}. Import published names only.`
    case "node":
      return modules === undefined
        ? undefined
        : `${home} does no I/O, so it may not import "${specifier}". Declare a port here and implement it in packages/adapters.`
    case "module":
      return modules === undefined || modules.includes(target.name)
        ? undefined
        : `${home} may not import "${target.name}", only ${listed(modules)}. Declare a port here and implement it in packages/adapters.`
  }
}

/** @param {ReadonlyArray<string>} names */
const listed = (names) => (names.length === 0 ? "itself" : names.join(" and "))
