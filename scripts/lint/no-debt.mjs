// Debt lives in an issue, not in a comment, and the type checker is not told to look away.

const markers = /\b(?:TODO|FIXME|XXX)\b/u
const directives = /@ts-(?:ignore|expect-error|nocheck)\b/u

/** @type {import("./rule.ts").Rule} */
export default {
  meta: { type: "problem", schema: [] },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        const marker = markers.exec(comment.value)?.[0]
        const directive = directives.exec(comment.value)?.[0]
        if (marker !== undefined)
          context.report({ node: comment, message: `${marker}. Do it now, or open an issue and name it here.` })
        if (directive !== undefined)
          context.report({ node: comment, message: `${directive}. Give the value the type it has, or decode it.` })
      }
    }
  })
}
