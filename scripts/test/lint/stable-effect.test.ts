import { houseRule } from "./house-rule.ts"

houseRule("stable-effect", {
  reports: {
    "an unstable module": [
      "packages/core/src/store/A.ts",
      `import * as FileSystem from "effect/FileSystem"\nexport const a = FileSystem`,
      `Effect tags "effect/FileSystem" unstable`
    ],
    "an experimental module": [
      "packages/core/src/store/B.ts",
      `import * as Glob from "effect/Glob"\nexport const a = Glob`,
      `Effect tags "effect/Glob" experimental`
    ],
    "a module of an unstable folder": [
      "packages/core/src/store/C.ts",
      `import * as SqlClient from "effect/sql/SqlClient"\nexport const a = SqlClient`,
      `Effect tags "effect/sql/SqlClient" unstable`
    ],
    "a type of an unstable module": [
      "packages/core/src/store/D.ts",
      `import type * as HttpClient from "effect/http/HttpClient"\nexport type A = HttpClient.HttpClient`,
      "unstable"
    ],
    "a module that Effect does not have": [
      "packages/core/src/store/E.ts",
      `import * as Either from "effect/Either"\nexport const a = Either`,
      "unknown"
    ],
    "test tools outside of tests": [
      "packages/core/src/store/F.ts",
      `import * as TestClock from "effect/testing/TestClock"\nexport const a = TestClock`,
      "is for tests"
    ]
  },
  accepts: {
    "stable modules": [
      "packages/core/src/store/Y.ts",
      `import * as DateTime from "effect/DateTime"\nimport * as Redacted from "effect/Redacted"\nexport const a = [DateTime, Redacted]`
    ],
    "unstable modules in adapters": [
      "packages/adapters/src/store/Y.ts",
      `import * as SqlClient from "effect/sql/SqlClient"\nexport const a = SqlClient`
    ],
    "test tools in tests": [
      "packages/core/test/store/Y.test.ts",
      `import * as TestClock from "effect/testing/TestClock"\nexport const a = TestClock`
    ]
  }
})
