import { houseRule } from "./house-rule.ts"

houseRule("assert-not-expect", {
  reports: {
    "expect in a test": ["packages/core/test/A.test.ts", `expect(1).toBe(1)`, "Use assert"],
    "expect in a suite": ["packages/testing/src/jobs/A.ts", `export const a = () => expect(1).toBe(1)`, "Use assert"]
  },
  accepts: {
    assert: ["packages/core/test/Y.test.ts", `assert.strictEqual(1, 1)`],
    "the snapshot of a file": [
      "packages/core/test/Z.test.ts",
      `await expect("{}").toMatchFileSnapshot("goldens/empty.json")`
    ],
    "a function of that name in a source": [
      "packages/core/src/jobs/Y.ts",
      `export const a = (expect: (value: number) => void) => expect(1)`
    ]
  }
})
