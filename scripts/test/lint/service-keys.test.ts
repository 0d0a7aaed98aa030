import { houseRule } from "./house-rule.ts"

const service = (name: string, key: string) =>
  `export class ${name} extends Context.Service<${name}, {}>()("${key}") {}`

houseRule("service-keys", {
  reports: {
    "a key without its package": [
      "packages/core/src/credits/A.ts",
      service("A", "credits/A"),
      `The key of this service is its address: "core/credits/A"`
    ],
    "the key of another service": [
      "packages/core/src/credits/B.ts",
      service("B", "core/credits/TopUps"),
      "core/credits/B"
    ],
    "a key without its inner folder": [
      "packages/adapters/src/media/storyboard/C.ts",
      service("C", "adapters/media/C"),
      "adapters/media/storyboard/C"
    ],
    "a key that is computed": [
      "packages/core/src/credits/D.ts",
      `const key = "core/credits/D"\nexport class D extends Context.Service<D, {}>()(key) {}`,
      "core/credits/D"
    ],
    "a reference": [
      "packages/core/src/credits/E.ts",
      `export const Limit = Context.Reference<number>("limit", { defaultValue: () => 1 })`,
      `"core/credits/E" or "core/credits/Limit"`
    ]
  },
  accepts: {
    "the file's name": ["packages/core/src/credits/TopUps.ts", service("TopUps", "core/credits/TopUps")],
    "the class's name": ["packages/core/src/credits/Y.ts", service("Fees", "core/credits/Fees")],
    "a file outside of a concept": ["packages/cli/src/Output.ts", service("Output", "cli/Output")],
    "a constant": [
      "packages/core/src/credits/Z.ts",
      `export const Limit = Context.Reference<number>("core/credits/Limit", { defaultValue: () => 1 })`
    ]
  }
})
