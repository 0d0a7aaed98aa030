// A suite that runs a part of itself reports green for what it never tried.

/** @import { Expression, Rule } from "./rule.ts" */

const runners = new Set(["it", "test", "describe", "suite", "layer", "bench"])

/** @type {Rule} */
export default {
  meta: { type: "problem", schema: [] },
  create(context) {
    const commented = new Set(context.sourceCode.getAllComments().map(({ loc }) => loc.end.line))
    /** @param {number} line */
    const hasReason = (line) => commented.has(line) || commented.has(line - 1)
    return {
      MemberExpression(node) {
        const { property } = node
        if (property.type !== "Identifier" || !runners.has(rootOf(node.object) ?? "")) return
        const { line } = property.loc.start
        const message =
          property.name === "only"
            ? ".only leaves every other test out. Remove it."
            : property.name === "todo"
              ? ".todo is a test that nobody wrote. Write it, or open an issue."
              : property.name.startsWith("skip") && !hasReason(line)
                ? `.${property.name} without a reason. Say why, and when it runs again, in a comment on the line above.`
                : undefined
        if (message !== undefined) context.report({ node: property, message })
      }
    }
  }
}

/**
 * The name a chain of members and calls starts from: `it` in `it.effect.each(cases).only`.
 *
 * @param {Expression} expression
 * @returns {string | undefined}
 */
const rootOf = (expression) => {
  switch (expression.type) {
    case "Identifier":
      return expression.name
    case "MemberExpression":
      return rootOf(expression.object)
    case "CallExpression":
      return rootOf(expression.callee)
    default:
      return undefined
  }
}
