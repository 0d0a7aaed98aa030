import { houseRule } from "./house-rule.ts"

const lines = (count: number, line = "  void 0") => Array.from({ length: count }, () => line).join("\n")
const named = (name: string, count: number) => `const ${name} = () => {\n${lines(count - 2)}\n}`

houseRule("module-size", {
  reports: {
    "a module of 401 lines": [
      "packages/core/src/jobs/A.ts",
      `export const a = 1\n${lines(400, "//")}`,
      "A module of 401 lines"
    ],
    "a function of 91 lines": ["packages/core/src/jobs/B.ts", `export ${named("a", 91)}`, "A function of 91 lines"],
    "a generator of 91 lines": [
      "packages/core/src/jobs/C.ts",
      `export const a = function* () {\n  yield 1\n${lines(88)}\n}`,
      "A function of 91 lines"
    ],
    "a function that is long beside what it contains": [
      "packages/core/src/jobs/D.ts",
      `export const a = () => {\n${lines(90)}\n${named("b", 60)}\n  return b\n}`,
      "A function of 94 lines"
    ]
  },
  accepts: {
    "a module of 400 lines": ["packages/core/src/jobs/X.ts", `export const a = 1\n${lines(399, "//")}`],
    "a long table of cases": ["packages/core/test/X.test.ts", `export const a = 1\n${lines(500, "//")}`],
    "a catalogue, which is data": [
      "packages/core/src/models/catalogue/Models.ts",
      `export const a = 1\n${lines(500, "//")}`
    ],
    "a function of 90 lines": ["packages/core/src/jobs/Y.ts", `export ${named("a", 90)}`],
    "a constructor of many short functions": [
      "packages/core/src/jobs/Z.ts",
      `export const a = () => {\n${named("b", 60)}\n${named("c", 60)}\n${named("d", 60)}\n  return [b, c, d]\n}`
    ]
  }
})
