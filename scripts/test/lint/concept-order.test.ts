import { houseRule } from "./house-rule.ts"

houseRule("concept-order", {
  reports: {
    "an import to the right": [
      "packages/core/src/credits/A.ts",
      `import { Quote } from "../payments/Quote.ts"\nexport const a = Quote`,
      "credits may not import payments"
    ],
    "a type to the right": [
      "packages/core/src/envelope/A.ts",
      `import type { Stage } from "../guide/GuideStage.ts"\nexport type A = Stage`,
      "envelope may not import guide"
    ],
    "a published name to the right": [
      "packages/core/src/store/A.ts",
      `import { Account } from "@image-skill/core/credits/Account"\nexport const a = Account`,
      "store may not import credits"
    ],
    "identity in models": [
      "packages/core/src/models/A.ts",
      `import { Actor } from "../identity/Actor.ts"\nexport const a = Actor`,
      "models may not import identity"
    ],
    "models in identity": [
      "packages/core/src/identity/A.ts",
      `import { Model } from "../models/Model.ts"\nexport const a = Model`,
      "identity may not import models"
    ],
    "payments in media": [
      "packages/core/src/media/A.ts",
      `import { Quote } from "../payments/Quote.ts"\nexport const a = Quote`,
      "media may not import payments"
    ],
    "a concept that nobody ordered": ["packages/core/src/wallets/A.ts", `export const a = 1`, `No concept "wallets"`],
    "a module outside of the concepts": [
      "packages/core/src/A.ts",
      `export const a = 1`,
      "Every module lives in a concept"
    ]
  },
  accepts: {
    "imports to the left": [
      "packages/core/src/guide/Y.ts",
      `import { ServiceApi } from "../service/ServiceApi.ts"\nimport { Ids } from "../envelope/Ids.ts"\nexport const a = [ServiceApi, Ids]`
    ],
    "imports within a concept": [
      "packages/core/src/credits/Y.ts",
      `import { Credits } from "./Credits.ts"\nexport const a = Credits`
    ],
    "both of one level in the next": [
      "packages/core/src/activity/Y.ts",
      `import { Actor } from "../identity/Actor.ts"\nimport { Model } from "../models/Model.ts"\nexport const a = [Actor, Model]`
    ]
  }
})
