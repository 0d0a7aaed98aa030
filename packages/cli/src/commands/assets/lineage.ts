import * as Effect from "effect/Effect"
import { askSigned } from "../../AskSigned.ts"
import { assetReference } from "../../AssetReference.ts"
import type { Leaf } from "../../Leaf.ts"

/** What an asset was made from and by, back to its sources. */
export const leaf: Leaf = (context) =>
  Effect.flatMap(assetReference(context), ({ assetId }) =>
    askSigned(context, (service, token) => service.assetsLineage({ assetId }, token))
  )
