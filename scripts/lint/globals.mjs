// Which globals a file uses, by scope analysis: a local called `process` is not `process`, and a type is not a use.

/** @import { Context, Node } from "./rule.ts" */

/**
 * @typedef {object} GlobalUse
 * @property {Node} node
 * @property {string} base the global: `Date`
 * @property {string} whole with the member that is taken from it, if any: `Date.now`
 */

/**
 * @param {Context} context
 * @returns {ReadonlyArray<GlobalUse>}
 */
export const globalUses = ({ sourceCode }) =>
  sourceCode.scopeManager.scopes
    .flatMap((scope) => scope.references)
    .filter(({ identifier, resolved }) => (resolved === null || resolved.defs.length === 0) && isValue(identifier))
    .map(({ identifier }) => useOf(identifier, identifier.name))

/** @param {Node} node @param {string} name @returns {GlobalUse} */
const useOf = (node, name) => {
  const member = memberOf(node)
  if (member === undefined) return { node, base: name, whole: name }
  return name === "globalThis"
    ? useOf(member.node, member.name)
    : { node: member.node, base: name, whole: `${name}.${member.name}` }
}

/** @param {Node} object @returns {{ node: Node, name: string } | undefined} */
const memberOf = (object) => {
  const node = object.parent
  if (node?.type !== "MemberExpression" || node.object !== object) return undefined
  const { property } = node
  if (!node.computed && property.type === "Identifier") return { node, name: property.name }
  return property.type === "Literal" ? { node, name: `${property.value}` } : undefined
}

/** The wrappers of TypeScript whose inside is still a value. */
const wrappers = new Set([
  "TSAsExpression",
  "TSNonNullExpression",
  "TSSatisfiesExpression",
  "TSInstantiationExpression"
])

/** @param {Node} node */
const isValue = ({ parent }) => parent !== null && (!parent.type.startsWith("TS") || wrappers.has(parent.type))
