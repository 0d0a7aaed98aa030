// Adapters are leaves: a file of one concept does not import another concept's adapter. Who composes is in .oxlintrc.json.
// What stands in the package's own `internal` folder is no adapter but the machinery of several.
import { importVisitor, targetOf } from "./imports.mjs"
import { placeOf } from "./place.mjs"

/** @type {import("./rule.ts").Rule} */
export default {
  meta: { type: "problem", schema: [] },
  create(context) {
    const here = placeOf(context.filename)
    return importVisitor((node, specifier) => {
      const target = targetOf(specifier, context.filename)
      if (target.kind !== "workspace" || target.package !== here.package || target.concept === here.concept) return
      if (target.concept === "internal") return
      context.report({
        node,
        message:
          `${here.concept ?? "A file outside of a concept"} imports its sibling ${target.concept ?? specifier}. ` +
          "Ask for the port of core instead; only service/Embedded.ts and the CLI's wiring put adapters together."
      })
    })
  }
}
