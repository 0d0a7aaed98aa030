import { houseRule } from "./house-rule.ts"

houseRule("module-names", {
  reports: {
    "a lower-case module": [
      "packages/core/src/jobs/createJob.ts",
      `export const a = 1`,
      "createJob.ts. A module of one idea"
    ],
    "a module with a dash": ["packages/adapters/src/jobs/Create-Job.ts", `export const a = 1`, "A module of one idea"],
    "JavaScript among the sources": ["packages/testing/src/jobs/Job.js", `export const a = 1`, "A module of one idea"],
    "a command in upper case": ["packages/cli/src/commands/credits/Buy.ts", `export const a = 1`, "A command is"],
    "a command's folder in upper case": [
      "packages/cli/src/commands/Credits/buy.ts",
      `export const a = 1`,
      "A command is"
    ]
  },
  accepts: {
    "a noun": ["packages/core/src/jobs/CreateJob.ts", `export const a = 1`],
    "a command": ["packages/cli/src/commands/credits/buy-now.ts", `export const a = 1`],
    "the router": ["packages/cli/src/Main.ts", `export const a = 1`],
    "a test": ["packages/core/test/create.test.ts", `export const a = 1`]
  }
})
