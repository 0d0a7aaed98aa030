import { houseRule } from "./house-rule.ts"

houseRule("no-barrels", {
  reports: {
    "the root of Effect": ["packages/core/src/store/A.ts", `import { Effect } from "effect"`, `"effect" is a barrel`],
    "the root of Effect in a test": [
      "packages/core/test/A.test.ts",
      `import { Effect } from "effect"`,
      `"effect" is a barrel`
    ],
    "the root of the Node platform": [
      "packages/adapters/src/store/A.ts",
      `import { NodeFileSystem } from "@effect/platform-node"`,
      `"@effect/platform-node" is a barrel`
    ],
    "the index of a folder of Effect": [
      "packages/cli/src/A.ts",
      `import { HttpClient } from "effect/http"`,
      `"effect/http" is a barrel`
    ],
    "a barrel that is loaded late": [
      "packages/cli/src/B.ts",
      `export const load = () => import("effect")`,
      `"effect" is a barrel`
    ],
    "names taken out of a module": [
      "packages/core/src/store/B.ts",
      `import { gen } from "effect/Effect"\nexport const a = gen`,
      `import * as Effect from "effect/Effect"`
    ],
    "a type taken out of a module": [
      "examples/A.ts",
      `import type { Effect } from "effect/Effect"\nexport type A = Effect<void>`,
      `import * as Effect from "effect/Effect"`
    ],
    "an index.ts": ["packages/adapters/src/store/index.ts", `export const a = 1`, "No index.ts"],
    "an export of everything": ["packages/core/src/store/C.ts", `export * from "../envelope/Ids.ts"`, "No export *"]
  },
  accepts: {
    namespaces: [
      "packages/core/src/store/Y.ts",
      `import * as Effect from "effect/Effect"\nimport type * as Schema from "effect/Schema"\nexport const a: Schema.Schema<unknown> | undefined = Effect.never`
    ],
    "pipe and flow by name": [
      "packages/adapters/src/store/Y.ts",
      `import { flow, pipe } from "effect/Function"\nexport const a = [flow, pipe]`
    ],
    "a module of the Node platform": [
      "packages/adapters/src/store/Z.ts",
      `import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"\nexport const a = NodeFileSystem`
    ],
    "our own modules by name": [
      "packages/core/src/store/Z.ts",
      `import { Ids } from "../envelope/Ids.ts"\nexport const a = Ids`
    ],
    "the root of a package that is one module": [
      "packages/core/test/Y.test.ts",
      `import { assert, it } from "@effect/vitest"\nit("adds", () => assert.strictEqual(1 + 1, 2))`
    ]
  }
})
