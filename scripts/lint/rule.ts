import type { RuleTester } from "oxlint/plugins-dev"

// The types of an oxlint JS plugin, by the names our rules use. Oxlint publishes them only through its RuleTester.
type Published = Parameters<RuleTester["run"]>[1]
export type Context = Parameters<NonNullable<Published["create"]>>[0]
export type Visitor = ReturnType<NonNullable<Published["create"]>>

export interface Rule {
  readonly meta: NonNullable<Published["meta"]>
  create(context: Context): Visitor
}

type NodeOf<Type extends keyof Visitor> = Parameters<NonNullable<Visitor[Type]>>[0]
export type CallExpression = NodeOf<"CallExpression">
export type Expression = CallExpression["callee"]
export type ImportDeclaration = NodeOf<"ImportDeclaration">
export type Node = ImportDeclaration["parent"]
