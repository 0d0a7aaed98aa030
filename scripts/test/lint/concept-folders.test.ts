import { houseRule } from "./house-rule.ts"

houseRule("concept-folders", {
  reports: {
    utils: ["packages/core/src/utils/A.ts", `export const a = 1`, `A folder "utils"`],
    "helpers inside a concept": ["packages/cli/src/credits/helpers/A.ts", `export const a = 1`, `A folder "helpers"`],
    types: ["packages/adapters/src/types/A.ts", `export const a = 1`, `A folder "types"`]
  },
  accepts: {
    "a concept": ["packages/core/src/credits/Y.ts", `export const a = 1`],
    "a folder of a test": ["packages/core/test/helpers/Y.ts", `export const a = 1`]
  }
})
