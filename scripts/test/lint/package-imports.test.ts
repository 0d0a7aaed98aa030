import { houseRule } from "./house-rule.ts"

houseRule("package-imports", {
  reports: {
    "Node in core": ["packages/core/src/credits/A.ts", `import "node:fs"`, `may not import "node:fs"`],
    "npm in core": ["packages/core/src/credits/B.ts", `import Stripe from "stripe"`, `may not import "stripe"`],
    "another package in core": [
      "packages/core/src/credits/C.ts",
      `import { layer } from "@image-skill/adapters/store/NodeSqlite"`,
      "core/src may not import adapters"
    ],
    "a type import": [
      "packages/core/src/credits/D.ts",
      `export type Suite = import("@image-skill/testing/credits/Suite").Suite`,
      "may not import testing"
    ],
    "a dynamic import": [
      "packages/core/src/credits/E.ts",
      `export const open = () => import("node:fs/promises")`,
      `may not import "node:fs/promises"`
    ],
    "a re-export": ["packages/core/src/credits/F.ts", `export { join } from "node:path"`, `may not import "node:path"`],
    "a require": ["packages/core/src/credits/G.ts", `export const fs = require("fs")`, `may not import "fs"`],
    "testing in adapters": [
      "packages/adapters/src/credits/A.ts",
      `import { suite } from "@image-skill/testing/credits/Suite"`,
      "only core"
    ],
    "the CLI in testing": [
      "packages/testing/src/credits/A.ts",
      `import { main } from "@image-skill/cli/Main"`,
      "only core and adapters"
    ],
    "testing in the CLI": [
      "packages/cli/src/A.ts",
      `import { suite } from "@image-skill/testing/credits/Suite"`,
      "may not import testing"
    ],
    "a path into another package": [
      "packages/adapters/src/credits/B.ts",
      `import { Credits } from "../../../core/src/credits/Credits.ts"`,
      "Import its published name"
    ],
    "a path into a package in examples": [
      "examples/buy.ts",
      `import { Credits } from "../packages/core/src/credits/Credits.ts"`,
      "Import its published name"
    ],
    "a path out of the package": [
      "packages/cli/src/B.ts",
      `import { steps } from "../../../scripts/check.mjs"`,
      "leaves packages/cli/src"
    ]
  },
  accepts: {
    "Effect and itself in core": [
      "packages/core/src/credits/Y.ts",
      `import * as Effect from "effect/Effect"\nimport { Ids } from "../envelope/Ids.ts"\nexport const both = [Effect, Ids]`
    ],
    "core, Node and npm in adapters": [
      "packages/adapters/src/credits/Y.ts",
      `import { join } from "node:path"\nimport sharp from "sharp"\nimport { Credits } from "@image-skill/core/credits/Credits"\nexport const all = [join, sharp, Credits]`
    ],
    "core and adapters in testing": [
      "packages/testing/src/credits/Y.ts",
      `import { Credits } from "@image-skill/core/credits/Credits"\nimport { layer } from "@image-skill/adapters/store/NodeSqlite"\nexport const both = [Credits, layer]`
    ],
    "testing in a test of core": [
      "packages/core/test/credits/Y.test.ts",
      `import { suite } from "@image-skill/testing/credits/Suite"\nimport { Credits } from "../../src/credits/Credits.ts"\nsuite(Credits)`
    ],
    "published names and neighbours in examples": [
      "examples/spend.ts",
      `import { Credits } from "@image-skill/core/credits/Credits"\nimport { pay } from "./pay.ts"\npay(Credits)`
    ]
  }
})
