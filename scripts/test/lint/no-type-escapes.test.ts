import { houseRule } from "./house-rule.ts"

houseRule("no-type-escapes", {
  reports: {
    any: ["packages/core/src/jobs/A.ts", `export const a = (x: any) => x`, "Use unknown"],
    "a cast": ["packages/adapters/src/jobs/A.ts", `export const a = (x: unknown) => x as string`, "A cast"],
    "a cast through unknown": [
      "packages/cli/src/A.ts",
      `export const a = (x: number) => x as unknown as string`,
      "A cast"
    ],
    "a cast to unknown": ["packages/cli/src/B.ts", `export const a = (x: number) => x as unknown`, "A cast"],
    "a cast in brackets": ["packages/testing/src/jobs/A.ts", `export const a = (x: unknown) => <string>x`, "A cast"],
    "a non-null assertion": [
      "packages/core/src/jobs/B.ts",
      `export const a = (x: string | undefined) => x!.length`,
      "A non-null"
    ],
    "a definite assignment": ["packages/core/src/jobs/C.ts", `export class C { c!: string }`, "A non-null"],
    "a cast in a pixel kernel": [
      "packages/adapters/src/media/storyboard/A.ts",
      `export const a = (x: unknown) => x as string`,
      "A cast"
    ]
  },
  accepts: {
    "as const and satisfies": ["packages/core/src/jobs/Y.ts", `export const a = { b: 1 } as const satisfies object`],
    "a renamed import": ["packages/core/src/jobs/Z.ts", `import { Job as One } from "./Job.ts"\nexport const a = One`],
    "a non-null assertion in a pixel kernel": [
      "packages/adapters/src/media/storyboard/Y.ts",
      `export const a = (x: Uint8Array) => x[0]!`
    ],
    "a cast in a test": ["packages/core/test/Y.test.ts", `export const a = (x: unknown) => x as string`]
  }
})
