// What no longer fits a reader's head is split by concept. The style asks for 300 and 70 lines; this is where it insists.

/** @import { Node, Rule } from "./rule.ts" */

/** @type {Rule} */
export default {
  meta: {
    type: "suggestion",
    schema: [
      {
        type: "object",
        properties: { module: { type: "integer" }, function: { type: "integer" } },
        required: ["module", "function"],
        additionalProperties: false
      }
    ]
  },
  create(context) {
    const most = /** @type {{ module: number, function: number }} */ (/** @type {unknown} */ (context.options[0]))
    /** The lines of the functions inside the one being read, innermost last. @type {Array<number>} */
    const inner = []
    const enter = () => void inner.push(0)
    /**
     * A function answers for its own lines. Those of a function inside it are that one's, so that the constructor of a
     * service is measured by what it does and not by how many methods it returns.
     *
     * @param {Node} node
     */
    const leave = (node) => {
      const span = node.loc.end.line - node.loc.start.line
      const own = span + 1 - (inner.pop() ?? 0)
      if (own > most.function) {
        const message = `A function of ${own} lines of its own, at most ${most.function}. Split it by concept.`
        context.report({ loc: { start: node.loc.start, end: node.loc.start }, message })
      }
      const outer = inner.length - 1
      if (outer >= 0) inner[outer] = (inner[outer] ?? 0) + span
    }
    return {
      Program(node) {
        const { length } = context.sourceCode.lines
        if (length > most.module)
          context.report({ node, message: `A module of ${length} lines, at most ${most.module}. Split it by concept.` })
      },
      FunctionDeclaration: enter,
      "FunctionDeclaration:exit": leave,
      FunctionExpression: enter,
      "FunctionExpression:exit": leave,
      ArrowFunctionExpression: enter,
      "ArrowFunctionExpression:exit": leave
    }
  }
}
