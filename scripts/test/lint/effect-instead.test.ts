import { houseRule } from "./house-rule.ts"

houseRule("effect-instead", {
  reports: {
    "an async function": ["packages/core/src/jobs/A.ts", `export const a = async () => 1`, "Effect.tryPromise"],
    "an async method": ["packages/core/src/jobs/B.ts", `export class B { async b() {} }`, "Effect.tryPromise"],
    "a try": [
      "packages/core/src/jobs/C.ts",
      `export const a = (f: () => number) => { try { return f() } catch { return 0 } }`,
      "Effect.try"
    ],
    "a throw": [
      "packages/core/src/jobs/D.ts",
      `export const a = () => { throw new Error("no") }`,
      "Fail with a typed error"
    ],
    "JSON.parse": ["packages/core/src/jobs/E.ts", `export const a = JSON.parse("1")`, "Schema.fromJsonString"],
    process: ["packages/adapters/src/jobs/A.ts", `export const a = process.env["HOME"]`, "Take it from Config"],
    "process by import": [
      "packages/adapters/src/jobs/B.ts",
      `import { env } from "node:process"\nexport const a = env`,
      "Take it from Config"
    ],
    console: ["packages/core/src/jobs/F.ts", `export const a = () => console.log("x")`, "Effect.log"],
    "Date.now": ["packages/core/src/jobs/G.ts", `export const a = Date.now()`, "Use DateTime.now"],
    "new Date": ["packages/core/src/jobs/H.ts", `export const a = new Date()`, "Use DateTime"],
    "Date as a function": ["packages/core/src/jobs/I.ts", `export const a = Date()`, "Use DateTime"],
    "a global by the long way": [
      "packages/core/src/jobs/J.ts",
      `export const a = globalThis.Date["now"]()`,
      "Use DateTime.now"
    ],
    "a global behind a type": [
      "packages/core/src/jobs/K.ts",
      `export const a = (Date satisfies object)`,
      "Use DateTime"
    ],
    "Math.random": ["packages/core/src/jobs/L.ts", `export const a = Math.random()`, "Use effect/Random"],
    setTimeout: ["packages/core/src/jobs/M.ts", `setTimeout(() => {}, 1)`, "Effect.sleep"],
    "setTimeout by import": [
      "packages/adapters/src/jobs/C.ts",
      `import { setTimeout } from "node:timers/promises"\nexport const a = setTimeout(1)`,
      "Effect.sleep"
    ],
    setInterval: ["packages/core/src/jobs/N.ts", `setInterval(() => {}, 1)`, "Effect.repeat"],
    "crypto.randomUUID": ["packages/core/src/jobs/O.ts", `export const a = crypto.randomUUID()`, "Use the Ids port"],
    "randomUUID by import": [
      "packages/adapters/src/jobs/D.ts",
      `import { randomUUID } from "node:crypto"\nexport const a = randomUUID()`,
      "Use the Ids port"
    ],
    "a clock in a test": ["packages/core/test/A.test.ts", `export const a = Date.now()`, "TestClock"],
    "a wait in a test": ["packages/cli/test/A.test.ts", `setTimeout(() => {}, 1)`, "TestClock"],
    "chance in a test": ["packages/testing/test/A.test.ts", `export const a = Math.random()`, "Use effect/Random"]
  },
  accepts: {
    "what Effect has no word for": [
      "packages/core/src/jobs/X.ts",
      `export const a = (x: number) => JSON.stringify(Math.max(x, 1))`
    ],
    "a local of the same name": [
      "packages/core/src/jobs/Y.ts",
      `export const run = (process: { readonly env: string }) => process.env`
    ],
    "the name as a type or a key": [
      "packages/core/src/jobs/Z.ts",
      `export interface Z { readonly process: Date }\nexport const b = (z: Z) => z.process`
    ],
    "the CLI": ["packages/cli/src/Y.ts", `export const a = async () => process.exit(JSON.parse("1"))`],
    "an example": ["examples/Y.ts", `console.log(await Promise.resolve(Date.now()))`],
    "the inside of the SQLite driver": [
      "packages/adapters/src/store/NodeSqlite.ts",
      `export const a = () => { try { return 1 } catch { throw new Error("no") } }`
    ],
    "an internal folder": ["packages/adapters/src/media/internal/Y.ts", `export const a = async () => Date.now()`],
    "the storyboard's kernels": [
      "packages/adapters/src/media/storyboard/Y.ts",
      `export const a = () => { throw new Error("no") }`
    ],
    "a fixed date in a test": ["packages/core/test/Y.test.ts", `export const a = new Date(0)`]
  }
})
