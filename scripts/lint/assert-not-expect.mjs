// One way to judge: `assert` of @effect/vitest. Only snapshots of files have no other door than `expect`.

/** @type {import("./rule.ts").Rule} */
export default {
  meta: { type: "problem", schema: [] },
  create: (context) => ({
    CallExpression(node) {
      const { callee, parent } = node
      if (callee.type !== "Identifier" || callee.name !== "expect") return
      const isSnapshot =
        parent.type === "MemberExpression" &&
        parent.property.type === "Identifier" &&
        parent.property.name === "toMatchFileSnapshot"
      if (!isSnapshot)
        context.report({
          node: callee,
          message: "expect. Use assert from @effect/vitest: assert.deepStrictEqual(...)."
        })
    }
  })
}
