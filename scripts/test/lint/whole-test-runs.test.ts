import { houseRule } from "./house-rule.ts"

houseRule("whole-test-runs", {
  reports: {
    "it.only": ["packages/core/test/A.test.ts", `it.only("adds", () => {})`, ".only leaves every other test out"],
    "it.effect.only": ["packages/core/test/B.test.ts", `it.effect.only("adds", () => {})`, ".only leaves"],
    "only behind a table": ["packages/core/test/C.test.ts", `it.each([1]).only("adds", () => {})`, ".only leaves"],
    "describe.skip without a reason": [
      "packages/core/test/D.test.ts",
      `describe.skip("adds", () => {})`,
      "without a reason"
    ],
    "it.effect.skipIf without a reason": [
      "packages/cli/test/A.test.ts",
      `const old = true\n\nit.effect.skipIf(old)("adds", () => {})`,
      "without a reason"
    ],
    "it.todo": ["packages/core/test/E.test.ts", `// Later.\nit.todo("adds")`, ".todo is a test that nobody wrote"],
    "a suite that others run": ["packages/testing/src/jobs/A.ts", `it.only("adds", () => {})`, ".only leaves"]
  },
  accepts: {
    "a skip with its reason": [
      "packages/core/test/Y.test.ts",
      `// Needs a private mount, which this kernel refuses.\nit.skip("adds", () => {})`
    ],
    "a reason at the end of the line": [
      "packages/core/test/Z.test.ts",
      `it.skipIf(true)("adds", () => {}) // Runs where the optional compiler is installed.`
    ],
    "a property of something else": [
      "packages/core/test/X.test.ts",
      `export const a = (list: { only: number }) => list.only`
    ]
  }
})
