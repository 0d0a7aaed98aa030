// The key of a service is its address: package, folder, file or class. Two services with one key replace each other silently.
import { placeOf } from "./place.mjs"

/** @import { CallExpression, Rule } from "./rule.ts" */

const declarations = new Set(["Service", "Reference"])

/** @type {Rule} */
export default {
  meta: { type: "problem", schema: [] },
  create(context) {
    const here = placeOf(context.filename)
    const folder = [here.package, ...here.folders].join("/")
    return {
      CallExpression(node) {
        const [key] = node.arguments
        if (!isDeclaration(node) || key === undefined) return
        const names = [here.file.replace(/\.ts$/u, ""), nameOf(node)].filter((name) => name !== undefined)
        const wanted = names.map((name) => `"${folder}/${name}"`)
        if (key.type === "Literal" && wanted.includes(`"${key.value}"`)) return
        context.report({
          node: key,
          message: `The key of this service is its address: ${[...new Set(wanted)].join(" or ")}.`
        })
      }
    }
  }
}

/**
 * The call that carries the key: `Context.Service<A, Shape>()("key")`, `Context.Service<Shape>("key")` or
 * `Context.Reference<Value>("key", ...)`.
 *
 * @param {CallExpression} node
 */
const isDeclaration = ({ callee }) => {
  const member = callee.type === "CallExpression" ? callee.callee : callee
  return (
    member.type === "MemberExpression" &&
    member.object.type === "Identifier" &&
    member.object.name === "Context" &&
    member.property.type === "Identifier" &&
    declarations.has(member.property.name)
  )
}

/**
 * What the service is called: the class that extends it, or the constant that holds it.
 *
 * @param {CallExpression} node
 * @returns {string | undefined}
 */
const nameOf = ({ parent }) => {
  if (parent.type === "ClassDeclaration") return parent.id?.name
  return parent.type === "VariableDeclarator" && parent.id.type === "Identifier" ? parent.id.name : undefined
}
