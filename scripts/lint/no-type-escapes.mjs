// A cast is a promise that nobody checks. The types here are either inferred or decoded.

/** @import { Node, Rule } from "./rule.ts" */

/** What switches the checker off, with what to write instead. */
const instead = {
  any: "any. Use unknown and decode it with a Schema, or a type parameter.",
  as: "A cast. Decode with a Schema, narrow with a predicate, or check the shape with `satisfies`. Only `as const` is left.",
  nonNull: "A non-null `!`. Return an Option, give a default with ??, or handle undefined."
}

/** @type {Rule} */
export default {
  meta: {
    type: "problem",
    schema: [
      {
        type: "object",
        properties: { allow: { type: "array", items: { enum: Object.keys(instead) } } },
        additionalProperties: false
      }
    ]
  },
  create(context) {
    const { allow } = /** @type {{ allow?: ReadonlyArray<string> }} */ (context.options[0] ?? {})
    /** @param {Node} node @param {keyof typeof instead} name */
    const report = (node, name) => {
      if (allow?.includes(name) !== true) context.report({ node, message: instead[name] })
    }
    return {
      TSAnyKeyword: (node) => report(node, "any"),
      TSAsExpression(node) {
        const { typeAnnotation: to } = node
        const isConst =
          to.type === "TSTypeReference" && to.typeName.type === "Identifier" && to.typeName.name === "const"
        if (!isConst) report(node, "as")
      },
      TSTypeAssertion: (node) => report(node, "as"),
      TSNonNullExpression: (node) => report(node, "nonNull"),
      VariableDeclarator(node) {
        if (node.definite === true) report(node, "nonNull")
      },
      PropertyDefinition(node) {
        if (node.definite === true) report(node, "nonNull")
      }
    }
  }
}
