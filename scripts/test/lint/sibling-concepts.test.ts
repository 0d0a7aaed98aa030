import { houseRule } from "./house-rule.ts"

houseRule("sibling-concepts", {
  reports: {
    "an adapter of another concept": [
      "packages/adapters/src/credits/A.ts",
      `import { layer } from "../store/NodeSqlite.ts"\nexport const a = layer`,
      "credits imports its sibling store"
    ],
    "an adapter by its published name": [
      "packages/adapters/src/credits/B.ts",
      `import { layer } from "@image-skill/adapters/store/NodeSqlite"\nexport const a = layer`,
      "credits imports its sibling store"
    ],
    "a module that composes outside of service/Embedded.ts": [
      "packages/adapters/src/service/Everything.ts",
      `import { layer } from "../store/NodeSqlite.ts"\nexport const a = layer`,
      "service imports its sibling store"
    ]
  },
  accepts: {
    "the same concept": [
      "packages/adapters/src/credits/Y.ts",
      `import { rows } from "./Rows.ts"\nexport const a = rows`
    ],
    "a folder inside the concept": [
      "packages/adapters/src/media/Y.ts",
      `import { draw } from "./storyboard/Draw.ts"\nexport const a = draw`
    ],
    "the machinery of the package": [
      "packages/adapters/src/credits/W.ts",
      `import { makeFolders } from "../internal/MakeFolders.ts"\nexport const a = makeFolders`
    ],
    "the concept around a folder": [
      "packages/adapters/src/media/storyboard/Y.ts",
      `import { sizes } from "../Sizes.ts"\nexport const a = sizes`
    ],
    "core, whatever the concept": [
      "packages/adapters/src/credits/Z.ts",
      `import { Store } from "@image-skill/core/store/Store"\nexport const a = Store`
    ],
    "the module that composes the embedded service": [
      "packages/adapters/src/service/Embedded.ts",
      `import { layer } from "../store/NodeSqlite.ts"\nexport const a = layer`
    ]
  }
})
