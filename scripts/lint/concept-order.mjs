// The concepts of core are a line, and imports go left only (contract/decisions.md D6). The line is in .oxlintrc.json.
import { importVisitor, targetOf } from "./imports.mjs"
import { placeOf } from "./place.mjs"

/** @type {import("./rule.ts").Rule} */
export default {
  meta: {
    type: "problem",
    schema: [{ type: "array", items: { type: "array", items: { type: "string" } } }]
  },
  create(context) {
    const order = /** @type {Array<Array<string>>} */ (/** @type {unknown} */ (context.options[0]))
    /** @param {string | undefined} concept */
    const levelOf = (concept) => order.findIndex((level) => level.some((name) => name === concept))
    const here = placeOf(context.filename)
    const level = levelOf(here.concept)
    const line = order.map((names) => names.join(", ")).join(" < ")
    return {
      Program(node) {
        if (level !== -1) return
        const found = here.concept === undefined ? "Every module lives in a concept" : `No concept "${here.concept}"`
        context.report({ node, message: `${found}. Move it, or place a new one in the order: ${line}.` })
      },
      ...importVisitor((node, specifier) => {
        const target = targetOf(specifier, context.filename)
        if (target.kind !== "workspace" || target.package !== here.package || target.concept === here.concept) return
        if (levelOf(target.concept) < level) return
        context.report({
          node,
          message:
            `${here.concept} may not import ${target.concept ?? specifier}: imports go left only, in ${line}. ` +
            "Move the shared type left, or pass it in."
        })
      })
    }
  }
}
