import { houseRule } from "./house-rule.ts"

houseRule("no-debt", {
  reports: {
    "a marker in a source": ["packages/core/src/jobs/A.ts", `// TODO later\nexport const a = 1`, "Do it now"],
    "a marker in a test": ["packages/core/test/A.test.ts", `/* FIXME */\nexport const a = 1`, "Do it now"],
    "a marker in a docstring": ["examples/A.ts", `/** XXX: odd */\nexport const a = 1`, "Do it now"],
    "an ignored error": [
      "packages/core/src/jobs/B.ts",
      `// @ts-ignore\nexport const a: number = "1"`,
      "Give the value the type it has"
    ],
    "an expected error": [
      "packages/core/test/B.test.ts",
      `// @ts-expect-error\nexport const a: number = "1"`,
      "Give the value the type it has"
    ]
  },
  accepts: {
    "a comment that says why": ["packages/core/src/jobs/Y.ts", `// Todos are a kind of task.\nexport const a = 1`],
    "a marker in a string": ["packages/core/src/jobs/Z.ts", `export const a = "TODO"`]
  }
})
