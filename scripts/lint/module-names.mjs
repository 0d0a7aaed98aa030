// A module is named after the one idea it holds: `Noun.ts`. A command is named as it is typed: `commands/<noun>/<verb>.ts`.
import { placeOf } from "./place.mjs"

const noun = /^[A-Z][A-Za-z0-9]*\.ts$/u
const word = /^[a-z][a-z0-9-]*(?:\.ts)?$/u

/** @type {import("./rule.ts").Rule} */
export default {
  meta: { type: "problem", schema: [] },
  create: (context) => ({
    Program(node) {
      const { file, folders, package: owner } = placeOf(context.filename)
      const isCommand = owner === "cli" && folders[0] === "commands"
      if (isCommand && ![...folders, file].every((name) => word.test(name)))
        context.report({
          node,
          message: `${file}. A command is commands/<noun>/<verb>.ts, in lower case as it is typed.`
        })
      if (!isCommand && !noun.test(file))
        context.report({ node, message: `${file}. A module of one idea is Noun.ts, in PascalCase.` })
    }
  })
}
