// What Effect has a word for is not done beside it: a hidden clock, error or promise can be neither seen nor tested.
import { globalUses } from "./globals.mjs"
import { importVisitor } from "./imports.mjs"

/** @import { Node, Rule } from "./rule.ts" */

/** Each ban by its name, with what to write instead. A global bans all that hangs on it. */
const instead = new Map([
  ["async", "Return an Effect (Effect.gen, Effect.fn), and wrap a foreign promise in Effect.tryPromise"],
  ["try", "Wrap the foreign call in Effect.try, and handle errors with Effect.catchTag"],
  ["throw", "Fail with a typed error (return yield* new SomeError(...)), or Effect.die for a bug"],
  ["JSON.parse", "Decode with Schema.fromJsonString, which parses and checks at once"],
  ["Math.random", "Use effect/Random, or the SecretBytes port for secrets"],
  ["crypto.randomUUID", "Use the Ids port"],
  ["process", "Take it from Config, or from a port that packages/adapters implements"],
  ["console", "Use Effect.log"],
  ["Date.now", "Use DateTime.now, and move time with TestClock"],
  ["Date", "Use DateTime: DateTime.now for the clock, DateTime.make for a value"],
  ["setTimeout", "Use Effect.sleep, Effect.timeout or a Schedule, and move time with TestClock"],
  ["setInterval", "Use Effect.repeat with a Schedule, and move time with TestClock"],
  ["setImmediate", "Use Effect.yieldNow"]
])

/** The same things by the module that exports them. */
const modules = new Map([
  ["node:process", "process"],
  ["node:console", "console"],
  ["node:timers", "setTimeout"],
  ["node:timers/promises", "setTimeout"]
])

/** @type {Rule} */
export default {
  meta: {
    type: "problem",
    schema: [
      {
        type: "object",
        properties: { only: { type: "array", items: { enum: [...instead.keys()] } } },
        additionalProperties: false
      }
    ]
  },
  create(context) {
    const { only } = /** @type {{ only?: ReadonlyArray<string> }} */ (context.options[0] ?? {})
    /** @param {string} name */
    const isBanned = (name) => instead.has(name) && (only === undefined || only.includes(name))
    /** @param {Node} node @param {string} name */
    const report = (node, name) => {
      if (isBanned(name)) context.report({ node, message: `No ${name} here. ${instead.get(name)}.` })
    }
    /** @param {Node & { async: boolean }} node */
    const reportAsync = (node) => {
      if (node.async) report(node, "async")
    }
    return {
      FunctionDeclaration: reportAsync,
      FunctionExpression: reportAsync,
      ArrowFunctionExpression: reportAsync,
      TryStatement: (node) => report(node, "try"),
      ThrowStatement: (node) => report(node, "throw"),
      ImportSpecifier(node) {
        if (node.imported.type === "Identifier" && node.imported.name === "randomUUID")
          report(node, "crypto.randomUUID")
      },
      "Program:exit"() {
        for (const { base, node, whole } of globalUses(context)) report(node, isBanned(whole) ? whole : base)
      },
      ...importVisitor((node, specifier) => report(node, modules.get(specifier) ?? ""))
    }
  }
}
