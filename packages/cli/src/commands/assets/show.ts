import * as Effect from "effect/Effect"
import { askSigned } from "../../AskSigned.ts"
import { assetReference } from "../../AssetReference.ts"
import type { Leaf } from "../../Leaf.ts"

/** One owned asset: what it is and where its bytes are. */
export const leaf: Leaf = (context) =>
  Effect.flatMap(assetReference(context), ({ assetId }) =>
    askSigned(context, (service, token) => service.assetsShow({ assetId }, token))
  )
