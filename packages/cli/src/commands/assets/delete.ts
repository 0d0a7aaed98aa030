import * as Effect from "effect/Effect"
import { askSigned } from "../../AskSigned.ts"
import { assetReference } from "../../AssetReference.ts"
import type { Leaf } from "../../Leaf.ts"

/** Deletes an asset and its bytes for good. */
export const leaf: Leaf = (context) =>
  Effect.flatMap(assetReference(context), ({ assetId }) =>
    askSigned(context, (service, token) => service.assetsDelete({ assetId }, token))
  )
